// A real HTTP or HTTPS server that logs its requests and misbehaves as scripted.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { certificate } from "./certificates/certificate.ts";

export interface LoggedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** Wall time at which its last byte came, milliseconds. */
  readonly at: number;
}

export type TargetHandler = (request: LoggedRequest, response: ServerResponse, incoming: IncomingMessage) => void;

export interface Target extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, no slash at the end; `https:` with a certificate. */
  readonly url: string;
  readonly port: number;
  /** In order of arrival. */
  readonly requests: readonly LoggedRequest[];
  /** Answers requests to the path (without query) from now on; others get 200 `ok`. `"*"`: every other path. */
  on(path: string, handler: TargetHandler): void;
  /** Resolves when that many requests came; fails after 10 s. */
  waitForRequests(count: number): Promise<void>;
  /** Empties `requests`. */
  forgetRequests(): void;
  /** Ends the server and every connection. Twice is harmless. */
  close(): Promise<void>;
}

export interface TargetOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any. */
  readonly port?: number;
  /** Name of the one it shows, which makes it speak https. */
  readonly certificate?: string;
}

export async function startTarget(options: TargetOptions = {}): Promise<Target> {
  const requests: LoggedRequest[] = [];
  const handlers = new Map<string, TargetHandler>();
  const answer = (incoming: IncomingMessage, response: ServerResponse) => {
    incoming.on("error", () => {});
    response.on("error", () => {});
    const chunks: Uint8Array[] = [];
    incoming.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    incoming.on("end", () => {
      const { method = "", url = "", headers } = incoming;
      const body = Buffer.concat(chunks).toString();
      const request: LoggedRequest = { method, url, headers, body, at: Date.now() };
      requests.push(request);
      const [path = ""] = url.split("?", 1);
      const handler = handlers.get(path) ?? handlers.get("*") ?? answerOk;
      handler(request, response, incoming);
    });
  };
  const { host = "127.0.0.1", certificate: name } = options;
  const server = name === undefined ? createServer(answer) : createTlsServer(certificate(name), answer);
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, host, resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    url: `${name === undefined ? "http" : "https"}://${host}:${port}`,
    port,
    requests,
    on: (path, handler) => void handlers.set(path, handler),
    async waitForRequests(count) {
      for (const end = Date.now() + 10_000; requests.length < count; await delay(5)) {
        if (Date.now() > end) throw new Error(`expected ${count} requests within 10 s, got ${requests.length}`);
      }
    },
    forgetRequests: () => void requests.splice(0),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function answerOk(_request: LoggedRequest, response: ServerResponse): void {
  response.end("ok");
}
