// What is read of an answer, and what becomes of its connection.
import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { createSendRequest, type HttpResult } from "../../src/chain/http-attempt.ts";
import { createMasker } from "../../src/chain/masking.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { chainContext, executeAction, httpAction } from "../helpers/chain-fixtures.ts";
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

function send(url: string, method = "GET"): Promise<HttpResult> {
  const request = { method, url, headers: {}, body: null, timeoutMs: 10_000, network };
  return sender.send(request, new AbortController().signal);
}

const text = "Grüße, мир";
const cyrillic = Buffer.from([0xec, 0xe8, 0xf0]);

/** Content-Type, the bytes sent, the text kept. */
const charsets: readonly (readonly [string | null, Buffer, string])[] = [
  [null, Buffer.from(text), text],
  ["text/plain", Buffer.from(text), text],
  ["text/plain; charset=utf-8", Buffer.from(text), text],
  ["text/plain;charset=UTF8", Buffer.from(text), text],
  ["text/plain; charset=utf-8", Buffer.from(`\ufeff${text}`), text],
  ["text/html; charset=ISO-8859-1", Buffer.from("Grüße", "latin1"), "Grüße"],
  ['text/html; charset="iso-8859-1"', Buffer.from("Grüße", "latin1"), "Grüße"],
  ["text/html; q=1; Charset = windows-1251; x=y", cyrillic, "мир"],
  ["application/json; charset=utf-16le", Buffer.from(text, "utf16le"), text],
  ["text/plain; charset=klingon", Buffer.from(text), text],
  ["text/plain; charset=", Buffer.from(text), text],
  ["text/plain; charset=iso-2022-cn", Buffer.from(text), text],
];

for (const [contentType, bytes, kept] of charsets) {
  test(`an answer of type ${contentType} with ${bytes.length} bytes is read as ${kept}`, async () => {
    target.on("/charset", (_request, response) => {
      response.writeHead(200, contentType === null ? {} : { "content-type": contentType }).end(bytes);
    });
    assert.equal((await send(`${target.url}/charset`)).sample, kept);
  });
}

test("a gzipped answer in another charset is decoded from both", async () => {
  const headers = { "content-type": "text/plain; charset=latin1", "content-encoding": "gzip" };
  target.on("/both", (_request, response) =>
    response.writeHead(200, headers).end(gzipSync(Buffer.from("é", "latin1"))),
  );
  assert.equal((await send(`${target.url}/both`)).sample, "é");
});

test("an answer to HEAD has no body, whatever its headers say or the target sends", async () => {
  target.on("/head", (_request, response) => response.writeHead(200, { "content-length": "5" }).end());
  target.on("/head-body", (_request, _response, { socket }) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  });
  for (const path of ["/head", "/head-body"]) {
    const { error, sample, truncated } = await send(target.url + path, "HEAD");
    assert.deepEqual([error, sample, truncated], [null, "", false]);
  }
  assert.equal((await send(target.url)).sample, "ok", "what followed is no answer to the next request");
});

test("runs one after the other use one connection, also after a failure", async () => {
  await using own = await startTarget();
  const sockets = new Set<Socket>();
  own.on("*", ({ url }, response, { socket }) => {
    sockets.add(socket);
    response.writeHead(url === "/fails" ? 500 : 200).end("done");
  });
  for (const path of ["/ok", "/fails", "/ok"]) {
    const context = chainContext([httpAction({ url: own.url + path })]);
    await executeAction(context, { send: sender.send, mask: (line) => line });
    // undici gives a connection free with the next turn of the loop; a real run writes its record meanwhile.
    await setImmediate();
  }
  assert.deepEqual([own.requests.length, sockets.size], [3, 1]);
});

test("an answer that comes before the request was sent does no harm", async () => {
  const server = createServer((socket) => {
    socket
      .resume()
      .on("error", () => {})
      .end("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhasty");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const { error } = await send(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`);
  assert.ok(error === null || ["reset", "protocol"].includes(error.code), error?.message);
  await new Promise((resolve) => server.close(resolve));
});

const secret = "s3cret/with+all? kinds";
const mask = createMasker(new Map([["KEY", { value: secret, hosts: null }]]));
const base64 = (lead: string) => Buffer.from(`${lead}${secret}${"tail".repeat(20)}`).toString("base64");

/** How a target may give a secret back; `half` of it is all that is read. */
const echoes: readonly (readonly [string, string])[] = [
  ["raw", secret],
  ["percent-encoded", encodeURIComponent(secret)],
  ["as JSON in JSON", JSON.stringify(JSON.stringify(secret))],
  ["in base64", base64("")],
  ["in base64 one further", base64("x")],
  ["in base64 two further", base64("xy")],
  ["in base64url", base64("").replaceAll("+", "-").replaceAll("/", "_")],
];

for (const [how, echo] of echoes) {
  test(`a secret that comes back ${how} over the border of two chunks or of what is read is masked`, async () => {
    const plain = [secret.slice(0, 10), secret.slice(-10), encodeURIComponent(secret).slice(0, 10), echo.slice(4, 20)];
    for (const length of [9, 13, echo.length - 1]) {
      target.on("/chunks", (_request, response) => {
        response.write(`before ${echo.slice(0, length)}`, () => response.end(`${echo.slice(length)} after`));
      });
      target.on("/cut", (_request, response) =>
        response.end(`${".".repeat(65_536 - length)}${echo}${".".repeat(100_000)}`),
      );
      const chunks = await send(`${target.url}/chunks`);
      const cut = await send(`${target.url}/cut`);
      assert.equal(cut.truncated, true);
      for (const { sample, truncated } of [chunks, cut]) {
        const masked = mask(sample ?? "", { cut: truncated });
        assert.ok(masked.includes("{{KEY}}"), masked.slice(-100));
        for (const part of plain) assert.ok(!masked.includes(part), `${part} in …${masked.slice(-100)}`);
      }
    }
  });
}
