// Jobs as people name them.
import { FleetCronError } from "../errors.ts";
import { nearest } from "../model/nearest.ts";
import type { JobDocument } from "../store/collections.ts";
import type { Store } from "../store/connect.ts";
import { findJobByNameOrId, listJobNames } from "../store/jobs.ts";
import { listed } from "./render-text.ts";

/** Throws `not_found` with the name that was most likely meant, or the known ones. */
export async function loadJob(store: Store, nameOrId: string): Promise<JobDocument> {
  const document = await findJobByNameOrId(store, nameOrId);
  if (document === null) throw await unknownJob(store, nameOrId);
  return document;
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
