// One response as it arrives: the start of its body, decoded, and nothing more. Whatever a target sends, memory stays
// flat. A handler of undici's `dispatch`: its `request` would make a stream for every response.
import type { IncomingHttpHeaders } from "node:http";
import type { Transform } from "node:stream";
import { constants, createBrotliDecompress, createUnzip } from "node:zlib";
import type { Dispatcher } from "undici";
import type { ExchangeObserver } from "./exchange-observer.ts";

/** Decoded bytes read at most. */
const maxBodyBytes = 65_536;

/** A body that can't be decoded as its Content-Encoding says. */
export class BrokenEncoding extends Error {}

export class ResponseReceiver implements Dispatcher.DispatchHandler {
  /** null: no status line came. */
  statusCode: number | null = null;
  retryAfter: string | null = null;
  location: string | null = null;
  /** The body's own end was reached. */
  isComplete = false;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;
  #decoder: Transform | null = null;
  #charset = "utf-8";
  #controller: Dispatcher.DispatchController | null = null;
  #isOver = false;
  readonly #onEnd: (error: unknown) => void;
  readonly #onStart: ExchangeObserver["onAnswer"] | undefined;

  /** `onEnd` is called once, unless cancelled: with null when as much of the answer as is read has arrived. */
  constructor(onEnd: (error: unknown) => void, onStart?: ExchangeObserver["onAnswer"]) {
    this.#onEnd = onEnd;
    this.#onStart = onStart;
  }

  /** Reads nothing more. A connection that is still being made notices when it is made, and then sends nothing. */
  cancel(): void {
    this.#isOver = true;
    this.#controller?.abort(new Error("cancelled"));
    this.#decoder?.destroy();
  }

  /** What was read so far, in the charset it names; broken characters become U+FFFD, one cut by the limit is dropped. */
  text(): string {
    return decoderFor(this.#charset).decode(Buffer.concat(this.#chunks), { stream: !this.isComplete });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new Error("cancelled"));
  }

  onResponseStart(controller: Dispatcher.DispatchController, statusCode: number, headers: IncomingHttpHeaders): void {
    if (statusCode < 200) return;
    this.#onStart?.(statusCode, headers);
    this.statusCode = statusCode;
    this.retryAfter = firstOf(headers["retry-after"]);
    this.location = firstOf(headers.location);
    this.#charset = charsetOf(firstOf(headers["content-type"]));
    const encoding = firstOf(headers["content-encoding"]);
    const decoder = encoding === null ? null : createDecoder(encoding.trim().toLowerCase());
    this.#decoder = decoder;
    decoder?.on("data", (chunk: Uint8Array) => this.#take(chunk));
    decoder?.on("drain", () => controller.resume());
    decoder?.on("end", () => this.#complete());
    decoder?.on("error", (error) => this.#end(new BrokenEncoding(undefined, { cause: error })));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#isOver) return;
    if (this.#decoder === null) this.#take(chunk);
    else if (!this.#decoder.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#decoder === null) this.#complete();
    else this.#decoder.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: unknown): void {
    this.#end(error);
  }

  #take(chunk: Uint8Array): void {
    if (this.#isOver) return;
    this.#chunks.push(chunk.subarray(0, maxBodyBytes - this.#size));
    this.#size += chunk.length;
    if (this.#size > maxBodyBytes) this.#end(null);
  }

  #complete(): void {
    this.isComplete ||= !this.#isOver;
    this.#end(null);
  }

  #end(error: unknown): void {
    if (this.#isOver) return;
    if (!this.isComplete) this.cancel();
    this.#isOver = true;
    this.#onEnd(error);
  }
}

/** null: not encoded, or in a way that is unknown here and kept as it came. */
function createDecoder(encoding: string): Transform | null {
  // A body that stops early shows in its length, not here: a stream without its last block counts as far as it goes.
  if (["gzip", "x-gzip", "deflate"].includes(encoding)) return createUnzip({ finishFlush: constants.Z_SYNC_FLUSH });
  if (encoding === "br") return createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH });
  return null;
}

/** What follows `charset=` in a Content-Type, with or without quotes. */
function charsetOf(contentType: string | null): string {
  return /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType ?? "")?.[1] ?? "utf-8";
}

/** An unknown charset is read as UTF-8. */
function decoderFor(charset: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}

function firstOf(header: string | string[] | undefined): string | null {
  return (Array.isArray(header) ? header[0] : header) ?? null;
}
