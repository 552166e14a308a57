// A fleet as it is left behind when all its agents died: jobs, since when each was known, and how far its sweeps came.
import type { Job } from "../../src/model/job.ts";
import { parseJob } from "../../src/model/parse-job.ts";
import { scheduleHash } from "../../src/model/schedule-hash.ts";
import type { JobStateDocument } from "../../src/store/collections.ts";
import type { Store } from "../../src/store/connect.ts";
import { testSettings } from "./test-agent.ts";

export interface LeftFleet {
  readonly resolvedUntil: number;
  /** When the jobs were first seen; default: long before. */
  readonly since?: number;
  readonly jobs: readonly Record<string, unknown>[];
}

export async function clearFleet(store: Store): Promise<void> {
  const { jobs, runs, machines, serials, commands, meta, jobState, incidents } = store;
  await Promise.all(
    [jobs, runs, machines, serials, commands, meta, jobState, incidents].map((one) => one.deleteMany({} as never)),
  );
}

/** Replaces whatever is in the database; `_id` of each job is its name. Answers the jobs as agents read them. */
export async function leaveFleet(store: Store, { resolvedUntil, since, jobs }: LeftFleet): Promise<readonly Job[]> {
  await clearFleet(store);
  await store.meta.insertOne({ _id: "sweep", resolved_until: new Date(resolvedUntil) });
  const documents = jobs.map((job) => ({ _id: job.name, ...job }));
  if (documents.length > 0) await store.jobs.insertMany(documents as never[]);
  const parsed = documents.map(jobOf);
  if (parsed.length > 0) await store.jobState.insertMany(parsed.map((job) => stateOf(job, since ?? 0)));
  return parsed;
}

export function stateOf(job: Job, since: number): JobStateDocument {
  return { _id: job.id, sched_hash: scheduleHash(job), since: new Date(since) };
}

export function jobOf(document: object): Job {
  const { tz, httpDefaults } = testSettings;
  const parsed = parseJob(document, { tz, httpDefaults });
  if ("invalid" in parsed) throw new Error(JSON.stringify(parsed.invalid));
  return parsed.job;
}
