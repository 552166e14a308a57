// Judges a fleet by what the world saw: requests at the target and documents in the store. It knows nothing of how
// agents work; each guarantee is one function that names what broke it.
import type { RunDocument } from "../../src/store/collections.ts";
import type { ChaosJob, SentRequest } from "./jobs.ts";

/** What was done to the fleet, and until when its effects count. Wall time, milliseconds. */
export interface FaultRecord {
  readonly kind: string;
  readonly hits: number;
  readonly from: number;
  /** The next fault begins here. */
  readonly to: number;
  /** While it lasted the first so many serials were dead and the database well; else null. */
  readonly deadSerials: number | null;
  /** When the dead serials' agents were started again. */
  readonly healedAt: number;
  /** The database could not be reached at times: delays are its, not the fleet's. */
  readonly hurtsStore: boolean;
}

export interface Observation {
  readonly jobs: readonly ChaosJob[];
  readonly requests: readonly SentRequest[];
  readonly runs: readonly RunDocument[];
  /** Due instants from here (included) to there (excluded) are expected to be recorded. */
  readonly from: number;
  readonly to: number;
  readonly faults: readonly FaultRecord[];
  readonly staggerMs: number;
  readonly leaseMs: number;
  readonly reaperMs: number;
}

export interface Demands {
  /** Every due occurrence has its record, whatever was down meanwhile. */
  readonly complete: boolean;
  /** Limits of time: on a machine that others keep busy they say little. */
  readonly timed: boolean;
}

export type GuaranteeName = "G1 one record" | "G1 missing" | "G2 one sender" | "G4 bounded delay" | "G5 no stuck run";

export interface Violation {
  readonly guarantee: GuaranteeName;
  readonly what: string;
  /** Due instant, by which it is counted to a fault. */
  readonly dueAt: number;
  readonly runIds: readonly string[];
}

export function checkFleet(seen: Observation, { complete, timed }: Demands): readonly Violation[] {
  return [
    ...findTwoRecords(seen),
    ...findUnrecordedRequests(seen),
    ...findRecordsWithoutRequest(seen),
    ...findTwoSenders(seen),
    ...findStuckRuns(seen),
    ...(complete ? findMissing(seen) : []),
    ...(timed ? [...findLateStarts(seen), ...findSlowlyLost(seen)] : []),
  ];
}

/** G1: never two. The id of a record holds the occurrence, so two would have different ids. */
function findTwoRecords({ runs }: Observation): Violation[] {
  const byOccurrence = Map.groupBy(runs, (run) => `${run.job_id}@${run.scheduled_for.toISOString()}`);
  return [...byOccurrence].flatMap(([occurrence, same]) =>
    same.length < 2 ? [] : [violation("G1 one record", `${occurrence} has ${same.length} records`, ids(same))],
  );
}

/** G1: what was sent is on record, also when the primary that took the claim is gone. */
function findUnrecordedRequests({ requests, runs }: Observation): Violation[] {
  const known = new Map(runs.map((run) => [run._id, run]));
  return requests.flatMap(({ runId, process }) => {
    const status = known.get(runId)?.status;
    if (status === undefined) {
      return [violation("G1 one record", `${process} sent a request of ${runId}, which has no record`, [runId])];
    }
    if (status !== "missed" && status !== "skipped") return [];
    return [violation("G1 one record", `${process} sent a request of ${runId}, which is ${status}`, [runId])];
  });
}

function findRecordsWithoutRequest({ requests, runs }: Observation): Violation[] {
  const sent = new Set(requests.map(({ runId }) => runId));
  const unsent = runs.filter((run) => run.status === "ok" && !sent.has(run._id));
  return unsent.map(({ _id }) => violation("G1 one record", `${_id} is ok and nothing was sent for it`, [_id]));
}

/** G1 in full: every due instant of the window has its record. */
function findMissing(seen: Observation): Violation[] {
  return missingRunIds(seen).map((runId) => violation("G1 missing", `${runId} was due and has no record`, [runId]));
}

export function missingRunIds({ jobs, runs, from, to }: Observation): string[] {
  const known = new Set(runs.map((run) => run._id));
  return dueRunIds({ jobs, from, to }).filter((runId) => !known.has(runId));
}

