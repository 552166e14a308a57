// `job_runs` as people ask for them: read only, newest first.
import type { Filter } from "mongodb";
import type { RunStatus } from "../model/run.ts";
import type { RunDocument } from "./collections.ts";
import type { Store } from "./connect.ts";
import { majorityRead } from "./coordination.ts";
import { idsOfText } from "./jobs.ts";

/** All that are given must hold. */
export interface RunFilter {
  readonly ids?: readonly string[];
  readonly jobId?: unknown;
  readonly statuses?: readonly RunStatus[];
  /** Due at this time or later. */
  readonly since?: Date;
  /** Machine id of the claimer. */
  readonly machineId?: string;
}

/** At most `limit`, by `scheduled_for`. */
export function listRuns(store: Store, filter: RunFilter, limit: number): Promise<RunDocument[]> {
  return store.runs.find(queryOf(filter), { ...majorityRead, sort: { scheduled_for: -1 }, limit }).toArray();
}

/** Id and status alone, of at most `limit`, the newest first: enough to see which are new or went on. */
export async function listRunStatuses(
  store: Store,
  filter: RunFilter,
  limit: number,
): Promise<ReadonlyMap<string, RunStatus>> {
  const options = { ...majorityRead, sort: { scheduled_for: -1 }, limit, projection: { status: 1 } } as const;
  const rows = await store.runs.find(queryOf(filter), options).toArray();
  return new Map(rows.map(({ _id, status }) => [_id, status]));
}

/** In no order; those that are gone are left out. */
export function findRuns(store: Store, ids: readonly string[]): Promise<RunDocument[]> {
  return store.runs.find(queryOf({ ids }), majorityRead).toArray();
}

export function findRun(store: Store, id: string): Promise<RunDocument | null> {
  return store.runs.findOne({ _id: id }, majorityRead);
}

/** The newest run of a job as a person names it, by name or else by `_id`: it is there also when the job was removed. */
export async function findLastRun(store: Store, text: string): Promise<RunDocument | null> {
  const newest = { ...majorityRead, sort: { scheduled_for: -1 } } as const;
  const named = await store.runs.findOne({ job_name: text }, newest);
  return named ?? store.runs.findOne({ job_id: { $in: [...idsOfText(text)] } }, newest);
}

/** How many there are, about: a server that was killed may be wrong for a while. */
export function countRuns(store: Store): Promise<number> {
  return store.runs.estimatedDocumentCount({ maxTimeMS: 5_000 });
}

export type LastRun = Pick<RunDocument, "status" | "scheduled_for">;

/** Text of the job's `_id` → its newest run. The index on job and time makes it one look per job. */
export async function loadLastRuns(store: Store): Promise<ReadonlyMap<string, LastRun>> {
  const rows = await store.runs
    .aggregate<LastRun & { readonly _id: unknown }>(
      [
        { $sort: { job_id: 1, scheduled_for: -1 } },
        { $group: { _id: "$job_id", status: { $first: "$status" }, scheduled_for: { $first: "$scheduled_for" } } },
      ],
      majorityRead,
    )
    .toArray();
  return new Map(rows.map(({ _id, ...run }) => [String(_id), run]));
}

function queryOf({ ids, jobId, statuses, since, machineId }: RunFilter): Filter<RunDocument> {
  return {
    ...(ids === undefined ? {} : { _id: { $in: [...ids] } }),
    ...(jobId === undefined ? {} : { job_id: jobId }),
    ...(statuses === undefined ? {} : { status: { $in: [...statuses] } }),
    ...(since === undefined ? {} : { scheduled_for: { $gte: since } }),
    ...(machineId === undefined ? {} : { claimed_by: machineId }),
  };
}
