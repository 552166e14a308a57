// A target that does everything it can against its client. A process of its own, so that its memory is not the
// client's: fork it, its first message is its url; it ends with its parent.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

type Behaviour = (response: ServerResponse, request: IncomingMessage) => void;

/** Path → requests so far; answered at `/counts`. */
const counts: Record<string, number> = {};

const gib = 2 ** 30;

const behaviours: Readonly<Record<string, Behaviour>> = {
  "/counts": (response) => response.end(JSON.stringify(counts)),
  "/never-answers": () => undefined,
  "/hangs": () => undefined,
  "/drips"(response) {
    response.writeHead(200);
    response.write("x");
    const drip = setInterval(() => response.write("x"), 1_000);
    response.on("close", () => clearInterval(drip));
  },
  "/floods"(response) {
    response.writeHead(200, { "content-length": String(gib) });
    const chunk = Buffer.alloc(65_536, "a");
    let left = gib / chunk.length;
    const write = () => {
      while (left-- > 0 && response.write(chunk));
    };
    response.on("drain", write);
    write();
  },
  "/resets"(response, { socket }) {
    response.writeHead(200, { "content-length": "1000" });
    response.write("half", () => socket.resetAndDestroy());
  },
  "/redirects": (response, { url }) => response.writeHead(302, { location: url }).end(),
  "/gzip-bomb"(response) {
    // Members one after the other decode to one body: 1 GiB in 1 MiB.
    const member = gzipSync(Buffer.alloc(2 ** 24));
    const bomb = Buffer.concat(Array.from({ length: gib / 2 ** 24 }, () => member));
    response.writeHead(200, { "content-encoding": "gzip" }).end(bomb);
  },
  "/long-headers": (_response, { socket }) =>
    socket.end(`HTTP/1.1 200 OK\r\nX-Long: ${"a".repeat(20_000)}\r\nContent-Length: 0\r\n\r\n`),
  "/broken-utf8": (response) => response.end(Buffer.from([0x61, 0xff, 0xc3, 0x28, 0x62])),
};

const server = createServer((request, response) => {
  request.on("error", () => undefined);
  response.on("error", () => undefined);
  const path = request.url ?? "";
  counts[path] = (counts[path] ?? 0) + 1;
  const behave = behaviours[path];
  if (behave === undefined) response.writeHead(404).end();
  else behave(response, request);
});

server.listen(0, "127.0.0.1", () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.on("disconnect", () => process.exit());
