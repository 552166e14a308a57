// One due instant on this agent: wait for its turn, look at what is left, claim it.
import { holds } from "../model/condition.ts";
import { type Occurrence, scheduledRunIds } from "../model/run.ts";
import { isDueAt, jitterMs } from "../model/schedule.ts";
import { findStoredJobs } from "../store/jobs.ts";
import { findExistingRunIds } from "../store/runs.ts";
import { claimAndRun } from "./claim-and-run.ts";
import type { AgentContext } from "./context.ts";
import type { Due } from "./job-catalog.ts";
import { recordLate, recordUnsent, type Unsent } from "./record-unsent.ts";
import { isLate } from "./start-grace.ts";
import { untilAnswered } from "./until-answered.ts";

/** A burst is looked at in pieces, so that its first requests leave before its last jobs were read. */
const lookAtOnce = 200;

/** What fell due, and the wait that this agent's place in the line was worth, in milliseconds. */
interface Turn extends Due {
  readonly turnMs: number;
}

/** Jobs with a jitter wait for it, each for its own; the others don't wait for them. */
export async function takeTurn(context: AgentContext, due: Due): Promise<void> {
  const byDelay = Map.groupBy(due.jobs, (job) => jitterMs(job, due.at));
  await Promise.all([...byDelay].map(([delayMs, jobs]) => takeTurnAfter(context, { at: due.at, jobs }, delayMs)));
}

async function takeTurnAfter(context: AgentContext, due: Due, delayMs: number): Promise<void> {
  const { closed } = context.claims;
  const turnMs = context.lease.turnMs(context.settings);
  await context.clock.sleepUntil(due.at + delayMs + turnMs, closed);
  if (closed.aborted) return;
  const pieces = Array.from({ length: Math.ceil(due.jobs.length / lookAtOnce) }, (_, i) => ({
    at: due.at,
    turnMs,
    jobs: due.jobs.slice(i * lookAtOnce, (i + 1) * lookAtOnce),
  }));
  let looking = pieces[0] && lookUntilKnown(context, pieces[0]);
  for (let i = 1; looking !== undefined; i++) {
    const occurrences = await looking;
    const next = pieces[i];
    // Under way while the piece before it is claimed.
    looking = next && lookUntilKnown(context, next);
    await claimOrRecord(context, occurrences);
  }
}

async function claimOrRecord(context: AgentContext, occurrences: readonly Occurrence[]): Promise<void> {
  const late: Occurrence[] = [];
  const unsent: Unsent[] = [];
  const wanted: Occurrence[] = [];
  for (const occurrence of occurrences) {
    if (isLate(context, occurrence)) late.push(occurrence);
    else if (!holds(occurrence.job.when, occurrence.scheduledFor, occurrence.job.tz)) {
      unsent.push({ occurrence, status: "skipped", reason: "when" });
    } else wanted.push(occurrence);
  }
  await Promise.all([recordLate(context, late), recordUnsent(context, unsent), claimAndRun(context, wanted)]);
}

/** Nothing is claimed without a look, however long the database is away; the grace decides what it finds then. */
function lookUntilKnown(context: AgentContext, turn: Turn): Promise<readonly Occurrence[]> {
  return untilAnswered<readonly Occurrence[]>(context, {
    what: "looking at due jobs",
    read: () => look(context, turn),
    giveUp: { signal: context.stopping, value: [] },
  });
}

/** What nobody has yet, by the definition in the database now: still enabled, still due at this instant. */
async function look(context: AgentContext, { at, jobs, turnMs }: Turn): Promise<readonly Occurrence[]> {
  const { store } = context.deps;
  const runIdOf = scheduledRunIds(at);
  const free = jobs.filter((job) => !context.inHand.has(runIdOf(job)));
  // Serial 1 is first: a look would find nothing, and a claim that is taken all the same costs as little.
  const isFirst = context.lease.serial === 1;
  const existing = isFirst ? new Set<string>() : await findExistingRunIds(store, free.map(runIdOf));
  const open = free.filter((job) => !existing.has(runIdOf(job)));
  if (open.length === 0) return [];
  const stored = await findStoredJobs(
    store,
    open.map((job) => job.id),
  );
  const { jobs: current } = context.editions.parse(context.settings, stored);
  return current
    .filter((job) => job.enabled && isDueAt(job.schedule, at))
    .map((job) => ({ job, scheduledFor: at, trigger: "schedule" as const, runId: runIdOf(job), turnMs }));
}
