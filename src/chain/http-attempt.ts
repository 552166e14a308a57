// One try under one deadline, from the name's resolution to the last byte read: one HTTP exchange, or several when
// redirects are followed. Whatever the target does, the result is a value.
import type { NetworkRules } from "../model/network.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Resolve } from "./address-guard.ts";
import { createConnections } from "./connections.ts";
import type { Failure } from "./describe-failure.ts";
import { type Exchange, type ExchangeDeps, exchange } from "./exchange.ts";
import type { ExchangeObserver } from "./exchange-observer.ts";
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
  readonly observer?: ExchangeObserver;
}): { readonly send: SendRequest; close(): Promise<void> } {
  const { clock, resolve, observer } = options;
  const connections = createConnections(resolve, observer);
  const deps = { clock, connections, observer };
  return { send: (request, signal) => attempt(deps, request, signal), close: () => connections.close() };
}

async function attempt(deps: ExchangeDeps, request: HttpRequest, signal: AbortSignal): Promise<HttpResult> {
  const startedAt = deps.clock.monotonic();
  const trail = [request];
  for (let current = request; ; ) {
    const leftMs = request.timeoutMs - (deps.clock.monotonic() - startedAt);
    const last = await exchange(deps, { request: current, signal, leftMs });
    const result = {
      ...resultOf(last, deps.clock, startedAt),
      ...(current === request ? {} : { redirectedTo: current.url }),
    };
    const hop = nextHop(trail, result.statusCode, last.response?.location ?? null);
    if (hop === null) return result;
    if ("failure" in hop) return { ...result, error: hop.failure, isUnfollowed: true };
    if (isCutShort(last)) return { ...result, error: last.failure, isUnfollowed: true };
    current = hop.request;
    trail.push(current);
  }
}

/** No time is left to go on, or no wish to. */
function isCutShort({ failure }: Exchange): boolean {
  return failure?.code === "timeout" || failure?.code === "aborted";
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
