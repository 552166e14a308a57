// Which runs a person asks for, from names as people give them.
import type { RunStatus } from "../model/run.ts";
import type { Store } from "../store/connect.ts";
import { findJobByNameOrId } from "../store/jobs.ts";
import { listRuns, type RunFilter } from "../store/list-runs.ts";
import { listMachines } from "../store/machines.ts";
import { unknownJob } from "./find-job.ts";
import { findMachine } from "./find-machine.ts";

export interface RunFilterOptions {
  readonly job?: string;
  readonly status?: RunStatus;
  readonly since?: Date;
  readonly machine?: string;
}

/** Throws `not_found` for a job or a machine that nobody ever heard of. */
export async function loadRunFilter(
  store: Store,
  { job, status, since, machine }: RunFilterOptions,
): Promise<RunFilter> {
  return {
    ...(status === undefined ? {} : { statuses: [status] }),
    ...(since === undefined ? {} : { since }),
    ...(machine === undefined ? {} : { machineId: await machineIdOf(store, machine) }),
    ...(job === undefined ? {} : await filterOfJob(store, job)),
  };
}

async function filterOfJob(store: Store, job: string): Promise<RunFilter> {
  const document = await findJobByNameOrId(store, job);
  if (document !== null) return { jobId: document._id };
  // The records of a removed job know its name; without any, nobody ever heard of it.
  const [known] = await listRuns(store, { jobName: job }, 1);
  if (known === undefined) throw await unknownJob(store, job);
  return { jobName: job };
}

/** A machine that was forgotten still stands in the records. */
async function machineIdOf(store: Store, text: string): Promise<string> {
  const [known] = await listRuns(store, { machineId: text }, 1);
  return known === undefined ? findMachine(await listMachines(store), text).machine_id : text;
}
