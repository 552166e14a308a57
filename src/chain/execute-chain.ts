// A run's actions in order, each recorded as `started` before its request leaves. Read this first.
import { holds } from "../model/condition.ts";
import type { Action } from "../model/job.ts";
import type { Step } from "../model/run.ts";
import type { ChainContext, ChainDeps, ChainRecorder } from "./chain-context.ts";
import { executeStep, ownershipLost } from "./execute-step.ts";
import type { Mask } from "./masking.ts";
import { renderUrl } from "./prepare-request.ts";
import { cutText } from "./response-sample.ts";

export type { ChainContext, ChainDeps, ChainRecorder } from "./chain-context.ts";

export interface ChainEnd {
  readonly status: "ok" | "error" | "aborted";
  readonly reason: string | null;
  /** The run belongs to its record. Should that say `lost`, the rest is what its former owner still knows. */
  readonly isClaimLost: boolean;
  /** The last results, not yet written: they belong into the write that ends the run. */
  readonly changes: ReadonlyMap<number, Step>;
  /** All of them, `changes` included. */
  readonly steps: readonly Step[];
}

export interface ChainOptions {
  /** As recorded with the claim: `firstSteps`, or all steps so far when a run is continued. */
  readonly steps: readonly Step[];
  readonly recorder: ChainRecorder;
  /** Aborts on shutdown or a lost lease; its reason becomes the run's. */
  readonly signal: AbortSignal;
  /** Monotonic milliseconds at which the acknowledged write holding `steps` was sent. */
  readonly acknowledgedAt: number;
}

const longestReason = 500;

/** The steps to record with the claim: leading skipped ones and the first `started`. Nothing is sent before they are. */
export function firstSteps(context: ChainContext, mask: Mask): readonly Step[] {
  return stepsFrom(context, 0, mask);
}

/**
 * Runs the chain from its last `started` step to its end. One `advance` before each further request, none after the last.
 * Rejects only when the recorder does.
 */
export async function executeChain(deps: ChainDeps, context: ChainContext, options: ChainOptions): Promise<ChainEnd> {
  const { recorder, signal } = options;
  const steps = [...options.steps];
  let { acknowledgedAt } = options;
  let changes: ReadonlyMap<number, Step> = new Map();
  for (;;) {
    const step = steps.at(-1);
    const action = step === undefined ? undefined : context.job.actions[step.index];
    if (step?.status !== "started" || action?.type !== "http") return endRun(deps, context, { steps, changes });

    const stepRun = { action, step, recorder, signal, acknowledgedAt };
    const { result, isClaimLost } = await executeStep(deps, context, stepRun);
    steps[steps.length - 1] = result;
    changes = new Map([[result.index, result]]);
    if (isClaimLost) return loseClaim({ steps, changes });
    const isFinal = result.error !== null && !action.continueOnFailure;
    const following = isFinal ? [] : stepsFrom(context, result.index + 1, deps.mask);
    const goesOn = following.at(-1)?.status === "started";
    if (result.error?.code === "aborted" || (signal.aborted && goesOn)) {
      return { status: "aborted", reason: reasonOf(deps, String(signal.reason)), isClaimLost: false, changes, steps };
    }

    const known = { steps: [...steps], changes };
    changes = new Map([...changes, ...following.map((next) => [next.index, next] as const)]);
    steps.push(...following);
    if (!goesOn) return endRun(deps, context, { steps, changes });
    acknowledgedAt = deps.clock.monotonic();
    if (!(await recorder.advance(changes))) return loseClaim(known);
  }
}

/** Skipped steps from `index` on, up to and including the first that is to be sent. */
function stepsFrom(context: ChainContext, index: number, mask: Mask): readonly Step[] {
  const steps: Step[] = [];
  for (const [i, action] of context.job.actions.entries()) {
    if (i < index) continue;
    const step = newStep(context, i, action, mask);
    steps.push(step);
    if (step.status === "started") break;
  }
  return steps;
}

function newStep(context: ChainContext, index: number, action: Action, mask: Mask): Step {
  const applies = action.when === null || holds(action.when, context.scheduledFor, context.job.tz);
  return {
    index,
    name: action.name,
    status: !applies ? "skipped_when" : action.type === "http" ? "started" : "skipped_unsupported",
    method: action.type === "http" ? action.method : null,
    url: action.type === "http" ? mask(renderUrl(context, action)) : null,
    statusCode: null,
    elapsedMs: null,
    attempts: 0,
    tries: [],
    responseSample: null,
    responseTruncated: false,
    error: null,
  };
}

type Results = Pick<ChainEnd, "steps" | "changes">;

function loseClaim(results: Results): ChainEnd {
  return { status: "aborted", reason: ownershipLost, isClaimLost: true, ...results };
}

function endRun(deps: ChainDeps, context: ChainContext, { steps, changes }: Results): ChainEnd {
  const results = { isClaimLost: false, changes, steps };
  const failed = steps.filter((step) => step.status === "error");
  const fatal = failed.find((step) => !isForgiven(context, step));
  if (fatal !== undefined) return { status: "error", reason: reasonOf(deps, describe(fatal)), ...results };
  if (failed.length > 0) {
    return { status: "ok", reason: reasonOf(deps, `went on after ${failed.map(describe).join("; ")}`), ...results };
  }
  const isAllSkipped = steps.every((step) => step.status !== "ok");
  return { status: "ok", reason: isAllSkipped ? "every step was skipped" : null, ...results };
}

function isForgiven(context: ChainContext, step: Step): boolean {
  const action = context.job.actions[step.index];
  return action?.type === "http" && action.continueOnFailure;
}

function describe(step: Step): string {
  return `step "${step.name}": ${step.error?.message}`;
}

function reasonOf(deps: ChainDeps, text: string): string {
  return cutText(deps.mask(text), longestReason);
}
