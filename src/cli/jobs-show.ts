// fleetcron jobs show
import type { Job } from "../model/job.ts";
import { type Instant, nextDue } from "../model/schedule.ts";
import type { JobDocument, RunDocument } from "../store/collections.ts";
import { listRuns } from "../store/list-runs.ts";
import type { Cli } from "./cli.ts";
import { describeSchedule } from "./describe-schedule.ts";
import { loadJob } from "./find-job.ts";
import { fleetZone } from "./fleet-zone.ts";
import { jsonDocument } from "./json-document.ts";
import { type JudgedJob, jobRules, judgeJob, renderHints, renderProblems } from "./judge-jobs.ts";
import { withStore } from "./open-store.ts";
import type { Output } from "./output.ts";
import { renderMarks } from "./render-marks.ts";
import { printRunTable } from "./render-run.ts";
import { printable, printableId, printableLines } from "./render-text.ts";
import { renderAge, renderTime } from "./render-time.ts";

const dueShown = 5;
/** As marks; the newest of them as rows too. */
const runsMarked = 10;
const runsShown = 5;

export async function showJobCommand(cli: Cli, nameOrId: string, { json }: { json?: boolean }): Promise<void> {
  await withStore(cli, async (store, config, loaded) => {
    const document = await loadJob(store, nameOrId);
    if (json === true) return cli.output.json(jsonDocument(document));
    const judged = judgeJob(document, jobRules(loaded, await fleetZone(store, config)));
    const runs = await listRuns(store, { jobId: document._id }, runsMarked);
    await print(cli.output, { document, judged, runs, now: cli.clock.now() });
  });
}

interface ShownJob {
  readonly document: JobDocument;
  readonly judged: JudgedJob;
  readonly runs: readonly RunDocument[];
  readonly now: number;
}

async function print(output: Output, { document, judged, runs, now }: ShownJob): Promise<void> {
  const { job, name, problems } = judged;
  output.data(`${name === null ? "(no name)" : printable(name)} (${printableId(document._id)})`);
  for (const line of printableLines(JSON.stringify(jsonDocument(document), null, 2))) output.data(`  ${line}`);
  section(output, problems.length > 0 ? "problems: it is not run" : "problems", renderProblems(judged));
  section(output, "hints", renderHints(judged));
  if (job !== null) printDue(output, job, now);
  await printRuns(output, runs);
}

async function printRuns(output: Output, runs: readonly RunDocument[]): Promise<void> {
  const marks = renderMarks(output, runs.map(({ status }) => status).toReversed());
  section(output, "last runs, the newest on the right", runs.length === 0 ? ["none yet"] : marks);
  if (runs.length === 0) return;
  output.data("");
  await printRunTable(output, runs.slice(0, runsShown), "");
}

function printDue(output: Output, job: Job, now: number): void {
  const enabled = job.enabled ? "" : "; it is disabled: only fleetcron jobs run starts it";
  const lines = nextInstants(job, now).map((at) => `${renderTime(at, job.tz)}  ${renderAge(now - at)}`);
  const title = `next due (${describeSchedule(job.schedule, job.idText)}${enabled})`;
  section(output, title, lines.length === 0 ? ["ended: never again"] : lines);
}

function nextInstants(job: Job, now: Instant): readonly Instant[] {
  const found: Instant[] = [];
  for (let at = nextDue(job.schedule, now); at !== null && found.length < dueShown; at = nextDue(job.schedule, at)) {
    found.push(at);
  }
  return found;
}

function section(output: Output, title: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  output.data("");
  output.data(title);
  for (const line of lines) output.data(`  ${line}`);
}
