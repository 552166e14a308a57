// One request and its answer, or what came instead of it.
import type { Clock } from "../runtime/clock.ts";
import { findRefusal } from "./address-guard.ts";
import type { Connections } from "./connections.ts";
import { abortFailure, describeFailure, type Failure } from "./describe-failure.ts";
import type { ExchangeObserver } from "./exchange-observer.ts";
import type { HttpRequest } from "./http-attempt.ts";
import { ResponseReceiver } from "./receive-response.ts";

export interface ExchangeDeps {
  readonly clock: Clock;
  readonly connections: Connections;
  readonly observer?: ExchangeObserver | undefined;
}

export interface ExchangeOptions {
  readonly request: HttpRequest;
  readonly signal: AbortSignal;
  /** What is left of the try's time. */
  readonly leftMs: number;
}

export interface Exchange {
  /** What came of it, also when it ended early; null when nothing was sent. */
  readonly response: ResponseReceiver | null;
  readonly failure: Failure | null;
}

/** Sends the request, unless its host is refused. Never rejects. */
export async function exchange(deps: ExchangeDeps, options: ExchangeOptions): Promise<Exchange> {
  const url = new URL(options.request.url);
  const refusal = findRefusal(url, options.request.network);
  if (refusal === null) return runExchange(deps, url, options);
  return { response: null, failure: { code: "blocked", message: `blocked: ${refusal}`, retryable: false } };
}

/**
 * Ends when the answer ends, the time is over or the signal aborts. It does not wait for a cancelled connection: one
 * that is still being made notices only when it is made (undici then sends nothing).
 */
function runExchange(
  { clock, connections, observer }: ExchangeDeps,
  url: URL,
  { request, signal, leftMs }: ExchangeOptions,
): Promise<Exchange> {
  if (signal.aborted) return Promise.resolve({ response: null, failure: abortFailure(signal) });
  const { promise, resolve } = Promise.withResolvers<Exchange>();
  const end = (failure: Failure | null) => {
    cancelTimer();
    signal.removeEventListener("abort", onAbort);
    observer?.onEnd();
    resolve({ response, failure });
  };
  const response = new ResponseReceiver(
    (error) => end(error === null ? null : describeFailure(error, url.host, response.statusCode !== null)),
    observer?.onAnswer,
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
  observer?.onRequest(request);
  connections.dispatcherFor(network, url).dispatch({ origin: url.origin, path, method, headers, body }, response);
  return promise;
}

function timeoutFailure({ timeoutMs }: HttpRequest, url: URL, statusCode: number | null): Failure {
  const what = statusCode === null ? "no answer" : "the answer did not end";
  return { code: "timeout", message: `timeout: ${what} within ${timeoutMs / 1000} s (${url.host})`, retryable: true };
}
