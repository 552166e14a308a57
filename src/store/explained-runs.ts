// What `explain` asks of `job_runs` beside the record of the occurrence itself.
import type { RunDocument } from "./collections.ts";
import type { Store } from "./connect.ts";
import { majorityRead } from "./coordination.ts";

/** The summary that stands for the job's occurrence at `at`, or null. */
export function findSummaryOver(store: Store, jobId: unknown, at: Date): Promise<RunDocument | null> {
  const filter = { job_id: jobId, scheduled_for: { $lte: at }, to: { $gte: at } };
  return store.runs.findOne(filter, { ...majorityRead, sort: { scheduled_for: -1 } });
}

/** The newest run of the job that was under way at `at`, or null. */
export function findRunUnderWay(store: Store, jobId: unknown, at: Date): Promise<RunDocument | null> {
  const isOpen = [{ end_at: null }, { end_at: { $gte: at } }];
  const filter = { job_id: jobId, scheduled_for: { $lte: at }, start_at: { $lte: at }, $or: isOpen };
  return store.runs.findOne(filter, { ...majorityRead, sort: { scheduled_for: -1 } });
}

/** Hostnames of the machines that started any job's occurrence of this time while it lasted, in order. */
export async function listStarters(store: Store, from: Date, until: Date): Promise<readonly string[]> {
  const rows = await store.runs
    .aggregate<{ readonly _id: unknown }>(
      [
        { $match: { scheduled_for: { $gte: from, $lte: until }, start_at: { $gte: from, $lte: until } } },
        { $group: { _id: "$hostname" } },
        { $sort: { _id: 1 } },
      ],
      majorityRead,
    )
    .toArray();
  return rows.map(({ _id }) => String(_id));
}
