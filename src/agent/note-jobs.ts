// When each job was first seen: noted in the database by whoever sees it first, so that the whole fleet agrees, over
// restarts too, from when on a job is due.
import type { Job, JobId } from "../model/job.ts";
import { idTextOf } from "../model/plain-value.ts";
import type { Instant } from "../model/schedule.ts";
import { scheduleHash } from "../model/schedule-hash.ts";
import { type JobState, type JobStateChange, writeJobStates } from "../store/job-state.ts";
import type { AgentContext } from "./context.ts";

export interface SeenJobs {
  /** Read before the jobs: then a difference means that the job is newer than its state, and not the other way round. */
  readonly states: readonly JobState[];
  readonly jobs: readonly Job[];
  /** There, but unreadable for this version: their states are left alone, for another may be able to read them. */
  readonly invalidIds: readonly JobId[];
}

/** Text that two ids share only when they are the same: `5` and `"5"` are not. */
export function jobKey(id: JobId): string {
  return `${typeof id} ${idTextOf(id)}`;
}

/** Since when a job is due whose schedule has this hash; null when its state is of another schedule, or unusable. */
export function knownSince(state: JobState | null, hash: string): Instant | null {
  if (state === null || state.isBroken || state.hash !== hash) return null;
  return state.since?.getTime() ?? null;
}

/**
 * Notes what is new, rescheduled or gone. Answers since when each job is due, by `jobKey`; null for one that was only
 * noted now.
 */
export async function noteJobs(context: AgentContext, seen: SeenJobs): Promise<ReadonlyMap<string, Instant | null>> {
  const { store, log } = context.deps;
  const stateOf = new Map(seen.states.map((state) => [jobKey(state.jobId), state]));
  const changes: JobStateChange[] = [];
  const since = new Map<string, Instant | null>();
  for (const job of seen.jobs) {
    const key = jobKey(job.id);
    const state = stateOf.get(key) ?? null;
    stateOf.delete(key);
    const hash = scheduleHash(job);
    const known = knownSince(state, hash);
    since.set(key, known);
    if (known === null) changes.push({ jobId: job.id, seen: state, hash });
  }
  for (const id of seen.invalidIds) stateOf.delete(jobKey(id));
  for (const state of stateOf.values()) {
    // Without this a job that is removed and inserted again would be taken for one that was there all along.
    if (!state.isVoided) changes.push({ jobId: state.jobId, seen: state, hash: null });
  }
  for (const { jobId, seen: state } of changes) {
    if (state?.isBroken) log.warn({ collection: "job_state", id: String(jobId) }, "malformed document written anew");
  }
  await writeJobStates(store, changes);
  return since;
}
