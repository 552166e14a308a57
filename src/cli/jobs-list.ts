// fleetcron jobs list

import { nextDue } from "../model/schedule.ts";
import type { JobDocument } from "../store/collections.ts";
import { loadJobDocuments } from "../store/jobs.ts";
import { type LastRun, loadLastRuns } from "../store/list-runs.ts";
import type { Cli } from "./cli.ts";
import { fleetZone } from "./fleet-zone.ts";
import { jsonDocument } from "./json-document.ts";
import { type JobRules, jobRules, judgeJob } from "./judge-jobs.ts";
import { withStore } from "./open-store.ts";
import type { Output } from "./output.ts";
import { paintStatus } from "./paint-status.ts";
import { printTable } from "./print-table.ts";
import { renderSchedule } from "./render-schedule.ts";
import { printable, printableId } from "./render-text.ts";
import { renderAge, renderTime } from "./render-time.ts";

export async function listJobsCommand(cli: Cli, { json }: { json?: boolean }): Promise<void> {
  await withStore(cli, async (store, config, loaded) => {
    const documents = (await loadJobDocuments(store)).toSorted(byName);
    if (json === true) return cli.output.json(documents.map(jsonDocument));
    const rules = jobRules(loaded, await fleetZone(store, config));
    const lastRuns = await loadLastRuns(store);
    const now = cli.clock.now();
    const rows = documents.map((document) => row(cli.output, document, { rules, lastRuns, now }));
    await printTable(
      cli.output,
      ["NAME", "ENABLED", "SCHEDULE", "NEXT", "LAST"],
      rows,
      "no jobs yet: fleetcron jobs add FILE",
    );
  });
}

interface Known {
  readonly rules: JobRules;
  readonly lastRuns: ReadonlyMap<string, LastRun>;
  readonly now: number;
}

function row(output: Output, document: JobDocument, { rules, lastRuns, now }: Known): readonly string[] {
  const { job, name } = judgeJob(document, rules);
  const shownName = name === null ? `(no name) ${printableId(document._id)}` : printable(name);
  const last = renderLast(output, lastRuns.get(String(document._id)), now);
  if (job === null) return [shownName, output.paint("red", "invalid"), "-", "-", last];
  const next = nextDue(job.schedule, now);
  const due = next === null ? "ended" : job.enabled ? `${renderTime(next, job.tz)} ${job.tz}` : "-";
  return [shownName, job.enabled ? "yes" : output.paint("gray", "no"), renderSchedule(job.schedule), due, last];
}

function renderLast(output: Output, last: LastRun | undefined, now: number): string {
  if (last === undefined) return "-";
  const due = last.scheduled_for;
  const age = due instanceof Date ? ` ${renderAge(now - due.getTime())}` : "";
  return `${paintStatus(output, last.status)}${age}`;
}

export function byName(a: JobDocument, b: JobDocument): number {
  const [first, second] = [String(a.name ?? ""), String(b.name ?? "")];
  return first < second ? -1 : first > second ? 1 : 0;
}
