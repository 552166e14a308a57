import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { createSendRequest, type HttpRequest, type HttpResult } from "../../src/chain/http-attempt.ts";
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

function send(path: string, changes: Partial<HttpRequest> = {}, signal = new AbortController().signal) {
  const url = path.startsWith("/") ? target.url + path : path;
  const request: HttpRequest = { method: "GET", url, headers: {}, body: null, timeoutMs: 10_000, network, ...changes };
  return sender.send(request, signal);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

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
    statusCode: 404,
    message: /^status 404$/,
  },
  {
    name: "redirects to itself",
    handler: (request, response) => response.writeHead(302, { location: request.url }).end(),
    code: "status",
    statusCode: 302,
    message: /^status 302: redirects are not followed$/,
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
    code: "status",
    check: (result) => assert.deepEqual([result.retryAfterMs, result.error?.retryable], [7000, true]),
  },
];

for (const { name, handler, timeoutMs, code, message, statusCode, check } of misbehaviours) {
  test(`a target that ${name} gives ${code ?? "a success"}`, async () => {
    const path = `/${name.replaceAll(/\W/g, "-")}`;
    target.on(path, handler);
    const result = await send(path, timeoutMs === undefined ? {} : { timeoutMs });
    assert.equal(result.error?.code ?? null, code, result.error?.message);
    if (message !== undefined) assert.match(result.error?.message ?? "", message);
    if (statusCode !== undefined) assert.equal(result.statusCode, statusCode);
    check?.(result);
  });
}

test("encoded bodies are decoded", async () => {
  const encodings = { gzip: gzipSync("hello"), deflate: deflateSync("hello"), br: brotliCompressSync("hello") };
  for (const [encoding, body] of Object.entries(encodings)) {
    target.on(`/${encoding}`, (_request, response) =>
      response.writeHead(200, { "content-encoding": encoding }).end(body),
    );
    assert.equal((await send(`/${encoding}`)).sample, "hello", encoding);
  }
});

test("a body of exactly 64 KiB is not truncated, one byte more is", async () => {
  target.on("/length", (request, response) => response.end("a".repeat(Number(request.url.split("?")[1]))));
  assert.equal((await send("/length?65536")).truncated, false);
  assert.equal((await send("/length?65537")).truncated, true);
});

test("a character cut by the reading limit leaves no broken one behind", async () => {
  target.on("/cut", (_request, response) => response.end("€".repeat(30_000)));
  assert.match((await send("/cut")).sample ?? "", /^€+$/);
});

test("a refused connection is connect, an unknown name dns, neither is an exception", async () => {
  const refused = await send(`http://127.0.0.1:${await freePort()}/`);
  assert.deepEqual([refused.error?.code, refused.error?.retryable, refused.statusCode], ["connect", true, null]);
  assert.match(refused.error?.message ?? "", /refused the connection \(ECONNREFUSED\)$/);
  const unknown = await send("http://nosuch.invalid/");
  assert.deepEqual([unknown.error?.code, unknown.error?.retryable, unknown.sample], ["dns", true, null]);
  assert.match(unknown.error?.message ?? "", /^dns: no address found for nosuch\.invalid \([A-Z_]+\)$/);
});

test("https to a port that speaks plain http is tls", async () => {
  const result = await send(target.url.replace("http:", "https:"));
  assert.equal(result.error?.code, "tls", result.error?.message);
});

test("only failures that may pass are retryable", async () => {
  target.on("/status", (request, response) => response.writeHead(Number(request.url.split("?")[1])).end());
  for (const status of [408, 425, 429, 500, 502, 503]) {
    assert.equal((await send(`/status?${status}`)).error?.retryable, true, String(status));
  }
  for (const status of [301, 304, 400, 401, 404, 410, 422]) {
    assert.equal((await send(`/status?${status}`)).error?.retryable, false, String(status));
  }
});

test("an abort cancels the request at once and carries its reason", async () => {
  target.on("/hang", () => {});
  const abort = new AbortController();
  const pending = send("/hang", {}, abort.signal);
  await target.waitForRequests(target.requests.length + 1);
  abort.abort("shutdown");
  const result = await pending;
  assert.deepEqual(result.error, { code: "aborted", message: "aborted: shutdown", retryable: false });
});

test("an abort before the connection stands sends nothing, also later", async () => {
  await using own = await startTarget();
  const abort = new AbortController();
  const pending = send(`${own.url}/never`, { method: "POST", body: "x" }, abort.signal);
  abort.abort("lease lost");
  assert.equal((await pending).error?.code, "aborted");
  assert.equal((await send(`${own.url}/later`)).error, null);
  assert.deepEqual(
    own.requests.map((request) => request.url),
    ["/later"],
  );
});

test("a signal that aborted before sends nothing", async () => {
  const before = target.requests.length;
  const result = await send("/", {}, AbortSignal.abort("shutdown"));
  assert.equal(result.error?.code, "aborted");
  assert.equal((await send("/")).error, null);
  assert.equal(target.requests.length, before + 1);
});

test("a kept-alive connection that the target closes on its next use is a reset, and a new one is made after it", async () => {
  await using own = await startTarget();
  const seen = new WeakSet<object>();
  own.on("*", (_request, response, { socket }) => {
    if (seen.has(socket)) return socket.destroy();
    seen.add(socket);
    response.end("ok");
  });
  const codes: (string | null)[] = [];
  // When a connection is idle enough to be used again is undici's choice.
  for (let i = 0; i < 100 && !(codes.includes("reset") && codes.at(-1) === null); i++) {
    codes.push((await send(`${own.url}/${i}`)).error?.code ?? null);
  }
  assert.deepEqual(new Set(codes), new Set([null, "reset"]));
});

test("addresses that are always refused are refused in every notation, before a connection", async () => {
  for (const host of ["169.254.169.254", "2852039166", "0xa9fea9fe", "[::ffff:169.254.169.254]", "[fd00:ec2::254]"]) {
    const result = await send(`http://${host}/latest/meta-data`);
    assert.deepEqual([result.error?.code, result.error?.retryable], ["blocked", false], host);
  }
});

test("a name is refused when it resolves to a refused address", async () => {
  const rules = { denyPrivate: true, allowHosts: [], denyHosts: [] };
  const result = await send(`http://localhost:${target.port}/`, { network: rules });
  assert.equal(result.error?.code, "blocked", result.error?.message);
  assert.match(result.error?.message ?? "", /^blocked: localhost resolves to \S+, which is private/);
  const allowed = { ...rules, allowHosts: [`localhost:${target.port}`] };
  assert.equal((await send(`http://localhost:${target.port}/`, { network: allowed })).error, null);
});

test("two hundred large answers leave nothing in memory", async () => {
  const large = Buffer.alloc(4 * 2 ** 20, "a");
  target.on("/large", (_request, response) => response.end(large));
  const round = () => Promise.all(Array.from({ length: 10 }, () => send("/large")));
  await round();
  const before = retainedBytes();
  for (let i = 0; i < 20; i++) await round();
  const grown = retainedBytes() - before;
  assert.ok(grown < 8 * 2 ** 20, `grew by ${Math.round(grown / 2 ** 20)} MiB`);
});

function retainedBytes(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
