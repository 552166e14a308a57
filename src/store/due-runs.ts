// What `job_runs` knows of trouble: runs that are to be told of, and how a job's other runs ended.
import { cancelReason } from "../model/notify.ts";
import type { RunStatus } from "../model/run.ts";
import type { RunDocument } from "./collections.ts";
import type { Store } from "./connect.ts";
import { majorityRead, majorityWrite } from "./coordination.ts";

export type DueRun = Pick<
  RunDocument,
  "_id" | "job_id" | "job_name" | "scheduled_for" | "status" | "reason" | "hostname"
> &
  Required<Pick<RunDocument, "notify_due">>;

const dueFields = {
  ...{ job_id: 1, job_name: 1, scheduled_for: 1, status: 1, reason: 1, hostname: 1 },
  notify_due: 1,
} as const;

/** At most `limit`, by the instants they were due at. A person may have put anything into `notify_due`. */
export async function findDueRuns(store: Store, limit: number): Promise<readonly DueRun[]> {
  const filter = { notify_due: { $exists: true } };
  const sort = { scheduled_for: 1 } as const;
  const runs = store.runs.find(filter, { ...majorityRead, sort, limit, projection: dueFields });
  return (await runs.toArray()) as unknown as DueRun[];
}

/** An incident has taken them up, or there is nothing to tell. */
export async function clearDueRuns(store: Store, runIds: readonly string[]): Promise<void> {
  if (runIds.length === 0) return;
  await store.runs.updateMany({ _id: { $in: [...runIds] } }, { $unset: { notify_due: true } }, majorityWrite);
}

const ended: readonly RunStatus[] = ["ok", "error", "aborted", "lost", "missed"];

/** Whether the job's last `count` runs up to `at` all ended badly. Skipped and cancelled ones, and those under way, are looked past. */
export async function isBadInARow(
  store: Store,
  { jobId, at, count }: { readonly jobId: unknown; readonly at: Date; readonly count: number },
): Promise<boolean> {
  if (count <= 1) return true;
  const isEnd = { status: { $in: [...ended] }, reason: { $ne: cancelReason } };
  const filter = { job_id: jobId, scheduled_for: { $lte: at }, ...isEnd };
  const newest = { sort: { scheduled_for: -1 }, limit: count, projection: { status: 1 } } as const;
  const runs = await store.runs.find(filter, { ...majorityRead, ...newest }).toArray();
  return runs.length === count && runs.every(({ status }) => status !== "ok");
}

export type GoodRun = Pick<RunDocument, "_id" | "scheduled_for" | "hostname" | "reason" | "end_at">;

/** The first run due at `from` or later that ended well, and took no longer than `slowMs` where that is given. */
export async function findGoodRun(
  store: Store,
  { jobId, from, slowMs }: { readonly jobId: unknown; readonly from: Date; readonly slowMs: number | null },
): Promise<GoodRun | null> {
  const isQuick = slowMs === null ? {} : { elapsed_ms: { $lte: slowMs } };
  const filter = { job_id: jobId, scheduled_for: { $gte: from }, status: "ok" as const, ...isQuick };
  const projection = { scheduled_for: 1, hostname: 1, reason: 1, end_at: 1 };
  return store.runs.findOne(filter, { ...majorityRead, sort: { scheduled_for: 1 }, projection });
}
