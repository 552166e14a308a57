// What a sweep does about each occurrence without a record: inside its grace it starts, later it is recorded or caught
// up with. Nothing is waited for: what is not settled now keeps `resolved_until` before it, and the next sweep looks again.
import { chooseCatchUp } from "../model/catch-up.ts";
import { holds } from "../model/condition.ts";
import type { Job } from "../model/job.ts";
import { type Occurrence, scheduledRunIds } from "../model/run.ts";
import type { Instant } from "../model/schedule.ts";
import { type Due, onceDues, recurringDues } from "../model/unresolved.ts";
import { hasNewerStart, type RunRecord, readRunRecords } from "../store/sweep-records.ts";
import { claimAndRun } from "./claim-and-run.ts";
import type { AgentContext } from "./context.ts";
import { missedStart, recordUnsent, type Unsent } from "./record-unsent.ts";
import { horizonMs, isLate } from "./start-grace.ts";

export interface SweptJob {
  readonly job: Job;
  /** When it was first seen. */
  readonly since: Instant;
}

export interface Sweep {
  readonly jobs: readonly SweptJob[];
  /** Up to there everything has its record. */
  readonly after: Instant;
  /** As `after`, with the summaries. */
  readonly recurringAfter: Instant;
  readonly until: Instant;
  /** The server's time, before the jobs were read. */
  readonly now: Instant;
  /** Run ids of records that the database will never store. */
  readonly refused: Set<string>;
  /** Monotonic. */
  readonly startedAt: number;
}

interface OpenDue extends Due {
  readonly swept: SweptJob;
  readonly runId: string;
}

/** Settled at once: a read and an insert each. */
const duesAtOnce = 1_000;
const longestWindow = 2 * 86_400;
/** Looked at without a pause: an agent does other things too. */
const jobsAtOnce = 200;
/** A sweep that stood still for longer knows nothing any more; records may even have expired meanwhile. */
const longestSweepMs = 120_000;

/** Up to where everything is settled now. */
export async function settleMissed(context: AgentContext, sweep: Sweep): Promise<Instant> {
  let reached = sweep.until;
  let batch: OpenDue[] = [];
  const settleBatch = async () => {
    const undecided = await settle(context, sweep, batch);
    batch = [];
    for (const { claimableAt } of undecided) reached = Math.min(reached, claimableAt - 1);
  };
  for (const [index, swept] of sweep.jobs.entries()) {
    // A job's occurrences stay together: what is caught up with depends on all of them.
    for (const due of duesOf(context, sweep, swept)) batch.push(due);
    if (batch.length >= duesAtOnce) await settleBatch();
    if (index % jobsAtOnce === jobsAtOnce - 1) await context.deps.clock.sleep(0);
    if (isOver(context, sweep)) return sweep.after;
  }
  await settleBatch();
  return isOver(context, sweep) ? sweep.after : reached;
}

function isOver({ deps, clock, stopping }: AgentContext, { startedAt }: Sweep): boolean {
  return stopping.aborted || !clock.isTrusted() || deps.clock.monotonic() - startedAt > longestSweepMs;
}

function duesOf({ settings }: AgentContext, sweep: Sweep, swept: SweptJob): readonly OpenDue[] {
  const { job, since } = swept;
  const { after, recurringAfter, until, now } = sweep;
  const oldest = since - settings.retentionDays * 86_400_000;
  const dues = new Map<Instant, Due>();
  for (const due of recurringDues(job, since, { after: recurringAfter, until }, longestWindow)) dues.set(due.at, due);
  for (const due of onceDues(job, since, { after, until, now, oldest })) dues.set(due.at, due);
  return [...dues.values()]
    .sort((a, b) => a.at - b.at)
    .map((due) => ({ ...due, swept, runId: scheduledRunIds(due.at)(job) }));
}

