// A TCP proxy between driver and server that loses answers: the server applied the write, the client never hears of it.
// Fail points can't do that: they never apply what they fail.

import type { AddressInfo } from "node:net";
import { createServer, connect as dial, type Socket } from "node:net";

export interface LossyProxy extends AsyncDisposable {
  /** The target's URI with this proxy in place of the server. */
  readonly uri: string;
  /** Lets the next request that contains `word` through, then drops the connection instead of its answer. */
  loseAnswerTo(word: string): void;
  /** Takes the last order back, if its request did not come yet. */
  loseNothing(): void;
  /** How many answers were lost. */
  readonly lost: () => number;
}

/** Proxies one server, which listens on a port or (the embedded store) on a socket. */
export async function startLossyProxy(targetUri: string): Promise<LossyProxy> {
  const address = addressOf(targetUri);
  const sockets = new Set<Socket>();
  let awaited: string | null = null;
  let lost = 0;
  const server = createServer((client) => {
    const upstream = dial(address);
    let losing = false;
    sockets.add(client).add(upstream);
    client.on("data", (bytes) => {
      if (awaited !== null && bytes.includes(awaited)) {
        awaited = null;
        losing = true;
      }
      upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      if (!losing) return void client.write(bytes);
      lost++;
      client.destroy();
      upstream.destroy();
    });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    uri: `mongodb://127.0.0.1:${(server.address() as AddressInfo).port}/?directConnection=true`,
    loseAnswerTo: (word) => {
      awaited = word;
    },
    loseNothing: () => {
      awaited = null;
    },
    lost: () => lost,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function addressOf(uri: string): { path: string } | { host: string; port: number } {
  const [, place = ""] = /^mongodb:\/\/([^/]*)/.exec(uri) ?? [];
  const decoded = decodeURIComponent(place);
  if (decoded.startsWith("/")) return { path: decoded };
  const { hostname, port } = new URL(`http://${place}`);
  return { host: hostname, port: Number(port) };
}
