// Targets that are slow, flood, or end the connection.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { type Misbehaviour, raw } from "./misbehaviour.ts";

export const misbehavingConnections: readonly Misbehaviour[] = [
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
    code: "status",
    retryable: false,
    statusCode: 404,
    message: /^status 404$/,
  },
  {
    name: "redirects to itself",
    handler: (request, response) => response.writeHead(302, { location: request.url }).end(),
    code: "status",
    retryable: false,
    statusCode: 302,
    message: /^status 302: redirects are not followed$/,
  },
];
