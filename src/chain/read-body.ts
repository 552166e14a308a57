// Reads the start of a response's body, decoded, and nothing more: whatever a target sends, memory stays flat.
import { pipeline, type Readable, type Transform } from "node:stream";
import { constants, createBrotliDecompress, createUnzip } from "node:zlib";

/** Decoded bytes read at most. */
const maxBodyBytes = 65_536;

/** What was read so far; filled while reading, so that a deadline can use the part that came. */
export interface BodyStart {
  readonly chunks: Uint8Array[];
  size: number;
  /** The body's own end was reached. */
  isComplete: boolean;
}

/** A body that can't be decoded as its Content-Encoding says. */
export class BrokenEncoding extends Error {}

/** Reads into `start` up to `maxBodyBytes`, then cancels the rest. Throws what the connection or the decoder throws. */
export async function readBody(body: Readable, encoding: string, start: BodyStart): Promise<void> {
  // Cancelling destroys the stream with an error that nobody waits for.
  body.on("error", () => {});
  for await (const chunk of decoded(body, encoding)) {
    start.chunks.push(chunk.subarray(0, maxBodyBytes - start.size));
    start.size += chunk.length;
    if (start.size > maxBodyBytes) return;
  }
  start.isComplete = true;
}

/** The text that was read; broken UTF-8 becomes U+FFFD, a character cut by the limit is dropped. */
export function bodyText(start: BodyStart): string {
  return new TextDecoder("utf-8").decode(Buffer.concat(start.chunks), { stream: !start.isComplete });
}

async function* decoded(body: Readable, encoding: string): AsyncGenerator<Uint8Array> {
  const decoder = createDecoder(encoding.trim().toLowerCase());
  if (decoder === null) {
    yield* body;
    return;
  }
  let failedFirst: "body" | "decoder" | null = null;
  body.once("error", () => (failedFirst ??= "body"));
  decoder.once("error", () => (failedFirst ??= "decoder"));
  try {
    yield* pipeline(body, decoder, () => {});
  } catch (error) {
    throw failedFirst === "decoder" ? new BrokenEncoding(undefined, { cause: error }) : error;
  }
}

/** null: not encoded, or in a way that is unknown here and kept as it came. */
function createDecoder(encoding: string): Transform | null {
  // A body that stops early shows in its length, not here: a stream without its last block counts as far as it goes.
  if (["gzip", "x-gzip", "deflate"].includes(encoding)) return createUnzip({ finishFlush: constants.Z_SYNC_FLUSH });
  if (encoding === "br") return createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH });
  return null;
}
