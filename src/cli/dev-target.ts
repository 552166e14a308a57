// The local service that the sample jobs of `fleetcron dev` call.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface DevTarget extends AsyncDisposable {
  readonly url: string;
}

/** `/echo` answers what it was asked; `/flaky` fails every first call; `/token` wants its secret. */
export async function startDevTarget(secret: string): Promise<DevTarget> {
  const calls = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://local").pathname;
    const call = (calls.get(path) ?? 0) + 1;
    calls.set(path, call);
    request.resume();
    request.on("end", () => answer(request, response, { path, call, secret }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Call {
  readonly path: string;
  readonly call: number;
  readonly secret: string;
}

function answer(request: IncomingMessage, response: ServerResponse, { path, call, secret }: Call): void {
  const [status, body] = reply(request, { path, call, secret });
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function reply(request: IncomingMessage, { path, call, secret }: Call): [number, object] {
  if (path === "/flaky" && call % 2 === 1) return [503, { error: "busy, try again" }];
  if (path === "/token" && request.headers.authorization !== `Bearer ${secret}`)
    return [401, { error: "who are you?" }];
  return [200, { ok: true, method: request.method, path, call }];
}
