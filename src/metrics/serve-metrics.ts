// The agent's own web server: /metrics for Prometheus, /healthz and /readyz for whoever supervises it. It answers from
// memory, so that it still does when the database is away. Nothing can be changed through it.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FleetCronError, messageOf } from "../errors.ts";
import type { AgentState } from "../model/meter.ts";
import { type AgentMetrics, createAgentMetrics } from "./agent-metrics.ts";
import { notReadyReason } from "./readiness.ts";

export interface ServedMetrics extends AsyncDisposable {
  readonly metrics: AgentMetrics;
  /** `http://127.0.0.1:9464`: with the port that it is in the end. */
  readonly url: string;
  /** Until then it answers that the agent is starting. */
  watch(agent: { state(): AgentState }): void;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A scrape is one small request: whoever sends more, or slowly, is no Prometheus. */
const limits = {
  maxHeaderSize: 8_192,
  headersTimeout: 3_000,
  requestTimeout: 3_000,
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 1_000,
};
const mostConnections = 50;
const silentMs = 90_000;

/** Throws `listen_failed` when the address can't be listened on. Port 0: any free one. */
export async function serveMetrics(listen: { readonly host: string; readonly port: number }): Promise<ServedMetrics> {
  let state: () => AgentState | null = () => null;
  const metrics = createAgentMetrics(() => state());
  const server = createServer(limits, (request, response) => {
    void answer(request, metrics, state).then((answered) => send(response, answered));
  });
  server.maxConnections = mostConnections;
  server.timeout = silentMs;
  await startListening(server, listen);
  return {
    metrics,
    url: urlOf(server.address() as AddressInfo),
    watch: (agent) => {
      state = () => agent.state();
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // A scraper keeps its connection for the next scrape: a stop does not wait for it.
        server.closeAllConnections();
      }),
  };
}

function startListening(server: Server, { host, port }: { readonly host: string; readonly port: number }) {
  return new Promise<void>((resolve, reject) => {
    // For good: without a listener a later error, such as no file descriptor left to accept with, would end the agent.
    server.on("error", (error: NodeJS.ErrnoException) => reject(explainListenError(error, `${host}:${port}`)));
    server.listen({ host, port }, resolve);
  });
}

const listenProblems: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there; stop it or choose another port",
  EADDRNOTAVAIL: "this machine has no such address",
  EACCES: "this user may not listen there; ports below 1024 are root's",
  ENOTFOUND: "no such host",
};

function explainListenError(error: NodeJS.ErrnoException, address: string): FleetCronError {
  const why = listenProblems[error.code ?? ""] ?? error.message;
  return new FleetCronError("listen_failed", `metrics.listen: can't listen on ${address}: ${why}`, { cause: error });
}

/** Never rejects: a request must not end the agent. */
async function answer(
  { method = "", url = "" }: IncomingMessage,
  { registry }: AgentMetrics,
  state: () => AgentState | null,
): Promise<Answer> {
  const respond = pages.get(url.split("?")[0] ?? "");
  if (respond === undefined) return { status: 404, body: "not found; there are /metrics, /healthz and /readyz\n" };
  if (method !== "GET" && method !== "HEAD") {
    return { status: 405, body: "only GET and HEAD\n", headers: { allow: "GET, HEAD" } };
  }
  try {
    return await respond(registry, state);
  } catch (error) {
    return { status: 500, body: `${messageOf(error)}\n` };
  }
}

type Respond = (registry: AgentMetrics["registry"], state: () => AgentState | null) => Answer | Promise<Answer>;

const pages: ReadonlyMap<string, Respond> = new Map<string, Respond>([
  ["/metrics", scrape],
  // That it answers at all is the news: the process is alive and its event loop turns.
  ["/healthz", () => ({ status: 200, body: "alive\n" })],
  ["/readyz", (_registry, state) => tellReady(notReadyReason(state()))],
]);

async function scrape(registry: AgentMetrics["registry"]): Promise<Answer> {
  return { status: 200, body: await registry.metrics(), headers: { "content-type": registry.contentType } };
}

function tellReady(notReady: string | null): Answer {
  return notReady === null ? { status: 200, body: "ready\n" } : { status: 503, body: `not ready: ${notReady}\n` };
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    ...headers,
  });
  response.end(body);
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
