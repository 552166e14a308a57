// Runs whose owner died: once the server's clock has seen the lease end, the run is taken over where that is safe, else
// it becomes `lost`, in plain words.
import { noticeOf } from "../model/notify.ts";
import type { RunDocument } from "../store/collections.ts";
import { findExpiredRun, findExpiredRunIds, markRunLost } from "../store/expired-runs.ts";
import { isStoreUnavailable } from "../store/outcome.ts";
import type { AgentContext } from "./context.ts";
import { findJobOfRun, judgeExpiredRun } from "./judge-expired-run.ts";
import { repeat } from "./repeat.ts";
import { startTakeover } from "./take-over-run.ts";

/** Each agent looks about this often, spread by a fifth so that a fleet does not look in step. */
const everyMs = 10_000;
const settledAtOnce = 20;
/** A record that could not be settled is said to be so, and left alone for so long. */
const leftAloneMs = 600_000;

export function reapRuns(context: AgentContext): AsyncDisposable {
  const spread = () => Math.min(everyMs, context.beatMs()) * (0.8 + 0.4 * context.deps.random());
  const unsettled = new Map<string, number>();
  return repeat(context, { name: "reaper", everyMs: spread }, () => reap(context, unsettled));
}

/** `unsettled`: ids of records that no write fits, until when they are left alone (monotonic milliseconds). */
async function reap(context: AgentContext, unsettled: Map<string, number>): Promise<void> {
  const now = context.deps.clock.monotonic();
  for (const [id, until] of unsettled) if (until < now) unsettled.delete(id);
  const ids = await findExpiredRunIds(context.deps.store, [...unsettled.keys()]);
  for (let i = 0; i < ids.length; i += settledAtOnce) {
    await Promise.all(ids.slice(i, i + settledAtOnce).map((id) => settleOne(context, id, unsettled)));
  }
}

/** One record that nothing can be done with must not keep the others waiting. */
async function settleOne(context: AgentContext, id: unknown, unsettled: Map<string, number>): Promise<void> {
  try {
    await settle(context, id);
  } catch (error) {
    if (isStoreUnavailable(error)) throw error;
    context.deps.log.error({ err: error, runId: id }, "expired run can't be settled; mend or remove its record");
    if (typeof id === "string") unsettled.set(id, context.deps.clock.monotonic() + leftAloneMs);
  }
}

async function settle(context: AgentContext, id: unknown): Promise<void> {
  const { store } = context.deps;
  const inHandAs = String(id);
  // Our own runs are never judged by their record: this process knows better.
  if (context.inHand.has(inHandAs)) return;
  context.inHand.add(inHandAs);
  let isTaken = false;
  try {
    const run = await findExpiredRun(store, id);
    if (run === null) return;
    const judgement = await judgeExpiredRun(context, run);
    if ("goesOn" in judgement) {
      isTaken = true;
      startTakeover(context, run._id);
    } else await lose(context, run, judgement.lost);
  } finally {
    if (!isTaken) context.inHand.delete(inHandAs);
  }
}

async function lose(context: AgentContext, run: RunDocument, reason: string): Promise<void> {
  const { store, log } = context.deps;
  const { _id: runId, job_id: jobId, job_name: name } = run;
  // As the job is now: one that is gone has nobody to be told.
  const job = await findJobOfRun(context, jobId);
  const notice = job && noticeOf(job.notify, { status: "lost", reason, elapsedMs: 0 });
  if (!(await markRunLost(store, run, { reason, notice }))) return;
  log.warn({ runId, job: name, status: "lost", reason }, "run lost");
  context.deps.meter?.runEnded({ status: "lost", lateMs: null, elapsedMs: null, steps: [] });
  if (job !== null) context.notices.runEnded(job, notice);
}
