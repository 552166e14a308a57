// One step: its request with its retries. Nothing is sent without a recent acknowledgement that the claim still holds.
import type { HttpAction } from "../model/job.ts";
import { retryDelayMs } from "../model/retry.ts";
import type { Step, StepError, Try } from "../model/run.ts";
import type { ChainContext, ChainDeps, ChainRecorder } from "./chain-context.ts";
import type { HttpResult } from "./http-attempt.ts";
import { headersOfTry, prepareRequest } from "./prepare-request.ts";
import { cutText, sampleOf } from "./response-sample.ts";

export interface StepRun {
  readonly action: HttpAction;
  /** The step as it was recorded before: `started`. */
  readonly step: Step;
  readonly recorder: ChainRecorder;
  /** Aborts on shutdown or when the claim's lease is lost. */
  readonly signal: AbortSignal;
  /** Monotonic milliseconds of the acknowledgement that recorded the step as `started`. */
  readonly acknowledgedAt: number;
}

/** An acknowledgement older than this no longer proves that the claim is ours: it is renewed before sending. */
const acknowledgementValidMs = 2000;

const keptTries = 5;
const longestMessage = 500;

/** The step's result, not yet written; null when the claim was lost. Never rejects because of the target. */
export async function executeStep(deps: ChainDeps, context: ChainContext, run: StepRun): Promise<Step | null> {
  const { action, recorder, signal } = run;
  const { index } = run.step;
  const startedAt = deps.clock.monotonic();
  const elapsedMs = () => Math.round(deps.clock.monotonic() - startedAt);
  const prepared = prepareRequest(context, action, { index, userAgent: deps.userAgent });
  if (prepared.request === null) return failStep(deps, run.step, prepared.error, elapsedMs());

  let step = run.step;
  let acknowledgedAt: number | null = run.acknowledgedAt;
  for (let attempt = 1; ; attempt++) {
    acknowledgedAt = await renewAcknowledgement(deps, { recorder, step, acknowledgedAt });
    if (acknowledgedAt === null) return null;
    if (signal.aborted) return failStep(deps, step, abortError(signal), elapsedMs());

    const at = deps.now();
    const result = await deps.send(headersOfTry(context, prepared.request, index, attempt), signal);
    const isLast = result.error?.retryable !== true || attempt > action.retry.retries;
    const waitMs = isLast ? null : nextWaitMs(deps, action, attempt, result);
    step = withTry(deps, step, result, { at, waitMs });
    if (isLast) return endStep(deps, step, result, elapsedMs());
    if (waitMs === null) return failStep(deps, step, waitRefusal(action, result), elapsedMs());
    if (signal.aborted) return failStep(deps, step, abortError(signal), elapsedMs());

    // The intent of the next request: a successor must know that it may have been sent.
    if (!(await recorder.advance(new Map([[index, step]])))) return null;
    acknowledgedAt = deps.clock.monotonic();
    await deps.clock.sleep(waitMs, signal);
    if (signal.aborted) return failStep(deps, step, abortError(signal), elapsedMs());
  }
}

/**
 * The one gate before every send: a process that was paused since its last acknowledgement asks again, until one is
 * recent. Returns when that was (monotonic milliseconds), or null when the claim is lost.
 */
async function renewAcknowledgement(
  { clock }: ChainDeps,
  seen: { readonly recorder: ChainRecorder; readonly step: Step; readonly acknowledgedAt: number },
): Promise<number | null> {
  let { acknowledgedAt } = seen;
  while (clock.monotonic() - acknowledgedAt > acknowledgementValidMs) {
    if (!(await seen.recorder.advance(new Map([[seen.step.index, seen.step]])))) return null;
    acknowledgedAt = clock.monotonic();
  }
  return acknowledgedAt;
}

/** null: the target asks for a longer wait than the policy allows. */
function nextWaitMs(deps: ChainDeps, { retry }: HttpAction, failedTries: number, result: HttpResult): number | null {
  const askedMs = result.retryAfterMs ?? 0;
  if (askedMs > retry.maxDelaySec * 1000) return null;
  return Math.round(Math.max(retryDelayMs(retry, failedTries, deps.random), askedMs));
}

function waitRefusal({ retry }: HttpAction, { error, retryAfterMs }: HttpResult): StepError {
  const asked = `the target asks to wait ${Math.ceil((retryAfterMs ?? 0) / 1000)} s`;
  return { code: "status", message: `${error?.message}: ${asked}, max_delay_sec is ${retry.maxDelaySec}` };
}

function withTry(deps: ChainDeps, step: Step, result: HttpResult, at: Pick<Try, "at" | "waitMs">): Step {
  const { statusCode, elapsedMs } = result;
  const done: Try = { ...at, statusCode, elapsedMs, error: maskError(deps, result.error) };
  return { ...step, statusCode, attempts: step.attempts + 1, tries: [...step.tries, done].slice(-keptTries) };
}

function endStep(deps: ChainDeps, step: Step, result: HttpResult, elapsedMs: number): Step {
  const error = maskError(deps, result.error);
  return { ...step, ...sampleOf(result, deps.mask), status: error === null ? "ok" : "error", error, elapsedMs };
}

function failStep(deps: ChainDeps, step: Step, error: StepError, elapsedMs: number): Step {
  return { ...step, status: "error", error: maskError(deps, error), elapsedMs };
}

function abortError(signal: AbortSignal): StepError {
  return { code: "aborted", message: `aborted: ${String(signal.reason)}` };
}

function maskError(deps: ChainDeps, error: StepError | null): StepError | null {
  return error === null ? null : { code: error.code, message: cutText(deps.mask(error.message), longestMessage) };
}
