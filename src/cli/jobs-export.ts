// fleetcron jobs export: jobs as a file that `jobs apply` takes again.
import { stringify } from "yaml";
import type { JobDocument } from "../store/collections.ts";
import { toExtendedJson } from "../store/extended-json.ts";
import { loadJobDocuments } from "../store/jobs.ts";
import type { Cli } from "./cli.ts";
import { withDateTexts } from "./job-dates.ts";
import { byName } from "./jobs-list.ts";
import { withStore } from "./open-store.ts";
import { counted } from "./render-text.ts";

interface ExportOptions {
  readonly group?: string;
  readonly json?: boolean;
}

export async function exportJobsCommand(cli: Cli, { group, json }: ExportOptions): Promise<void> {
  await withStore(cli, async (store) => {
    const all = (await loadJobDocuments(store)).filter((document) => group === undefined || document.group === group);
    const named = all.filter(({ name }) => typeof name === "string").toSorted(byName);
    if (named.length < all.length) {
      cli.output.note(`${counted(all.length - named.length, "job")} without a name left out: apply goes by names`);
    }
    const jobs = named.map(fileDocument);
    if (json === true) return cli.output.json(jobs);
    if (jobs.length === 0) return cli.output.note("no jobs");
    for (const job of jobs) cli.output.data(`---\n${stringify(job, { lineWidth: 0 }).trimEnd()}`);
  });
}

/** Without the `_id` that the database made: the name says which job it is, in another database too. */
function fileDocument(stored: JobDocument): unknown {
  const { _id, ...fields } = stored;
  const isChosen = typeof _id === "string" || typeof _id === "number";
  return toExtendedJson(withDateTexts(isChosen ? { _id, ...fields } : fields) as JobDocument);
}
