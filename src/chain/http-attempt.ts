// One HTTP exchange under one deadline, from the name's resolution to the last byte read. Whatever the target does, the
// result is a value.
import type { NetworkRules } from "../model/network.ts";
import type { Clock } from "../runtime/clock.ts";
import { findRefusal } from "./address-guard.ts";
import { type Connections, createConnections } from "./connections.ts";
import { describeFailure, type Failure, statusFailure } from "./describe-failure.ts";
import { type BodyStart, bodyText, readBody } from "./read-body.ts";
import { parseRetryAfter } from "./retry-after.ts";

export interface HttpRequest {
  readonly method: string;
  /** Rendered, absolute, http or https. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** For the whole exchange. */
  readonly timeoutMs: number;
  readonly network: NetworkRules;
}

export interface HttpResult {
  /** null: no status line came. */
  readonly statusCode: number | null;
  readonly elapsedMs: number;
  /** The text read, at most 64 KiB, not masked; null when no answer came. */
  readonly sample: string | null;
  /** The sample ends before the body did. */
  readonly truncated: boolean;
  /** null exactly when the status is 200-299 and as much of the body as is read arrived. */
  readonly error: Failure | null;
  readonly retryAfterMs: number | null;
}

/** Never rejects. When `signal` aborts, the request is cancelled at once: error `aborted` with the signal's reason. */
export type SendRequest = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResult>;

/** The real `SendRequest`. `close` ends all connections; call it when no request is under way any more. */
export function createSendRequest(options: { readonly clock: Clock }): {
  readonly send: SendRequest;
  close(): Promise<void>;
} {
  const connections = createConnections();
  const deps = { clock: options.clock, connections };
  return { send: (request, signal) => attempt(deps, request, signal), close: () => connections.close() };
}

interface AttemptDeps {
  readonly clock: Clock;
  readonly connections: Connections;
}

/** What is known of an exchange; filled as it goes on, so that an early end can report what came. */
interface Exchange {
  statusCode: number | null;
  retryAfter: string | null;
  readonly body: BodyStart;
  failure: Failure | null;
}

async function attempt(deps: AttemptDeps, request: HttpRequest, signal: AbortSignal): Promise<HttpResult> {
  const startedAt = deps.clock.monotonic();
  const url = new URL(request.url);
  const refusal = findRefusal(url, request.network);
  const exchange: Exchange = {
    statusCode: null,
    retryAfter: null,
    body: { chunks: [], size: 0, isComplete: false },
    failure: refusal === null ? null : { code: "blocked", message: `blocked: ${refusal}`, retryable: false },
  };
  if (refusal === null) {
    const stopped = await withDeadline(deps.clock, { ms: request.timeoutMs, signal }, (stop) =>
      runExchange(deps.connections, { request, url, exchange }, stop),
    );
    if (stopped === "aborted") exchange.failure = abortFailure(signal);
    if (stopped === "deadline") exchange.failure = timeoutFailure(request, url, exchange);
  }
  return resultOf(exchange, deps.clock, startedAt);
}

/**
 * Ends when the work ends, the time is over or the signal aborts; says which. It does not wait for cancelled work: a
 * connection that is still being made notices only when it is made (undici then sends nothing).
 */
async function withDeadline(
  clock: Clock,
  limit: { readonly ms: number; readonly signal: AbortSignal },
  work: (stop: AbortSignal) => Promise<void>,
): Promise<"done" | "deadline" | "aborted"> {
  if (limit.signal.aborted) return "aborted";
  const stop = new AbortController();
  const early = Promise.withResolvers<"deadline" | "aborted">();
  const onAbort = () => early.resolve("aborted");
  limit.signal.addEventListener("abort", onAbort, { once: true });
  const cancelTimer = clock.after(limit.ms, () => early.resolve("deadline"));
  const end = await Promise.race([work(stop.signal).then(() => "done" as const), early.promise]);
  cancelTimer();
  limit.signal.removeEventListener("abort", onAbort);
  if (end !== "done") stop.abort();
  return end;
}

/** Fills the exchange; never rejects, also long after its deadline. */
async function runExchange(
  connections: Connections,
  { request, url, exchange }: { readonly request: HttpRequest; readonly url: URL; readonly exchange: Exchange },
  stop: AbortSignal,
): Promise<void> {
  try {
    const response = await connections.agentFor(request.network).request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method,
      headers: { ...request.headers },
      body: request.body,
      signal: stop,
    });
    exchange.statusCode = response.statusCode;
    exchange.retryAfter = firstOf(response.headers["retry-after"]);
    await readBody(response.body, firstOf(response.headers["content-encoding"]) ?? "", exchange.body);
  } catch (error) {
    exchange.failure = describeFailure(error, url.host, exchange.statusCode !== null);
  }
}

/** A status other than 2xx decides even when the body broke off: a 404 is a 404. */
function resultOf(exchange: Exchange, clock: Clock, startedAt: number): HttpResult {
  const { statusCode, body, failure } = exchange;
  const isBadStatus = statusCode !== null && (statusCode < 200 || statusCode > 299);
  return {
    statusCode,
    elapsedMs: Math.round(clock.monotonic() - startedAt),
    sample: statusCode === null ? null : bodyText(body),
    truncated: statusCode !== null && !body.isComplete,
    error: isBadStatus && failure?.code !== "aborted" ? statusFailure(statusCode) : failure,
    retryAfterMs: isBadStatus ? parseRetryAfter(exchange.retryAfter, clock.now()) : null,
  };
}

function timeoutFailure({ timeoutMs }: HttpRequest, url: URL, { statusCode }: Exchange): Failure {
  const what = statusCode === null ? "no answer" : "the answer did not end";
  return { code: "timeout", message: `timeout: ${what} within ${timeoutMs / 1000} s (${url.host})`, retryable: true };
}

function abortFailure(signal: AbortSignal): Failure {
  return { code: "aborted", message: `aborted: ${String(signal.reason)}`, retryable: false };
}

function firstOf(header: string | string[] | undefined): string | null {
  return (Array.isArray(header) ? header[0] : header) ?? null;
}
