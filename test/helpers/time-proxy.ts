// A TCP proxy between driver and server that shows another time: the server's clock as the test wants it to be read.
import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net";

export interface TimeProxy extends AsyncDisposable {
  /** The target's URI with this proxy in place of the server. */
  readonly uri: string;
  /** Whether no connection waits for an answer. */
  isIdle(): boolean;
}

/** `localTime` in an answer: a BSON date, whose eight bytes follow its name. */
const field = Buffer.from("\x09localTime\0", "latin1");

/** Proxies one standalone server; `now` is what its clock shows, in milliseconds. */
export async function startTimeProxy(targetUri: string, now: () => number): Promise<TimeProxy> {
  const target = new URL(targetUri.replace(/^mongodb:/, "http:"));
  const sockets = new Set<Socket>();
  const waiting = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = dial(Number(target.port), target.hostname);
    sockets.add(client).add(upstream);
    client.on("data", (bytes) => {
      waiting.add(client);
      upstream.write(bytes);
    });
    upstream.on("data", (bytes: Buffer) => {
      waiting.delete(client);
      const found = bytes.indexOf(field);
      if (found >= 0) bytes.writeBigInt64LE(BigInt(Math.floor(now())), found + field.length);
      client.write(bytes);
    });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => {
        waiting.delete(client);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    // Polled, the driver's own watch on the server waits for no answer in between.
    uri: `mongodb://127.0.0.1:${(server.address() as AddressInfo).port}/?directConnection=true&serverMonitoringMode=poll`,
    isIdle: () => waiting.size === 0,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
