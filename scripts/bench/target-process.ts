// The target of the benchmarks, in a process of its own: it notes when each request arrived.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface Arrival {
  readonly key: string;
  readonly at: number;
}

let arrivals: Arrival[] = [];
let held: ServerResponse[] = [];

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (request.url === "/arrivals") {
    response.end(JSON.stringify(arrivals));
    arrivals = [];
    return;
  }
  if (request.url === "/release") {
    for (const waiting of held) waiting.end('{"id": 7}');
    held = [];
    response.end();
    return;
  }
  // Fractions of a millisecond on the same wall clock that schedules go by.
  const at = performance.timeOrigin + performance.now();
  arrivals.push({ key: String(request.headers["idempotency-key"] ?? request.url), at });
  if (request.url?.startsWith("/held") === true) held.push(response);
  else response.end(request.url?.startsWith("/json") === true ? '{"id": 7}' : "ok");
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit(0));
