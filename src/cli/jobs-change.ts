// fleetcron jobs enable | disable | remove
import type { Store } from "../store/connect.ts";
import { removeJob, setJobEnabled } from "../store/jobs.ts";
import { announceJobs } from "./announce-jobs.ts";
import type { Cli } from "./cli.ts";
import { loadJob, unknownJob } from "./find-job.ts";
import { withStore } from "./open-store.ts";
import { printable, printableId } from "./render-text.ts";

type JobChange = "enable" | "disable" | "remove";

const done = { enable: "enabled", disable: "disabled", remove: "removed" } as const;

export async function changeJobCommand(cli: Cli, nameOrId: string, change: JobChange): Promise<void> {
  await withStore(cli, async (store, config) => {
    const { _id: id, name } = await loadJob(store, nameOrId);
    // Somebody else may have removed it meanwhile.
    if (!(await apply(store, id, change))) throw await unknownJob(store, nameOrId);
    cli.output.data(`${done[change]} ${printable(name ?? "(no name)")} (${printableId(id)})`);
    await announceJobs(cli, store, config);
  });
}

function apply(store: Store, id: unknown, change: JobChange): Promise<boolean> {
  return change === "remove" ? removeJob(store, id) : setJobEnabled(store, id, change === "enable");
}
