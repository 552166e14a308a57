// fleetcron runs list
import type { RunDocument } from "../store/collections.ts";
import type { Store } from "../store/connect.ts";
import { findJobByNameOrId } from "../store/jobs.ts";
import { listRuns, type RunFilter } from "../store/list-runs.ts";
import { listMachines } from "../store/machines.ts";
import type { Cli } from "./cli.ts";
import { unknownJob } from "./find-job.ts";
import { findMachine } from "./find-machine.ts";
import { jsonDocument } from "./json-document.ts";
import { withStore } from "./open-store.ts";
import { printRunTable } from "./render-run.ts";
import type { RunListOptions } from "./runs.ts";

export async function listRunsCommand(cli: Cli, options: RunListOptions): Promise<void> {
  await withStore(cli, async (store) => {
    const runs = await findRuns(store, options);
    if (options.json === true) cli.output.json(runs.map(jsonDocument));
    else printRunTable(cli.output, runs, "no runs match");
  });
}

async function findRuns(store: Store, options: RunListOptions): Promise<readonly RunDocument[]> {
  const { job, limit, machine, since, status } = options;
  const filter: RunFilter = {
    ...(status === undefined ? {} : { statuses: [status] }),
    ...(since === undefined ? {} : { since }),
    ...(machine === undefined ? {} : { machineId: await machineIdOf(store, machine) }),
  };
  if (job === undefined) return listRuns(store, filter, limit);
  const document = await findJobByNameOrId(store, job);
  if (document !== null) return listRuns(store, { ...filter, jobId: document._id }, limit);
  // The records of a removed job know its name; without any, nobody ever heard of it.
  const [known] = await listRuns(store, { jobName: job }, 1);
  if (known === undefined) throw await unknownJob(store, job);
  return listRuns(store, { ...filter, jobName: job }, limit);
}

/** A machine that was forgotten still stands in the records. */
async function machineIdOf(store: Store, text: string): Promise<string> {
  const [known] = await listRuns(store, { machineId: text }, 1);
  return known === undefined ? findMachine(await listMachines(store), text).machine_id : text;
}
