// One step: its request, or its program, with its retries. Nothing is sent without a recent acknowledgement that the claim still holds.
import type { ExecAction, HttpAction } from "../model/job.ts";
import { isRetried, retryDelayMs } from "../model/retry.ts";
import type { Outputs, Step, StepError, Try } from "../model/run.ts";
import type { ChainContext, ChainDeps, ChainRecorder } from "./chain-context.ts";
import { abortFailure } from "./describe-failure.ts";
import { cutText, redirectedUrl, sampleOf } from "./response-sample.ts";
import { type Attempted, type AttemptResult, prepareStep } from "./step-attempt.ts";

export interface StepRun {
  readonly action: HttpAction | ExecAction;
  /** The step as it was recorded before: `started`. */
  readonly step: Step;
  readonly recorder: ChainRecorder;
  /** Aborts on shutdown or when the claim's lease is lost. */
  readonly signal: AbortSignal;
  /** Monotonic milliseconds at which the acknowledged write that recorded the step as `started` was sent. */
  readonly acknowledgedAt: number;
  /** Monotonic milliseconds at which the run's own time is over, or null: as long as its steps take. */
  readonly deadlineAt: number | null;
}

export interface StepEnd {
  /** Not yet written. */
  readonly result: Step;
  /** Not yet written either; of a failed step nothing is saved. */
  readonly saved: Outputs;
  /** The run is no longer ours: nothing more may be sent, and `result` is what this process knows of the step. */
  readonly isClaimLost: boolean;
}

/** The reason of a run that ended because it was no longer its agent's. */
export const ownershipLost = "ownership_lost";

/** An acknowledgement older than this no longer proves that the claim is ours: it is renewed before sending. */
const acknowledgementValidMs = 2000;

const lossError: StepError = { code: "aborted", message: `aborted: ${ownershipLost}` };

const keptTries = 5;
const longestMessage = 500;

const nothingSaved: Outputs = new Map();

/**
 * Sends the step's request until it is answered or its tries are used up; a step that is continued goes on counting
 * where its record ends. Never rejects because of the target.
 */
export async function executeStep(deps: ChainDeps, context: ChainContext, run: StepRun): Promise<StepEnd> {
  const { action, recorder, signal } = run;
  const { index } = run.step;
  const startedAt = deps.clock.monotonic();
  const elapsedMs = () => Math.round(deps.clock.monotonic() - startedAt);
  const end = (result: Step, saved = nothingSaved): StepEnd => ({ result, saved, isClaimLost: false });
  const fail = (error: StepError) => end(failStep(deps, step, error, elapsedMs()));
  const loseClaim = () => ({ ...fail(lossError), isClaimLost: true });

  let step = run.step;
  const prepared = await prepareStep(context, action, { index, deps });
  if (prepared.attempt === null) return fail(prepared.error);
  let { acknowledgedAt } = run;
  for (let attempt = step.attempts + 1; ; attempt++) {
    if (!(await renewAcknowledgement(deps, { recorder, step, acknowledgedAt }))) return loseClaim();
    if (signal.aborted) return fail(abortFailure(signal));

    const at = deps.now();
    const { result, verdict } = await prepared.attempt(attempt, signal);
    const next = nextTry(deps, run, { attempt, verdict, result });
    const waitMs = "waitMs" in next ? next.waitMs : null;
    step = withTry(deps, step, result, { at, waitMs, error: verdict.error });
    if ("refusal" in next) return fail(next.refusal);
    if (waitMs === null) {
      const saved = verdict.error === null ? verdict.saved : nothingSaved;
      return end(endStep(deps, step, { result, error: verdict.error, elapsedMs: elapsedMs() }), saved);
    }
    if (signal.aborted) return fail(abortFailure(signal));

    // The intent of the next request: a successor must know that it may have been sent.
    acknowledgedAt = deps.clock.monotonic();
    if (!(await recorder.advance({ steps: new Map([[index, step]]), outputs: nothingSaved }))) return loseClaim();
    await deps.clock.sleep(waitMs, signal);
    if (signal.aborted) return fail(abortFailure(signal));
  }
}

/**
 * The one gate before every send: a process that was paused since its last acknowledged write asks again, until that was
 * recent. False when the claim is lost. A write counts from when it was sent, since a pause may also fall between the
 * arrival of its acknowledgement and our reading it; each further one may take twice as long, so that a slow database
 * delays a request and does not hold it up for ever.
 */
async function renewAcknowledgement(
  { clock }: ChainDeps,
  { recorder, step, acknowledgedAt }: Pick<StepRun, "recorder" | "step" | "acknowledgedAt">,
): Promise<boolean> {
  let sentAt = acknowledgedAt;
  for (let validMs = acknowledgementValidMs; clock.monotonic() - sentAt > validMs; validMs *= 2) {
    sentAt = clock.monotonic();
    if (!(await recorder.renew({ steps: new Map([[step.index, step]]), outputs: nothingSaved }))) return false;
  }
  return true;
}

interface TriedOnce extends Attempted {
  readonly attempt: number;
}

/** Whether and when the step is tried again; a refusal where it would be, but only later than is allowed. */
function nextTry(
  { clock, random }: ChainDeps,
  { action: { retry }, deadlineAt }: StepRun,
  { attempt, verdict, result }: TriedOnce,
): { readonly waitMs: number } | { readonly refusal: StepError } | { readonly isOver: true } {
  if (verdict.error === null || verdict.cause === null || attempt > retry.retries) return { isOver: true };
  if (!isRetried(retry, verdict.cause)) return { isOver: true };
  const { code, message } = verdict.error;
  const refuse = (why: string) => ({ refusal: { code, message: `${message}: ${why}` } });
  const askedMs = result.retryAfterMs ?? 0;
  if (askedMs > retry.maxDelaySec * 1000) {
    return refuse(`the target asks to wait ${inSeconds(askedMs)}, max_delay_sec is ${retry.maxDelaySec}`);
  }
  const waitMs = Math.round(Math.max(retryDelayMs(retry, attempt, random), askedMs));
  const leftMs = deadlineAt === null ? Number.POSITIVE_INFINITY : deadlineAt - clock.monotonic();
  if (waitMs < leftMs) return { waitMs };
  return refuse(`the next try would come in ${inSeconds(waitMs)}, after the run's deadline_sec`);
}

function inSeconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`;
}

function withTry(
  deps: ChainDeps,
  step: Step,
  { statusCode, elapsedMs, redirectedTo }: AttemptResult,
  { at, waitMs, error }: Pick<Try, "at" | "waitMs" | "error">,
): Step {
  const done: Try = { at, waitMs, statusCode, elapsedMs, error: maskError(deps, error) };
  const url = redirectedTo === undefined ? step.url : redirectedUrl(redirectedTo, deps.mask);
  return { ...step, url, statusCode, attempts: step.attempts + 1, tries: [...step.tries, done].slice(-keptTries) };
}

function endStep(
  deps: ChainDeps,
  step: Step,
  { result, error, elapsedMs }: { result: AttemptResult; error: StepError | null; elapsedMs: number },
): Step {
  const status = error === null ? "ok" : "error";
  return { ...step, ...sampleOf(result, deps.mask), status, error: maskError(deps, error), elapsedMs };
}

function failStep(deps: ChainDeps, step: Step, error: StepError, elapsedMs: number): Step {
  return { ...step, status: "error", error: maskError(deps, error), elapsedMs };
}

function maskError(deps: ChainDeps, error: StepError | null): StepError | null {
  return error === null
    ? null
    : { code: error.code, message: cutText(deps.mask(error.message), longestMessage, longestMessage) };
}
