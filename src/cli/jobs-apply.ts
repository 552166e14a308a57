// fleetcron jobs apply: the database's jobs become as the files say.
import { FleetCronError } from "../errors.ts";
import type { Store } from "../store/connect.ts";
import { loadJobDocuments } from "../store/jobs.ts";
import { removeJobsOfGroup, saveJobs } from "../store/save-jobs.ts";
import { announceJobs } from "./announce-jobs.ts";
import type { Cli } from "./cli.ts";
import { fleetZone } from "./fleet-zone.ts";
import { forceHint, jobRules, refusedJobs, renderHints, renderProblems } from "./judge-jobs.ts";
import { withStore } from "./open-store.ts";
import { type JobPlan, type PlannedJob, planJobs } from "./plan-jobs.ts";
import { type JobFiles, readJobFiles } from "./read-jobs-file.ts";
import { countPlan, planDocument, printPlan } from "./render-plan.ts";
import { counted, printable } from "./render-text.ts";

export interface ApplyOptions {
  readonly dryRun?: boolean;
  readonly prune?: boolean;
  readonly group?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Nothing is written unless every file can be read and every job in them is valid; all that is wrong is told at once. */
export async function applyJobsCommand(cli: Cli, path: string, options: ApplyOptions): Promise<void> {
  const pruneGroup = groupToPrune(options);
  const files = await readJobFiles(cli, path);
  await withStore(cli, async (store, config, loaded) => {
    const rules = jobRules(loaded, await fleetZone(store, config));
    const plan = planJobs(files.jobs, await loadJobDocuments(store), { rules, pruneGroup });
    checkPlan(cli, { files, plan, force: options.force === true });
    if (pruneGroup !== null) refuseStrayGroup(plan, pruneGroup);
    const now = cli.clock.now();
    if (options.json === true) cli.output.json(plan.jobs.map((planned) => planDocument(planned, now)));
    else printPlan(cli.output, plan.jobs, now);
    cli.output.note(countPlan(plan.jobs));
    if (options.dryRun === true) return cli.output.note("dry run: nothing was written");
    if (plan.jobs.every(({ action }) => action === "unchanged")) return;
    try {
      await write(cli, { store, plan, pruneGroup });
    } finally {
      // Also when it broke in the middle: what was written is there.
      await announceJobs(cli, store, config);
    }
  });
}

function groupToPrune({ prune, group }: ApplyOptions): string | null {
  if (prune === true && group !== undefined) return group;
  if (prune !== true && group === undefined) return null;
  throw new FleetCronError("usage", `jobs apply: expected --prune and --group NAME together, got only one of them`);
}

interface Checked {
  readonly files: JobFiles;
  readonly plan: JobPlan;
  readonly force: boolean;
}

function checkPlan(cli: Cli, { files, plan, force }: Checked): void {
  const fromFiles = plan.jobs.flatMap(({ after }) => (after === null ? [] : [after]));
  const refused = new Set(
    refusedJobs(
      fromFiles.map(({ judged }) => judged),
      force,
    ),
  );
  const isOneFile = new Set(fromFiles.map(({ file }) => file)).size + files.problems.length < 2;
  const lines = (render: typeof renderProblems, of: typeof fromFiles) => {
    return of.flatMap(({ file, judged }) => render(judged).map((line) => (isOneFile ? line : `${file}: ${line}`)));
  };
  for (const hint of lines(renderHints, fromFiles)) cli.output.note(`hint: ${hint}`);
  const wrong = lines(
    renderProblems,
    fromFiles.filter(({ judged }) => refused.has(judged)),
  );
  const problems = [...files.problems, ...plan.problems, ...wrong];
  if (problems.length > 0) {
    const details = [...problems, ...(problems.length === wrong.length ? forceHint([...refused], "jobs apply") : [])];
    throw new FleetCronError("job_invalid", `nothing was applied: ${counted(problems.length, "problem")}`, { details });
  }
  for (const line of lines(renderProblems, fromFiles)) cli.output.note(`warning: ${line}`);
}

/** A mistyped group, or the files of another one: pruning would remove what nobody meant. */
function refuseStrayGroup({ jobs }: JobPlan, group: string): void {
  if (jobs.some(({ after }) => after?.document.group === group)) return;
  throw new FleetCronError(
    "job_invalid",
    `nothing was applied: expected jobs of group ${JSON.stringify(group)} in the files, got none`,
    {
      details: ["to remove single jobs: fleetcron jobs remove JOB"],
    },
  );
}

interface Writing {
  readonly store: Store;
  readonly plan: JobPlan;
  readonly pruneGroup: string | null;
}

async function write(cli: Cli, { store, plan, pruneGroup }: Writing): Promise<void> {
  const of = (...actions: readonly PlannedJob["action"][]) =>
    plan.jobs.filter(({ action }) => actions.includes(action));
  const documents = of("created", "changed").flatMap(({ after }) => (after === null ? [] : [after.document]));
  const refused = await saveJobs(store, documents, (count) => {
    cli.output.progress(count < documents.length ? `${count} of ${documents.length} jobs written` : "");
  });
  if (refused.length > 0) {
    throw new FleetCronError("job_exists", `${counted(refused.length, "job")} could not be written, all others were`, {
      details: refused.map(({ document, reason }) => `${printable(document.name)}: ${reason}`),
    });
  }
  if (pruneGroup === null) return;
  await removeJobsOfGroup(
    store,
    pruneGroup,
    of("removed").map(({ before }) => before?.document._id),
  );
}
