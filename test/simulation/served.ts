// What was due in a world, and when somebody could look after it.
import type { Document } from "mongodb";
import { graceMsOf, isEdited } from "./plan.ts";
import type { SimProcess } from "./sim-process.ts";
import type { Witness } from "./simulate.ts";

export interface Occurrence {
  readonly job: string;
  readonly runId: string;
  /** By the server's clock, and by world time. */
  readonly occurrence: number;
  readonly dueAt: number;
  /** How late it may start. */
  readonly graceMs: number;
  readonly run: Document | null;
}

const endOfTime = new Date(8.64e15);

/** A reaper looks at least every 12 s, and has 5 s for its work. */
export const reaperMs = 17_000;

/** How long an agent needs to recover from whatever happened to it: hanging commands and doubts about clocks end. */
const recoveryMs = 40_000;

/**
 * The occurrences of all jobs that nobody edited, from when the fleet knew them to one grace before the end. None
 * where the server's clock was stepped: what is due then is a matter of opinion.
 */
export function occurrencesOf(witness: Witness): readonly Occurrence[] {
  const { plan, database, endAt, runs, processes } = witness;
  if (database.clockSteps.length > 0) return [];
  const readyAt = Math.min(...processes.map((process) => notesAt(witness, process)));
  const byId = new Map(runs.map((run) => [run._id, run]));
  return plan.jobs
    .filter(({ _id }) => String(_id).startsWith("job") && !isEdited(plan, String(_id)))
    .flatMap((job) => {
      const { _id, every_sec, end_at = endOfTime } = job;
      const everyMs = every_sec * 1_000;
      const graceMs = graceMsOf(plan, job);
      const found: Occurrence[] = [];
      const gap = database.time(0);
      let occurrence = (Math.floor((gap + knownAt(witness, _id, readyAt)) / everyMs) + 1) * everyMs;
      for (; occurrence - gap < endAt - graceMs - 20_000 && occurrence <= end_at.getTime(); occurrence += everyMs) {
        const runId = `${_id}@${new Date(occurrence).toISOString()}`;
        const dueAt = occurrence - gap;
        found.push({ job: String(_id), runId, occurrence, dueAt, graceMs, run: byId.get(runId) ?? null });
      }
      return found;
    });
}

/** An agent is ready a moment before it has noted the jobs. */
const noteMs = 3_000;

/** By world time; never for one that did not come to note anything. */
function notesAt(witness: Witness, process: SimProcess): number {
  const from = process.readyAt ?? Number.POSITIVE_INFINITY;
  return isWell(witness, process, { from, to: from + noteMs }) ? from : Number.POSITIVE_INFINITY;
}

/**
 * By world time. A job is due from when a majority of the servers knew it: soon after the first agent was ready, unless
 * the database could not be reached then.
 */
function knownAt({ jobStates, database, troubles }: Witness, job: string, readyAt: number): number {
  const since = jobStates.find(({ _id }) => _id === job)?.since;
  const at = since instanceof Date ? since.getTime() - database.time(0) : readyAt;
  const isExcused = [...database.outages, ...troubles].some(({ from, to }) => from < at && to > readyAt);
  return isExcused || at - readyAt < noteMs ? Math.max(readyAt, at) : readyAt;
}

/** One agent that was there before `dueAt` was well, and reached the database, all the time until `to`. */
export function isServed(witness: Witness, dueAt: number, to: number): boolean {
  const from = to - recoveryMs;
  const isAway = witness.database.outages.some((outage) => outage.from < to && outage.to > from);
  return (
    !isAway &&
    witness.processes.some(
      (process) =>
        process.readyAt !== null && process.readyAt + 1_000 <= dueAt && isWell(witness, process, { from, to }),
    )
  );
}

/** Alive, awake, and its messages arrive. */
export function isWell(
  { troubles }: Witness,
  process: SimProcess,
  { from, to }: { readonly from: number; readonly to: number },
): boolean {
  return (
    Math.min(process.endedAt ?? to, process.stoppingAt ?? to) >= to &&
    !process.freezes.some((freeze) => freeze.from < to && freeze.to > from) &&
    !troubles.some(
      (trouble) =>
        trouble.from < to && trouble.to > from && (trouble.machine === null || trouble.machine === process.name[0]),
    )
  );
}

/**
 * By the server's clock, when a process decided what it wrote with this date: one that froze in between could not know
 * better.
 */
export function decidedAt({ processes, database }: Witness, instanceId: string, writtenAt: unknown): number {
  const at = dateOf(writtenAt).getTime();
  const freezes = processes.find(({ name }) => name === instanceId)?.freezes ?? [];
  const freeze = freezes.find(({ to }) => Math.abs(database.time(to) - at) < 1_000);
  return freeze === undefined ? at : database.time(freeze.from);
}

export const dateOf = (value: unknown): Date => (value instanceof Date ? value : new Date(Number.NaN));
