// Targets whose answers are malformed, or odd.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { brotliCompressSync, constants, deflateSync, gzipSync } from "node:zlib";
import { type Misbehaviour, raw } from "./misbehaviour.ts";

const brotliBomb = brotliCompressSync(Buffer.alloc(64 * 2 ** 20), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });

export const misbehavingAnswers: readonly Misbehaviour[] = [
  {
    name: "sends 20 kB of headers",
    handler: raw(`HTTP/1.1 200 OK\r\nX-Long: ${"a".repeat(20_000)}\r\nContent-Length: 0\r\n\r\n`),
    code: "too_large",
    retryable: false,
    message: /^too_large: the headers from 127\.0\.0\.1:\d+ are above 16 KiB$/,
  },
  {
    name: "sends 1,000 headers of 10 bytes",
    handler: raw(`HTTP/1.1 200 OK\r\n${"X-A: bcd\r\n".repeat(1_000)}Content-Length: 4\r\n\r\nfine`),
    code: null,
    check: (result) => assert.equal(result.sample, "fine"),
  },
  {
    name: "sends headers without end",
    handler(_request, _response, { socket }) {
      socket.write("HTTP/1.1 200 OK\r\n");
      const flood = () => {
        while (!socket.destroyed && socket.write("X-A: bcd\r\n".repeat(1_000)));
      };
      socket.on("drain", flood);
      flood();
    },
    code: "too_large",
    retryable: false,
  },
  {
    name: "sends a brotli bomb",
    handler: (_request, response) => response.writeHead(200, { "content-encoding": "br" }).end(brotliBomb),
    code: null,
    check: (result) => assert.deepEqual([result.sample?.length, result.truncated], [65_536, true]),
  },
  {
    name: "sends a deflate bomb",
    handler: (_request, response) =>
      response.writeHead(200, { "content-encoding": "deflate" }).end(deflateSync(Buffer.alloc(64 * 2 ** 20))),
    code: null,
    check: (result) => assert.deepEqual([result.sample?.length, result.truncated], [65_536, true]),
  },
  {
    name: "sends half of a gzip stream and says that was all",
    handler: (_request, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(randomBytes(50_000)).subarray(0, 25_000)),
    code: null,
  },
  {
    name: "resets in the middle of a gzip stream",
    handler(_request, response, { socket }) {
      const packed = gzipSync(randomBytes(50_000));
      response.writeHead(200, { "content-encoding": "gzip", "content-length": packed.length });
      response.write(packed.subarray(0, 25_000), () => socket.resetAndDestroy());
    },
    code: "reset",
    statusCode: 200,
  },
  {
    name: "sends nonsense for the length of a chunk",
    handler: raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nxyz\r\nrest\r\n0\r\n\r\n"),
    code: "protocol",
    statusCode: 200,
    check: (result) => assert.deepEqual([result.sample, result.truncated], ["half", true]),
  },
  {
    name: "leaves out the last chunk",
    handler: raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n4\r\nhalf\r\n"),
    code: "reset",
    statusCode: 200,
  },
  {
    name: "sends a chunk of more bytes than there are numbers for",
    handler: raw(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${"f".repeat(20)}\r\nx`),
    code: "protocol",
  },
  {
    name: "gives two lengths",
    handler: raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"),
    code: "protocol",
  },
  {
    name: "gives a length and chunks",
    handler: raw("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    code: "protocol",
  },
  {
    name: "sends more than its length says",
    handler: raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello HTTP/1.1 500 No\r\n\r\n"),
    code: null,
    check: (result) => assert.deepEqual([result.sample, result.truncated], ["he", false]),
  },
  {
    name: "ends its body by closing its half of the connection",
    handler: raw("HTTP/1.1 200 OK\r\n\r\nno length"),
    code: null,
    check: (result) => assert.deepEqual([result.sample, result.truncated], ["no length", false]),
  },
  {
    name: "closes its half of the connection in the middle of its headers",
    handler: raw("HTTP/1.1 200 OK\r\nContent-Le"),
    code: "reset",
  },
  {
    name: "sends a NUL in a header",
    handler: raw("HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 0\r\n\r\n"),
    code: "protocol",
  },
  {
    name: "answers 204 with a body",
    handler: raw("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello"),
    code: null,
    statusCode: 204,
    check: (result) => assert.deepEqual([result.sample, result.truncated], ["", false]),
  },
  {
    name: "answers 304 unasked",
    handler: raw("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"),
    code: "status",
    retryable: false,
    statusCode: 304,
  },
  {
    name: "answers with a status nobody knows",
    handler: raw("HTTP/1.1 799 Whatever\r\nContent-Length: 0\r\n\r\n"),
    code: "status",
    retryable: false,
    statusCode: 799,
  },
  {
    name: "answers 503 with a Retry-After of a year",
    handler: (_request, response) => response.writeHead(503, { "retry-after": "31536000" }).end(),
    code: "status",
    check: (result) => assert.equal(result.retryAfterMs, 31_536_000_000),
  },
  {
    name: "answers 429 with a Retry-After that is past",
    handler: (_request, response) => response.writeHead(429, { "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" }).end(),
    code: "status",
    check: (result) => assert.equal(result.retryAfterMs, 0),
  },
  {
    name: "answers 503 with a malformed Retry-After",
    handler: (_request, response) => response.writeHead(503, { "retry-after": "in a while" }).end(),
    code: "status",
    check: (result) => assert.equal(result.retryAfterMs, null),
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
    code: "status",
    check: (result) => assert.equal(result.retryAfterMs, 7000),
  },
];
