// Which runs a person asks for, from names as people give them.
import type { RunStatus } from "../model/run.ts";
import type { Store } from "../store/connect.ts";
import { listRuns, type RunFilter } from "../store/list-runs.ts";
import { listMachines } from "../store/machines.ts";
import { loadRecordedJob } from "./find-job.ts";
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
    ...(job === undefined ? {} : { jobId: (await loadRecordedJob(store, job)).document._id }),
  };
}

/** A machine that was forgotten still stands in the records. */
async function machineIdOf(store: Store, text: string): Promise<string> {
  const [known] = await listRuns(store, { machineId: text }, 1);
  return known === undefined ? findMachine(await listMachines(store), text).machine_id : text;
}
