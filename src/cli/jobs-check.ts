// fleetcron jobs check
import { exitCodes } from "../errors.ts";
import { renderProblem } from "../model/job.ts";
import { nextDue } from "../model/schedule.ts";
import type { Cli } from "./cli.ts";
import { jsonDocument } from "./json-document.ts";
import { type JudgedJob, jobRules, judgeJob, renderHints, renderLine, renderProblems } from "./judge-jobs.ts";
import { withStore } from "./open-store.ts";
import { readJobsFile } from "./read-jobs-file.ts";
import { counted } from "./render-text.ts";

/** With a file no database is needed, and no config either. */
export async function checkJobsCommand(
  cli: Cli,
  file: string | undefined,
  { json }: { json?: boolean },
): Promise<void> {
  const judged = file === undefined ? await judgeStored(cli) : await judgeFile(cli, file);
  const invalid = judged.filter((one) => !isSound(one));
  const now = cli.clock.now();
  if (json === true) cli.output.json(judged.map((one) => jsonOf(one, now)));
  else print(cli, { judged, invalid, now });
  if (invalid.length > 0) cli.exitWith(exitCodes.failed);
}

function judgeStored(cli: Cli): Promise<readonly JudgedJob[]> {
  return withStore(cli, async (store, _config, loaded) => {
    const { loadJobDocuments } = await import("../store/jobs.ts");
    const { fleetZone } = await import("./fleet-zone.ts");
    const rules = jobRules(loaded, await fleetZone(store, loaded.config));
    return (await loadJobDocuments(store)).map((document) => judgeJob(document, rules));
  });
}

async function judgeFile(cli: Cli, file: string): Promise<readonly JudgedJob[]> {
  const loaded = cli.loadConfig({ requireUri: false, needsSecrets: false });
  const rules = jobRules(loaded);
  return (await readJobsFile(cli, file)).map((document) => judgeJob(document, rules));
}

function isSound({ problems, templateProblems }: JudgedJob): boolean {
  return problems.length === 0 && templateProblems.length === 0;
}

/** Its last instant is past: nothing is wrong with that. */
function hasEnded({ job }: JudgedJob, now: number): boolean {
  return job !== null && nextDue(job.schedule, now) === null;
}

interface Findings {
  readonly judged: readonly JudgedJob[];
  readonly invalid: readonly JudgedJob[];
  readonly now: number;
}

function print(cli: Cli, { judged, invalid, now }: Findings): void {
  for (const one of judged) for (const hint of renderHints(one)) cli.output.note(`hint: ${hint}`);
  for (const one of judged) if (hasEnded(one, now)) cli.output.note(renderLine(one, "ended: never due again"));
  for (const one of invalid) for (const line of renderProblems(one)) cli.output.data(line);
  const count = counted(judged.length, "job");
  if (invalid.length === 0) cli.output.data(`ok: ${count}`);
  else cli.output.note(`${count}, ${invalid.length} invalid`);
}

function jsonOf(judged: JudgedJob, now: number): unknown {
  const problems = [...judged.problems, ...judged.templateProblems];
  return {
    _id: jsonDocument(judged.id ?? null),
    name: judged.name,
    valid: isSound(judged),
    ended: hasEnded(judged, now),
    problems: problems.map((problem) => ({ ...problem, message: renderProblem(problem) })),
    hints: judged.hints,
  };
}
