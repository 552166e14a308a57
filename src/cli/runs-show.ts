// fleetcron runs show
import { FleetCronError } from "../errors.ts";
import type { Store } from "../store/connect.ts";
import { findRun, listRuns } from "../store/list-runs.ts";
import type { Cli } from "./cli.ts";
import { jsonDocument } from "./json-document.ts";
import { withStore } from "./open-store.ts";
import { printRunInFull } from "./render-run.ts";
import { printable } from "./render-text.ts";

const newestShown = 5;

export async function showRunCommand(cli: Cli, id: string, { json }: { json?: boolean }): Promise<void> {
  await withStore(cli, async (store) => {
    const run = await findRun(store, id);
    if (run === null) throw await unknownRun(store, id);
    if (json === true) cli.output.json(jsonDocument(run));
    else printRunInFull(cli.output, run, cli.clock.now());
  });
}

export async function unknownRun(store: Store, id: string): Promise<FleetCronError> {
  const newest = await listRuns(store, {}, newestShown);
  const details = newest.length === 0 ? ["there are no runs yet"] : ["newest runs:", ...newest.map(renderIdAndJob)];
  return new FleetCronError("not_found", `no run with the id ${JSON.stringify(id)}`, { details });
}

function renderIdAndJob({ _id, job_name }: { readonly _id: string; readonly job_name: string }): string {
  return `${printable(_id)}  ${printable(job_name)}`;
}
