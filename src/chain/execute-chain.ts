// A run's actions in order, each recorded as `started` before its request leaves. Read this first.
import { holds } from "../model/condition.ts";
import { type Action, isRunnable } from "../model/job.ts";
import type { Outputs, Step } from "../model/run.ts";
import type { ChainContext, ChainDeps, ChainRecorder, Changes } from "./chain-context.ts";
import { executeStep, ownershipLost } from "./execute-step.ts";
import type { Mask } from "./masking.ts";
import { renderUrl } from "./prepare-request.ts";
import { cutText, longestUrl } from "./response-sample.ts";

export type { ChainContext, ChainDeps, ChainRecorder, Changes } from "./chain-context.ts";

export interface ChainEnd {
  readonly status: "ok" | "error" | "aborted";
  readonly reason: string | null;
  /** The run belongs to its record. Should that say `lost`, the rest is what its former owner still knows. */
  readonly isClaimLost: boolean;
  /** The last results, not yet written: they belong into the write that ends the run. */
  readonly changes: Changes;
  /** All of them, `changes` included. */
  readonly steps: readonly Step[];
  readonly outputs: Outputs;
}

export interface ChainOptions {
  /** As recorded with the claim: `firstSteps`, or all steps so far when a run is continued. */
  readonly steps: readonly Step[];
  readonly recorder: ChainRecorder;
  /** Aborts on shutdown or a lost lease; its reason becomes the run's. */
  readonly signal: AbortSignal;
  /** Monotonic milliseconds at which the acknowledged write holding `steps` was sent. */
  readonly acknowledgedAt: number;
  /** Monotonic milliseconds at which the run's `deadline_sec` is over; null: there is none. */
  readonly deadlineAt: number | null;
}

const longestReason = 500;

/** The steps to record with the claim: leading skipped ones and the first `started`. Nothing is sent before they are. */
export function firstSteps(context: ChainContext, mask: Mask): readonly Step[] {
  return nextSteps(context, [], mask);
}

/**
 * Runs the chain from its last `started` step to its end, `context.outputs` being what the steps before it saved. One
 * `advance` before each further request, none after the last. Rejects only when the recorder does.
 */
export async function executeChain(deps: ChainDeps, context: ChainContext, options: ChainOptions): Promise<ChainEnd> {
  const { recorder, signal, deadlineAt } = options;
  let { acknowledgedAt } = options;
  let results: Results = {
    steps: options.steps,
    outputs: context.outputs,
    changes: { steps: new Map(), outputs: new Map() },
  };
  for (;;) {
    const step = results.steps.at(-1);
    const action = step === undefined ? undefined : context.job.actions[step.index];
    if (step?.status !== "started" || !isRunnable(action)) return endRun(deps, context, results);

    const now = { ...context, outputs: results.outputs };
    const stepRun = { action, step, recorder, signal, acknowledgedAt, deadlineAt };
    const { result, saved, isClaimLost } = await executeStep(deps, now, stepRun);
    results = withResult(results, result, saved);
    if (isClaimLost) return loseClaim(results);
    const isFinal = result.error !== null && !action.continueOnFailure;
    const after = { ...context, outputs: results.outputs };
    const following = isFinal ? [] : nextSteps(after, results.steps, deps.mask);
    const goesOn = following.at(-1)?.status === "started";
    if (result.error?.code === "aborted" || (signal.aborted && goesOn)) {
      return { status: "aborted", reason: reasonOf(deps, String(signal.reason)), isClaimLost: false, ...results };
    }

    const known = results;
    results = withSteps(results, following);
    if (!goesOn) return endRun(deps, context, results);
    acknowledgedAt = deps.clock.monotonic();
    if (!(await recorder.advance(results.changes))) return loseClaim(known);
  }
}

type Results = Pick<ChainEnd, "steps" | "outputs" | "changes">;

/** The step that was under way has its result, which is all that is to be written now. */
function withResult({ steps, outputs }: Results, result: Step, saved: Outputs): Results {
  return {
    steps: [...steps.slice(0, -1), result],
    outputs: saved.size === 0 ? outputs : new Map([...outputs, ...saved]),
    changes: { steps: new Map([[result.index, result]]), outputs: saved },
  };
}

function withSteps({ steps, outputs, changes }: Results, following: readonly Step[]): Results {
  const added = following.map((next) => [next.index, next] as const);
  return {
    steps: [...steps, ...following],
    outputs,
    changes: { ...changes, steps: new Map([...changes.steps, ...added]) },
  };
}

/**
 * The steps after those there are: skipped ones, up to and including the first that is to be sent. Conditions on earlier
 * steps are decided by what is known here, which is all there will be.
 */
function nextSteps(context: ChainContext, steps: readonly Step[], mask: Mask): readonly Step[] {
  const next: Step[] = [];
  for (const [index, action] of context.job.actions.entries()) {
    if (index < steps.length) continue;
    const step = newStep(context, steps, { index, action, mask });
    next.push(step);
    if (step.status === "started") break;
  }
  return next;
}

interface Planned {
  readonly index: number;
  readonly action: Action;
  readonly mask: Mask;
}

function newStep(context: ChainContext, steps: readonly Step[], { index, action, mask }: Planned): Step {
  const { scheduledFor, job, outputs } = context;
  const applies = holds(action.when, scheduledFor, job.tz, { steps, outputs });
  return {
    index,
    name: action.name,
    status: !applies ? "skipped_when" : isRunnable(action) ? "started" : "skipped_unsupported",
    ...shownTarget(context, action, mask),
    statusCode: null,
    elapsedMs: null,
    attempts: 0,
    tries: [],
    responseSample: null,
    responseTruncated: false,
    error: null,
  };
}

/** What a step is shown to do. Of a program its path alone: arguments may hold anything. */
export function shownTarget(context: ChainContext, action: Action, mask: Mask): Pick<Step, "method" | "url"> {
  if (action.type === "unsupported") return { method: null, url: null };
  if (action.type === "exec") return { method: "EXEC", url: action.command[0] };
  // Masked before it is cut: half a secret is a secret too.
  return { method: action.method, url: cutText(mask(renderUrl(context, action)), longestUrl, longestUrl) };
}

function loseClaim(results: Results): ChainEnd {
  return { status: "aborted", reason: ownershipLost, isClaimLost: true, ...results };
}

function endRun(deps: ChainDeps, context: ChainContext, known: Results): ChainEnd {
  const { steps } = known;
  const results = { isClaimLost: false, ...known };
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
  return isRunnable(action) && action.continueOnFailure;
}

function describe(step: Step): string {
  return `step "${step.name}": ${step.error?.message}`;
}

function reasonOf(deps: ChainDeps, text: string): string {
  return cutText(deps.mask(text), longestReason);
}
