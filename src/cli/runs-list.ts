// fleetcron runs list
import { listRuns } from "../store/list-runs.ts";
import type { Cli } from "./cli.ts";
import { jsonDocument } from "./json-document.ts";
import { withStore } from "./open-store.ts";
import { printRunTable } from "./render-run.ts";
import { loadRunFilter } from "./run-filter.ts";
import type { RunListOptions } from "./runs.ts";

export async function listRunsCommand(cli: Cli, options: RunListOptions): Promise<void> {
  await withStore(cli, async (store) => {
    const runs = await listRuns(store, await loadRunFilter(store, options), options.limit);
    if (options.json === true) cli.output.json(runs.map(jsonDocument));
    else await printRunTable(cli.output, runs, "no runs match");
  });
}
