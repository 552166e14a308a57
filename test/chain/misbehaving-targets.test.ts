import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { createSendRequest, type HttpResult } from "../../src/chain/http-attempt.ts";
import type { ErrorClass } from "../../src/model/run.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { startTarget, type Target, type TargetHandler } from "../helpers/target.ts";

let target: Target;
const sender = createSendRequest({ clock: systemClock });
const network = { denyPrivate: false, allowHosts: [], denyHosts: [] };

before(async () => {
  target = await startTarget();
});
after(async () => {
  await sender.close();
  await target.close();
});

interface Misbehaviour {
  readonly name: string;
  readonly handler: TargetHandler;
  readonly timeoutMs?: number;
  readonly code: ErrorClass | null;
  readonly message?: RegExp;
  readonly statusCode?: number;
  readonly check?: (result: HttpResult) => void;
}

const raw =
  (text: string): TargetHandler =>
  (_request, _response, incoming) => {
    incoming.socket.end(text, "latin1");
  };

const misbehaviours: readonly Misbehaviour[] = [
  {
    name: "never answers",
    handler: () => {},
    timeoutMs: 300,
    code: "timeout",
    message: /^timeout: no answer within 0\.3 s \(127\.0\.0\.1:\d+\)$/,
  },
  {
    name: "drips a byte now and then",
    handler(_request, response) {
      response.writeHead(200);
      const drip = setInterval(() => response.write("x"), 50);
      response.on("close", () => clearInterval(drip));
    },
    timeoutMs: 300,
    code: "timeout",
    statusCode: 200,
    message: /^timeout: the answer did not end within 0\.3 s/,
    check: (result) => assert.match(result.sample ?? "", /^x*$/),
  },
  {
    name: "drips its headers",
    handler(_request, _response, { socket }) {
      socket.write("HTTP/1.1 200 OK\r\n");
      const drip = setInterval(() => socket.write("X-A: b\r\n"), 50);
      socket.on("close", () => clearInterval(drip));
    },
    timeoutMs: 300,
    code: "timeout",
  },
  {
    name: "answers 1 GiB",
    handler(_request, response) {
      response.writeHead(200, { "content-length": String(2 ** 30) });
      const chunk = Buffer.alloc(65_536, "a");
      let left = 2 ** 30;
      const write = () => {
        for (left -= chunk.length; left >= 0 && response.write(chunk); left -= chunk.length);
      };
      response.on("drain", write);
      write();
    },
    code: null,
    statusCode: 200,
    check: (result) => assert.deepEqual([result.sample?.length, result.truncated], [65_536, true]),
  },
  {
    name: "sends a gzip bomb",
    handler: (_request, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(64 * 2 ** 20))),
    code: null,
    statusCode: 200,
    check: (result) => assert.deepEqual([result.sample?.length, result.truncated], [65_536, true]),
  },
  {
    name: "sends gzip faster than it is decoded",
    handler: (_request, response) => {
      const packed = gzipSync(randomBytes(60_000));
      response.writeHead(200, { "content-encoding": "gzip" });
      for (let from = 0; from < packed.length; from += 5_000) response.write(packed.subarray(from, from + 5_000));
      response.end();
    },
    code: null,
    statusCode: 200,
    check: (result) => assert.equal(result.truncated, false),
  },
  {
    name: "says gzip and sends something else",
    handler: (_request, response) => response.writeHead(200, { "content-encoding": "gzip" }).end("plain text"),
    code: "protocol",
    statusCode: 200,
    message: /not encoded as its Content-Encoding says$/,
  },
  {
    name: "says gzip and sends nothing",
    handler: (_request, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(),
    code: null,
    check: (result) => assert.equal(result.sample, ""),
  },
  {
    name: "resets before answering",
    handler: (_request, _response, { socket }) => socket.resetAndDestroy(),
    code: "reset",
    message: /^reset: 127\.0\.0\.1:\d+ closed the connection before answering/,
  },
  {
    name: "closes without answering",
    handler: raw(""),
    code: "reset",
  },
  {
    name: "resets in the middle of its body",
    handler(_request, response, { socket }) {
      response.writeHead(200, { "content-length": "1000" });
      response.write("half", () => socket.resetAndDestroy());
    },
    code: "reset",
    statusCode: 200,
    message: /in the middle of its answer/,
  },
  {
    name: "closes in the middle of its body",
    handler: raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf"),
    code: "reset",
    statusCode: 200,
    check: (result) => assert.deepEqual([result.sample, result.truncated], ["half", true]),
  },
  {
    name: "closes in the middle of a chunk",
    handler: raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nff\r\nhalf"),
    code: "reset",
    statusCode: 200,
  },
  {
    name: "closes in the middle of the body of a 404",
    handler: raw("HTTP/1.1 404 Not Found\r\nContent-Length: 1000\r\n\r\nhalf"),
    code: "reset",
    statusCode: 404,
  },
  {
    name: "redirects to itself",
    handler: (request, response) => response.writeHead(302, { location: request.url }).end(),
    code: null,
    statusCode: 302,
  },
  {
    name: "sends 20 kB of headers",
    handler: raw(`HTTP/1.1 200 OK\r\nX-Long: ${"a".repeat(20_000)}\r\nContent-Length: 0\r\n\r\n`),
    code: "too_large",
    message: /^too_large: the headers from 127\.0\.0\.1:\d+ are above 16 KiB$/,
  },
  {
    name: "sends broken UTF-8",
    handler: (_request, response) => response.end(Buffer.from([0x61, 0xff, 0xc3, 0x28, 0x62])),
    code: null,
    check: (result) => assert.equal(result.sample, "a\ufffd\ufffd(b"),
  },
  {
    name: "does not speak HTTP",
    handler: raw("SSH-2.0-OpenSSH_9.6\r\n"),
    code: "protocol",
    message: /did not answer in valid HTTP\/1\.1/,
  },
  {
    name: "upgrades unasked",
    handler: raw("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"),
    code: "protocol",
  },
  {
    name: "has a negative content length",
    handler: raw("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello"),
    code: "protocol",
  },
  {
    name: "floods with early hints and then answers",
    handler: raw(`${"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n".repeat(100)}HTTP/1.1 200 OK\r\n\r\nfine`),
    code: null,
    check: (result) => assert.equal(result.sample, "fine"),
  },
  {
    name: "answers 204",
    handler: (_request, response) => response.writeHead(204).end(),
    code: null,
    statusCode: 204,
    check: (result) => assert.deepEqual([result.sample, result.truncated], ["", false]),
  },
  {
    name: "answers 503 with Retry-After in seconds",
    handler: (_request, response) => response.writeHead(503, { "retry-after": "7" }).end("busy"),
    code: null,
    statusCode: 503,
    check: (result) => assert.equal(result.retryAfterMs, 7000),
  },
];

for (const { name, handler, timeoutMs, code, message, statusCode, check } of misbehaviours) {
  test(`a target that ${name} gives ${code ?? "an answer"}`, async () => {
    const path = `/${name.replaceAll(/\W/g, "-")}`;
    target.on(path, handler);
    const result = await sender.send(
      { method: "GET", url: target.url + path, headers: {}, body: null, timeoutMs: timeoutMs ?? 10_000, network },
      new AbortController().signal,
    );
    assert.equal(result.error?.code ?? null, code, result.error?.message);
    if (message !== undefined) assert.match(result.error?.message ?? "", message);
    if (statusCode !== undefined) assert.equal(result.statusCode, statusCode);
    check?.(result);
  });
}
