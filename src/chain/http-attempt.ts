// One try under one deadline, from the name's resolution to the last byte read: one HTTP exchange, or several when
// redirects are followed. Whatever the target does, the result is a value.
import type { NetworkRules } from "../model/network.ts";
import type { Clock } from "../runtime/clock.ts";
import { findRefusal, type Resolve } from "./address-guard.ts";
import { type Connections, createConnections } from "./connections.ts";
import { describeFailure, type Failure } from "./describe-failure.ts";
import { ResponseReceiver } from "./receive-response.ts";
import { nextHop, type RedirectRules } from "./redirect.ts";
import { parseRetryAfter } from "./retry-after.ts";

export interface HttpRequest {
  readonly method: string;
  /** Rendered, absolute, http or https. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** For the whole try. */
  readonly timeoutMs: number;
  readonly network: NetworkRules;
  /** Left out: redirects are not followed. */
  readonly redirects?: RedirectRules;
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
  /** The last url, asked or refused, when redirects were followed; not masked. */
  readonly redirectedTo?: string;
  /** The answer is a redirect that was to be followed and was not: `error` says why. */
  readonly isUnfollowed?: true;
}

/** Never rejects. When `signal` aborts, the request is cancelled at once: error `aborted` with the signal's reason. */
export type SendRequest = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResult>;

/** The real `SendRequest`. `close` ends all connections; call it when no request is under way any more. */
export function createSendRequest(options: {
  readonly clock: Clock;
  /** The system's resolver unless given. */
  readonly resolve?: Resolve;
}): { readonly send: SendRequest; close(): Promise<void> } {
  const connections = createConnections(options.resolve);
  const deps = { clock: options.clock, connections };
  return { send: (request, signal) => attempt(deps, request, signal), close: () => connections.close() };
}

interface AttemptDeps {
  readonly clock: Clock;
  readonly connections: Connections;
}

async function attempt(deps: AttemptDeps, request: HttpRequest, signal: AbortSignal): Promise<HttpResult> {
  const startedAt = deps.clock.monotonic();
  const trail = [request];
  for (let current = request; ; ) {
    const leftMs = request.timeoutMs - (deps.clock.monotonic() - startedAt);
    const exchange = await exchangeOnce(deps, { request: current, signal, leftMs });
    const result = {
      ...resultOf(exchange, deps.clock, startedAt),
      ...(current === request ? {} : { redirectedTo: current.url }),
    };
    const hop = nextHop(trail, result.statusCode, exchange.response?.location ?? null);
    if (hop === null) return result;
    if ("failure" in hop) return { ...result, error: hop.failure, isUnfollowed: true };
    if (isCutShort(exchange)) return { ...result, error: exchange.failure, isUnfollowed: true };
    current = hop.request;
    trail.push(current);
  }
}

/** No time is left to go on, or no wish to. */
function isCutShort({ failure }: Exchange): boolean {
  return failure?.code === "timeout" || failure?.code === "aborted";
}

function exchangeOnce(deps: AttemptDeps, options: ExchangeOptions): Promise<Exchange> | Exchange {
  const url = new URL(options.request.url);
  const refusal = findRefusal(url, options.request.network);
  if (refusal === null) return runExchange(deps, url, options);
  return { response: null, failure: { code: "blocked", message: `blocked: ${refusal}`, retryable: false } };
}

interface ExchangeOptions {
  readonly request: HttpRequest;
  readonly signal: AbortSignal;
  /** What is left of the try's time. */
  readonly leftMs: number;
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
  url: URL,
  { request, signal, leftMs }: ExchangeOptions,
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
  const cancelTimer = clock.after(leftMs, () => stop(timeoutFailure(request, url, response.statusCode)));
  signal.addEventListener("abort", onAbort, { once: true });
  const { method, headers, body, network } = request;
  const path = url.pathname + url.search;
  connections.dispatcherFor(network, url).dispatch({ origin: url.origin, path, method, headers, body }, response);
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