/** Those that have no record afterwards. */
async function settle(context: AgentContext, sweep: Sweep, dues: readonly OpenDue[]): Promise<readonly OpenDue[]> {
  if (dues.length === 0 || isOver(context, sweep)) return dues;
  const { store } = context.deps;
  const runIdsOf = (some: readonly OpenDue[]) => some.map(({ runId }) => runId);
  const records = await readRunRecords(store, runIdsOf(dues));
  const open = dues.filter(({ runId }) => !records.has(runId) && !sweep.refused.has(runId));
  if (open.length === 0) return [];
  const unsent: Unsent[] = [];
  const wanted: Occurrence[] = [];
  for (const [swept, openOfJob] of Map.groupBy(open, (due) => due.swept)) {
    const ofJob = dues.filter((due) => due.swept === swept);
    const decided = await decide(context, sweep, { swept, open: openOfJob, dues: ofJob, records });
    unsent.push(...decided.unsent);
    wanted.push(...decided.wanted);
  }
  // Read anew just before: between the look and here the sweep may have been frozen for days.
  if (isOver(context, sweep)) return open;
  if (wanted.length > 0) context.inFlight.start(() => claimAndRun(context, wanted));
  for (let i = 0; i < unsent.length; i += duesAtOnce) {
    await recordUnsent(context, unsent.slice(i, i + duesAtOnce), (runId) => sweep.refused.add(runId));
  }
  const recorded = await readRunRecords(store, runIdsOf(open));
  return open.filter(({ runId }) => !recorded.has(runId) && !sweep.refused.has(runId));
}

interface JobDues {
  readonly swept: SweptJob;
  /** Without a record, in the order of time. */
  readonly open: readonly OpenDue[];
  /** All of the window. */
  readonly dues: readonly OpenDue[];
  readonly records: ReadonlyMap<string, RunRecord>;
}

async function decide(
  context: AgentContext,
  sweep: Sweep,
  { swept, open, dues, records }: JobDues,
): Promise<{ readonly unsent: readonly Unsent[]; readonly wanted: readonly Occurrence[] }> {
  const { job, since } = swept;
  const unsent: Unsent[] = [];
  const wanted: Occurrence[] = [];
  const late: Occurrence[] = [];
  let inHand = 0;
  for (const { at, runId } of open) {
    const occurrence: Occurrence = { job, scheduledFor: at, trigger: "schedule", runId };
    if (context.inHand.has(runId)) inHand++;
    else if (!holds(job.when, at, job.tz)) unsent.push({ occurrence, status: "skipped", reason: "when" });
    else if (!isLate(context, occurrence)) wanted.push(occurrence);
    else if (at <= since) unsent.push({ occurrence, status: "missed", reason: "at_past" });
    else if (at <= sweep.now - horizonMs) unsent.push(missedStart(occurrence));
    else late.push(occurrence);
  }
  const caughtUp = dues.filter(({ runId }) => records.get(runId)?.trigger === "catch_up").length;
  const chosen = chooseCatchUp(
    job.catchUp,
    late.map(({ scheduledFor }) => scheduledFor),
    {
      count: caughtUp + inHand,
      isNewerStarted: wanted.length + inHand > 0 || (await isNewerStarted(context, job, late)),
    },
  );
  const run = new Set(chosen.run);
  const capped = new Set(chosen.capped);
  for (const occurrence of late) {
    if (run.has(occurrence.scheduledFor)) wanted.push({ ...occurrence, trigger: "catch_up" });
    else if (capped.has(occurrence.scheduledFor)) unsent.push({ occurrence, status: "missed", reason: "catch_up_cap" });
    else unsent.push(missedStart(occurrence));
  }
  return { unsent, wanted };
}

async function isNewerStarted({ deps }: AgentContext, job: Job, late: readonly Occurrence[]): Promise<boolean> {
  const newest = late.at(-1);
  if (job.catchUp !== "last" || newest === undefined) return false;
  return hasNewerStart(deps.store, job.id, new Date(newest.scheduledFor));
}
