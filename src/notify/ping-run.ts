// `ping_url`: a service of somebody else's is told that a run started and how it ended, and raises its own alarm when it
// hears nothing any more. In the manner of healthchecks.io: `/start`, nothing, `/fail`.
import type { ChainContext } from "../chain/chain-context.ts";
import type { SendRequest } from "../chain/http-attempt.ts";
import type { Mask } from "../chain/masking.ts";
import { prepareRequest } from "../chain/prepare-request.ts";
import type { HttpAction } from "../model/job.ts";
import type { RunStatus } from "../model/run.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";

export interface PingDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly send: SendRequest;
  readonly mask: Mask;
  readonly userAgent: string;
  /** Aborts when the agent has ended, whatever is still being sent. */
  readonly signal: AbortSignal;
  readonly start: (task: () => Promise<void>) => void;
}

export interface RunPings {
  /** Told once the run is in the store. */
  end(status: RunStatus): void;
}

const timeoutSec = 10;
const triesOfEach = 2;
const waitMs = 1_000;

/** Tells of the start now. Nothing of it is waited for, and none of it can fail the run. */
export function pingRun(deps: PingDeps, chain: ChainContext): RunPings {
  const { pingUrl } = chain.job;
  if (pingUrl === null) return { end: () => undefined };
  // One after the other: a start that came after its end would make the service wait for another end.
  let last = Promise.resolve();
  const tell = (suffix: string) => {
    last = last.then(() => ping(deps, chain, withSuffix(pingUrl, suffix)));
    deps.start(() => last);
  };
  tell("/start");
  return { end: (status) => tell(status === "ok" ? "" : "/fail") };
}

async function ping(deps: PingDeps, chain: ChainContext, url: string): Promise<void> {
  const prepared = prepareRequest(chain, actionFor(url), { index: 0, userAgent: deps.userAgent });
  let failure = prepared.error?.message ?? null;
  for (let tries = 1; prepared.request !== null; tries++) {
    // Its idempotency key is that of the run's first step, which this is not.
    const request = { ...prepared.request, headers: { "User-Agent": deps.userAgent } };
    const { error, statusCode } = await deps.send(request, deps.signal);
    failure = error?.message ?? (statusCode !== null && statusCode < 300 ? null : `status ${statusCode}`);
    if (failure === null || tries === triesOfEach || deps.signal.aborted) break;
    await deps.clock.sleep(waitMs, deps.signal);
  }
  if (failure === null) return;
  const fields = { runId: chain.runId, job: chain.job.name, error: deps.mask(failure) };
  deps.log.warn(fields, "ping failed");
}

/** Before a query: `https://example.com/ping?key=1` → `https://example.com/ping/start?key=1`. */
function withSuffix(url: string, suffix: string): string {
  const [, path = "", rest = ""] = /^([^?#]*)(.*)$/s.exec(url) ?? [];
  return `${suffix === "" ? path : path.replace(/\/$/, "")}${suffix}${rest}`;
}

function actionFor(url: string): HttpAction {
  return {
    ...{ type: "http", name: "ping", method: "GET", url, headers: {}, params: {}, body: null, form: null, timeoutSec },
    ...{ followRedirects: 0, retry: { retries: 0, delaySec: 0, backoff: 1, maxDelaySec: 0, jitter: "none", on: [] } },
    ...{ expect: null, save: [], onCrash: "fail", when: null, continueOnFailure: false },
  };
}