export function dueRunIds({ jobs, from, to }: Pick<Observation, "jobs" | "from" | "to">): string[] {
  return jobs.flatMap(({ _id, every_sec }) => {
    const step = every_sec * 1_000;
    const first = Math.ceil(from / step) * step;
    const count = Math.max(0, Math.ceil((to - first) / step));
    return Array.from({ length: count }, (_, i) => `${_id}@${new Date(first + i * step).toISOString()}`);
  });
}

/**
 * G2: the tries of a POST come from one process, each number once, and no more of them than `retry` allows. What is
 * idempotent may be sent again by the next owner of the run, but each owner is one process.
 */
function findTwoSenders({ requests }: Observation): Violation[] {
  const groups = Map.groupBy(requests, ({ job, key, owner }) => (job.method === "POST" ? key : `${key} ${owner}`));
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const { job, key, runId } = first;
    const say = (what: string) => [violation("G2 one sender", `${job.method} ${key} ${what}`, [runId])];
    const processes = [...new Set(same.map(({ process }) => process))];
    if (processes.length > 1) return say(`was sent by ${processes.join(" and ")}`);
    if (new Set(same.map(({ attempt }) => attempt)).size < same.length) return say("was sent twice as the same try");
    return same.length > job.retries + 1 ? say(`was sent ${same.length} times`) : [];
  });
}

/** G5: looked at when the faults are over and lease, reaper and 5 s have passed. */
function findStuckRuns({ runs }: Observation): Violation[] {
  const stuck = runs.filter((run) => run.status === "running");
  return stuck.map(({ _id }) => violation("G5 no stuck run", `${_id} is still running`, [_id]));
}

/** G5 of each run that was declared lost while the database was well. */
function findSlowlyLost(seen: Observation): Violation[] {
  const limitMs = seen.leaseMs + seen.reaperMs + 5_000;
  const hurt = seen.faults.filter(({ hurtsStore }) => hurtsStore);
  return seen.runs.flatMap((run) => {
    if (run.status !== "lost" || run.end_at === null) return [];
    const [beatAt, endAt] = [run.beat_at.getTime(), run.end_at.getTime()];
    const tookMs = endAt - beatAt;
    if (tookMs <= limitMs || hurt.some(({ from, to }) => from < endAt && to > beatAt)) return [];
    return [violation("G5 no stuck run", `${run._id} was declared lost ${tookMs} ms after its last beat`, [run._id])];
  });
}

/** G4: with the first k serials dead, `k * stagger + 2 s`. */
function findLateStarts(seen: Observation): Violation[] {
  return seen.faults.flatMap(({ deadSerials, from, healedAt }) => {
    if (deadSerials === null) return [];
    const limitMs = deadSerials * seen.staggerMs + 2_000;
    return startDelays(seen, { from, to: healedAt }).flatMap(({ runId, delayMs }) => {
      if (delayMs <= limitMs) return [];
      const what = `${runId} started ${delayMs} ms late with ${deadSerials} serials dead, limit ${limitMs} ms`;
      return [violation("G4 bounded delay", what, [runId])];
    });
  });
}

/** How long after it was due each occurrence of a span began; those that may be skipped aside. */
export function startDelays(
  { requests }: Pick<Observation, "requests">,
  { from, to }: { readonly from: number; readonly to: number },
): readonly { readonly runId: string; readonly delayMs: number }[] {
  const firstAt = new Map<string, number>();
  for (const { runId, job, at } of requests) {
    const due = dueInstantOf(runId);
    if (job.overlap === "allow" && due >= from && due < to && !firstAt.has(runId)) firstAt.set(runId, at);
  }
  return [...firstAt].map(([runId, at]) => ({ runId, delayMs: at - dueInstantOf(runId) }));
}

export function dueInstantOf(runId: string): number {
  return Date.parse(runId.slice(runId.lastIndexOf("@") + 1));
}

const ids = (runs: readonly RunDocument[]) => runs.map(({ _id }) => _id);

function violation(guarantee: GuaranteeName, what: string, runIds: readonly string[]): Violation {
  return { guarantee, what, dueAt: dueInstantOf(runIds[0] ?? ""), runIds };
}
