// What the sweep asks of `job_runs`, and the one record that stands for many occurrences.
import type { RunStatus } from "../model/run.ts";
import type { RunDocument } from "./collections.ts";
import type { Store } from "./connect.ts";
import { majorityRead, majorityWrite, repeatWhileUnknown } from "./coordination.ts";

export type RunRecord = Pick<RunDocument, "trigger" | "status">;

const readAtOnce = 1_000;

/** Those of the runs that exist by majority: a record that can be rolled back settles nothing. */
export async function readRunRecords(store: Store, runIds: readonly string[]): Promise<ReadonlyMap<string, RunRecord>> {
  const records = new Map<string, RunRecord>();
  for (let i = 0; i < runIds.length; i += readAtOnce) {
    const filter = { _id: { $in: runIds.slice(i, i + readAtOnce) } };
    const projection = { trigger: 1, status: 1 };
    for await (const run of store.runs.find(filter, { ...majorityRead, projection, batchSize: readAtOnce })) {
      records.set(run._id, run);
    }
  }
  return records;
}

const neverStarted: readonly RunStatus[] = ["missed", "skipped"];

/** Whether an occurrence of the job later than `at` was ever started. */
export async function hasNewerStart(store: Store, jobId: unknown, at: Date): Promise<boolean> {
  const filter = { job_id: jobId, scheduled_for: { $gt: at }, status: { $nin: [...neverStarted] } };
  return (await store.runs.findOne(filter, { ...majorityRead, projection: { _id: 1 } })) !== null;
}

/** Run ids of whatever was recorded for an instant later than `after`, up to `until`. */
export async function readRunIdsBetween(store: Store, after: Date, until: Date): Promise<ReadonlySet<string>> {
  const filter = { scheduled_for: { $gt: after, $lte: until } };
  const ids = new Set<string>();
  const runs = store.runs.find(filter, { ...majorityRead, projection: { _id: 1 }, batchSize: readAtOnce });
  for await (const { _id } of runs) ids.add(_id);
  return ids;
}

/** Makes a summary that another sweep began stand for what this one found beyond it. */
export async function extendSummary(store: Store, summary: RunDocument): Promise<void> {
  const { _id, to = new Date(0), count = 0, reason } = summary;
  await repeatWhileUnknown(() =>
    store.runs.updateOne({ _id, to: { $lt: to } }, { $set: { to, count, reason } }, majorityWrite),
  );
}
