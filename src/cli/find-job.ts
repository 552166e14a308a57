// Jobs as people name them.
import { FleetCronError } from "../errors.ts";
import { nearest } from "../model/nearest.ts";
import type { JobDocument, RunDocument } from "../store/collections.ts";
import type { Store } from "../store/connect.ts";
import { findJobByNameOrId, listJobNames } from "../store/jobs.ts";
import { findLastRun } from "../store/list-runs.ts";
import { listed } from "./render-text.ts";

/** Throws `not_found` with the name that was most likely meant, or the known ones. */
export async function loadJob(store: Store, nameOrId: string): Promise<JobDocument> {
  const document = await findJobByNameOrId(store, nameOrId);
  if (document === null) throw await unknownJob(store, nameOrId);
  return document;
}

export interface RecordedJob {
  /** Of a job that was removed: its `_id` and name alone. */
  readonly document: JobDocument;
  /** The newest run of a job that was removed; null where the job is there. */
  readonly lastRun: RunDocument | null;
}

/** Also a job that was removed, as long as there is a record of it. Throws as `loadJob`. */
export async function loadRecordedJob(store: Store, nameOrId: string): Promise<RecordedJob> {
  const document = await findJobByNameOrId(store, nameOrId);
  if (document !== null) return { document, lastRun: null };
  const lastRun = await findLastRun(store, nameOrId);
  if (lastRun === null) throw await unknownJob(store, nameOrId);
  return { document: { _id: lastRun.job_id, name: lastRun.job_name }, lastRun };
}

export async function unknownJob(store: Store, nameOrId: string): Promise<FleetCronError> {
  const names = await listJobNames(store);
  const near = nearest(nameOrId, names);
  const details =
    near !== null
      ? [`did you mean ${JSON.stringify(near)}?`]
      : names.length === 0
        ? ["there are no jobs yet; add some with: fleetcron jobs add FILE"]
        : [`known jobs: ${listed(names, 10)}`];
  return new FleetCronError("not_found", `no job with the name or id ${JSON.stringify(nameOrId)}`, { details });
}
