// Jobs and surroundings for executing chains in tests.
import assert from "node:assert/strict";
import type { Changes } from "../../src/chain/chain-context.ts";
import {
  type ChainContext,
  type ChainDeps,
  type ChainEnd,
  type ChainRecorder,
  executeChain,
  firstSteps,
} from "../../src/chain/execute-chain.ts";
import type { Condition } from "../../src/model/condition.ts";
import type { Action, HttpAction } from "../../src/model/job.ts";
import type { Outputs, Step } from "../../src/model/run.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { retryPolicy } from "./retry-policy.ts";
import { runCommand } from "./run-command.ts";
import { sampleJob } from "./sample-run.ts";

export function httpAction(changes: Partial<HttpAction> & Pick<HttpAction, "url">): HttpAction {
  return {
    type: "http",
    name: "call",
    method: "GET",
    headers: {},
    params: {},
    body: null,
    form: null,
    followRedirects: 0,
    timeoutSec: 10,
    retry: retryPolicy({ retries: 0, delaySec: 0.001, backoff: 1, maxDelaySec: 5 }),
    onCrash: "fail",
    when: null,
    expect: null,
    save: [],
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
    outputs: new Map(),
    network: { denyPrivate: false, allowHosts: [], denyHosts: [] },
    exec: { allow: [] },
    ...changes,
  };
}

/** A condition with nothing in it but what is given. */
export function condition(given: Partial<Condition>): Condition {
  const times = { hourIn: null, minuteIn: null, weekdayIn: null, dayIn: null, monthIn: null };
  return { ...times, previous: null, output: null, ...given };
}

/** Keeps the steps of every advance as a plain object; `answer` says whether the claim still holds at the n-th (from 1). */
export function keepAdvances(answer: (n: number) => boolean = () => true): ChainRecorder & {
  readonly advances: Readonly<Record<string, Step>>[];
  /** What was saved with each. */
  readonly outputs: Outputs[];
} {
  const advances: Readonly<Record<string, Step>>[] = [];
  const outputs: Outputs[] = [];
  const recorder = {
    advances,
    outputs,
    advance: async (changes: Changes) => {
      advances.push(Object.fromEntries(changes.steps));
      outputs.push(changes.outputs);
      return answer(advances.length);
    },
    renew: (changes: Changes) => recorder.advance(changes),
  };
  return recorder;
}

/** The step of a chain's only action, executed by the given parts. */
export async function executeAction(context: ChainContext, deps: Pick<ChainDeps, "send" | "mask">): Promise<Step> {
  const { steps } = await executeWhole(context, deps);
  return steps[0] ?? assert.fail("no step");
}

/** A chain from its first step to its end, executed by the given parts. */
export function executeWhole(
  context: ChainContext,
  deps: Pick<ChainDeps, "send" | "mask"> & Partial<ChainDeps>,
): Promise<ChainEnd> {
  return executeChain(
    { clock: systemClock, random: () => 0, now: () => 0, userAgent: "fleetcron/test", runCommand, ...deps },
    context,
    {
      steps: firstSteps(context, deps.mask),
      recorder: keepAdvances(),
      signal: new AbortController().signal,
      acknowledgedAt: systemClock.monotonic(),
      deadlineAt: null,
    },
  );
}
