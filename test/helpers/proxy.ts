// A real HTTP proxy: forwards requests in absolute form, makes tunnels for CONNECT, and resolves names ending in .test to
// 127.0.0.1, which nobody else does.
import { createServer, type IncomingMessage, type RequestListener, request, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { certificate } from "./certificates/certificate.ts";

export interface TestProxy extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** `GET http://a.test/x` or `CONNECT a.test:443`, in order of arrival. */
  readonly asked: readonly string[];
  readonly sockets: ReadonlySet<Socket>;
}

export interface ProxyOptions {
  /** `user:password`; others are refused with 407. */
  readonly login?: string;
  readonly certificate?: string;
}

export async function startProxy({ login, certificate: name }: ProxyOptions = {}): Promise<TestProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const isWelcome = ({ headers }: IncomingMessage) =>
    login === undefined || headers["proxy-authorization"] === `Basic ${btoa(login)}`;
  const forward: RequestListener = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    if (!isWelcome(incoming)) return outgoing.writeHead(407).end(JSON.stringify(incoming.headers));
    const url = new URL(incoming.url ?? "");
    const { "proxy-authorization": login, ...headers } = incoming.headers;
    const options = {
      host: addressOf(url.hostname),
      port: url.port,
      path: url.pathname,
      method: incoming.method ?? "",
    };
    const onward = request({ ...options, headers: { ...headers, "x-proxied": login ?? "yes" } }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  };
  const server = name === undefined ? createServer(forward) : createTlsServer(certificate(name), forward);
  server.on("connection", (socket: Socket) => sockets.add(socket.on("error", () => {})));
  server.on("connect", (incoming: IncomingMessage, socket: Socket) => {
    asked.push(`CONNECT ${incoming.url}`);
    socket.on("error", () => {});
    if (!isWelcome(incoming)) return socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    const [host = "", port = ""] = (incoming.url ?? "").split(":");
    const onward = connect(Number(port), addressOf(host));
    onward.on("connect", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${name === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    port,
    asked,
    sockets,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function addressOf(host: string): string {
  return host.endsWith(".test") ? "127.0.0.1" : host;
}
