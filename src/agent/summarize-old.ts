// What fell due before the horizon while no agent ran: one record per job says how much that was, for a fleet that was
// down for days would else begin with writing thousands of records.
import { noticeOf } from "../model/notify.ts";
import { scheduledRunIds, summaryRunId } from "../model/run.ts";
import type { Instant } from "../model/schedule.ts";
import { recurringDues, type Window } from "../model/unresolved.ts";
import type { RunDocument } from "../store/collections.ts";
import { newRunDocument } from "../store/run-document.ts";
import { insertRuns } from "../store/runs.ts";
import { extendSummary, readRunIdsBetween } from "../store/sweep-records.ts";
import type { AgentContext } from "./context.ts";
import { claimantOf } from "./record-unsent.ts";
import type { SweptJob } from "./settle-missed.ts";
import { horizonMs } from "./start-grace.ts";

const summariesAtOnce = 500;
/** Two days of each second. Beyond it the record says that there were more. */
const mostCounted = 200_000;

/** Writes the summaries; answers from when on occurrences have records of their own. Throws when not all are written. */
export async function summarizeOld(
  context: AgentContext,
  jobs: readonly SweptJob[],
  { after, now }: { readonly after: Instant; readonly now: Instant },
): Promise<Instant> {
  const until = now - horizonMs;
  if (after >= until) return after;
  const longestDelayMs = jobs.reduce((most, { job }) => Math.max(most, (job.schedule.jitterSec ?? 0) * 1_000), 0);
  const { store } = context.deps;
  const recorded = await readRunIdsBetween(store, new Date(after - longestDelayMs), new Date(until));
  let summaries: RunDocument[] = [];
  for (const swept of jobs) {
    const summary = summarize(context, swept, { after, until }, recorded);
    if (summary === null) continue;
    summaries.push(summary);
    if (summaries.length >= summariesAtOnce) {
      await write(context, summaries);
      summaries = [];
    }
    await context.deps.clock.sleep(0);
  }
  await write(context, summaries);
  return until;
}

function summarize(
  context: AgentContext,
  { job, since }: SweptJob,
  window: Window,
  recorded: ReadonlySet<string>,
): RunDocument | null {
  const dues = recurringDues(job, since, window, mostCounted);
  const instants = dues.map(({ at }) => at).filter((at) => !recorded.has(scheduledRunIds(at)(job)));
  const from = instants[0];
  const last = instants.at(-1);
  if (from === undefined || last === undefined) return null;
  const isCut = dues.length >= mostCounted;
  const to = isCut ? window.until : last;
  const count = instants.length;
  const reason = `${isCut ? "more than " : ""}${count} occurrences were due while no agent ran`;
  const occurrence = { job, scheduledFor: from, trigger: "schedule" as const, runId: summaryRunId(job, from) };
  const document = newRunDocument(claimantOf(context), {
    occurrence,
    claimId: context.deps.newId(),
    status: "missed",
    reason,
    steps: [],
    notice: noticeOf(job.notify, { status: "missed", reason, elapsedMs: 0 }),
    now: context.clock.now(),
  });
  return { ...document, from: new Date(from), to: new Date(to), count };
}

async function write(context: AgentContext, summaries: readonly RunDocument[]): Promise<void> {
  if (summaries.length === 0) return;
  const { store, log, meter } = context.deps;
  const outcome = await insertRuns(store, summaries);
  if (!outcome.decided) throw outcome.error;
  const lost = new Set(outcome.lost.map(({ index }) => index));
  for (const [index, summary] of summaries.entries()) {
    // A sweep that died before it was through has left one that ends earlier, or another sweep is at it too.
    if (lost.has(index)) await extendSummary(store, summary);
    else {
      log.warn({ runId: summary._id, job: summary.job_name, reason: summary.reason }, "missed occurrences summed up");
      meter?.runEnded({ status: "missed", lateMs: null, elapsedMs: null, steps: [] });
    }
  }
}
