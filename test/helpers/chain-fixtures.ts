// Jobs and surroundings for executing chains in tests.
import type { ChainContext, ChainRecorder } from "../../src/chain/execute-chain.ts";
import type { Action, HttpAction } from "../../src/model/job.ts";
import type { Step } from "../../src/model/run.ts";
import { sampleJob } from "./sample-run.ts";

export function httpAction(changes: Partial<HttpAction> & Pick<HttpAction, "url">): HttpAction {
  return {
    type: "http",
    name: "call",
    method: "GET",
    headers: {},
    params: {},
    body: null,
    timeoutSec: 10,
    retry: { retries: 0, delaySec: 0.001, backoff: 1, maxDelaySec: 5 },
    onCrash: "fail",
    when: null,
    continueOnFailure: false,
    ...changes,
  };
}

export function chainContext(actions: readonly Action[], changes: Partial<ChainContext> = {}): ChainContext {
  const scheduledFor = Date.UTC(2026, 0, 15, 9, 30);
  const job = sampleJob({ idText: "nightly", id: "nightly", name: "Nightly", overlap: "skip", actions });
  return {
    runId: `nightly@${new Date(scheduledFor).toISOString()}`,
    attempt: 1,
    scheduledFor,
    job,
    machine: { id: "machine-1", hostname: "alpha", tags: {} },
    secrets: new Map(),
    network: { denyPrivate: false, allowHosts: [], denyHosts: [] },
    ...changes,
  };
}

/** Keeps every advance as a plain object; `answer` says whether the claim still holds at the n-th (from 1). */
export function keepAdvances(answer: (n: number) => boolean = () => true): ChainRecorder & {
  readonly advances: Readonly<Record<string, Step>>[];
} {
  const advances: Readonly<Record<string, Step>>[] = [];
  return {
    advances,
    advance: async (changes) => {
      advances.push(Object.fromEntries(changes));
      return answer(advances.length);
    },
  };
}
