// After a load of the catalog: what it changed is noted at once, not only by the next sweep. Should all agents die in
// between, it is known from when on the job was due.
import type { Job } from "../model/job.ts";
import { readJobStates } from "../store/job-state.ts";
import { findStoredJobs, loadStoredJobs } from "../store/jobs.ts";
import { isStoreUnavailable } from "../store/outcome.ts";
import type { AgentContext } from "./context.ts";
import { jobKey, noteJobs } from "./note-jobs.ts";
import { ensureSweepsBegan } from "./resolved-until.ts";

/** Not awaited: a load is over before its jobs are noted. */
export function noteChangedJobs(context: AgentContext, jobs: readonly Job[]): void {
  const ids = takeChanged(context.notedJobs, jobs);
  if (ids.length === 0) return;
  context.inFlight.start(async () => {
    try {
      await noteAgain(context, ids);
    } catch (error) {
      // The next sweep notes them all the same.
      if (!isStoreUnavailable(error)) throw error;
      context.health.failed("noting jobs", error);
    }
  });
}

/** Ids of jobs that are new or another edition, and of those that are gone. */
function takeChanged(noted: Map<string, Job>, jobs: readonly Job[]): readonly unknown[] {
  const gone = new Map(noted);
  const changed: unknown[] = [];
  for (const job of jobs) {
    const key = jobKey(job.id);
    gone.delete(key);
    // Parsed once per edition: the same object is the same definition.
    if (noted.get(key) === job) continue;
    noted.set(key, job);
    changed.push(job.id);
  }
  for (const [key, job] of gone) {
    noted.delete(key);
    changed.push(job.id);
  }
  return changed;
}

/** More ids than this are no quicker to look up than all jobs are to read. */
const mostIds = 1_000;

async function noteAgain(context: AgentContext, ids: readonly unknown[]): Promise<void> {
  const { store } = context.deps;
  await ensureSweepsBegan(context);
  const isAll = ids.length > mostIds;
  const states = await readJobStates(store, isAll ? undefined : ids);
  const stored = await (isAll ? loadStoredJobs(store) : findStoredJobs(store, ids));
  const { jobs, invalid } = context.editions.parse(context.settings, stored);
  await noteJobs(context, { states, jobs, invalidIds: invalid.map(({ id }) => id) });
}
