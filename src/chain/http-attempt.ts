// One HTTP exchange under one deadline, from the name's resolution to the last byte read. Whatever the target does, the
// result is a value.
import type { NetworkRules } from "../model/network.ts";
import type { Clock } from "../runtime/clock.ts";
import { findRefusal } from "./address-guard.ts";
import { type Connections, createConnections } from "./connections.ts";
import { describeFailure, type Failure } from "./describe-failure.ts";
import { ResponseReceiver } from "./receive-response.ts";
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
  /** null exactly when as much of an answer as is read arrived, whatever its status. */
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

async function attempt(deps: AttemptDeps, request: HttpRequest, signal: AbortSignal): Promise<HttpResult> {
  const startedAt = deps.clock.monotonic();
  const url = new URL(request.url);
  const refusal = findRefusal(url, request.network);
  const exchange =
    refusal === null
      ? await runExchange(deps, { request, url, signal })
      : { response: null, failure: { code: "blocked", message: `blocked: ${refusal}`, retryable: false } as const };
  return resultOf(exchange, deps.clock, startedAt);
}

interface Exchange {
  /** What came of it, also when it ended early; null when nothing was sent. */
  readonly response: ResponseReceiver | null;
  readonly failure: Failure | null;
}

/**
 * Ends when the answer ends, the time is over or the signal aborts. It does not wait for a cancelled connection: one
 * that is still being made notices only when it is made (undici then sends nothing).
 */
function runExchange(
  { clock, connections }: AttemptDeps,
  { request, url, signal }: { readonly request: HttpRequest; readonly url: URL; readonly signal: AbortSignal },
): Promise<Exchange> {
  if (signal.aborted) return Promise.resolve({ response: null, failure: abortFailure(signal) });
  const { promise, resolve } = Promise.withResolvers<Exchange>();
  const end = (failure: Failure | null) => {
    cancelTimer();
    signal.removeEventListener("abort", onAbort);
    resolve({ response, failure });
  };
  const response = new ResponseReceiver((error) =>
    end(error === null ? null : describeFailure(error, url.host, response.statusCode !== null)),
  );
  const stop = (failure: Failure) => {
    response.cancel();
    end(failure);
  };
  const onAbort = () => stop(abortFailure(signal));
  const cancelTimer = clock.after(request.timeoutMs, () => stop(timeoutFailure(request, url, response.statusCode)));
  signal.addEventListener("abort", onAbort, { once: true });
  const { method, headers, body, network } = request;
  const path = url.pathname + url.search;
  connections.agentFor(network).dispatch({ origin: url.origin, path, method, headers, body }, response);
  return promise;
}

function resultOf({ response, failure }: Exchange, clock: Clock, startedAt: number): HttpResult {
  const statusCode = response?.statusCode ?? null;
  const isAnswered = response !== null && statusCode !== null;
  return {
    statusCode,
    elapsedMs: Math.round(clock.monotonic() - startedAt),
    sample: isAnswered ? response.text() : null,
    truncated: isAnswered && !response.isComplete,
    error: failure,
    retryAfterMs: parseRetryAfter(response?.retryAfter ?? null, clock.now()),
  };
}

function timeoutFailure({ timeoutMs }: HttpRequest, url: URL, statusCode: number | null): Failure {
  const what = statusCode === null ? "no answer" : "the answer did not end";
  return { code: "timeout", message: `timeout: ${what} within ${timeoutMs / 1000} s (${url.host})`, retryable: true };
}

function abortFailure(signal: AbortSignal): Failure {
  return { code: "aborted", message: `aborted: ${String(signal.reason)}`, retryable: false };
}
