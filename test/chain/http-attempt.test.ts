import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { createSendRequest, type HttpRequest } from "../../src/chain/http-attempt.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { startTarget, type Target } from "../helpers/target.ts";

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
  // Cancelled connections need a moment until both ends let go of their buffers.
  let grown = Number.POSITIVE_INFINITY;
  for (const end = Date.now() + 10_000; grown > 8 * 2 ** 20 && Date.now() < end; await delay(20)) {
    grown = retainedBytes() - before;
  }
  assert.ok(grown <= 8 * 2 ** 20, `grew by ${Math.round(grown / 2 ** 20)} MiB`);
});

function retainedBytes(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
