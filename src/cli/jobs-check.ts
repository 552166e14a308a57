// fleetcron jobs check
import { exitCodes } from "../errors.ts";
import { renderProblem } from "../model/job.ts";
import type { Cli } from "./cli.ts";
import { jsonDocument } from "./json-document.ts";
import { type JudgedJob, jobRules, judgeJob, renderHints, renderProblems } from "./judge-jobs.ts";
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
  if (json === true) cli.output.json(judged.map(jsonOf));
  else print(cli, judged, invalid);
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
  const loaded = cli.loadConfig({ requireUri: false });
  const rules = jobRules(loaded);
  return (await readJobsFile(cli, file)).map((document) => judgeJob(document, rules));
}

function isSound({ problems, templateProblems }: JudgedJob): boolean {
  return problems.length === 0 && templateProblems.length === 0;
}

function print(cli: Cli, judged: readonly JudgedJob[], invalid: readonly JudgedJob[]): void {
  for (const one of judged) for (const hint of renderHints(one)) cli.output.note(`hint: ${hint}`);
  for (const one of invalid) for (const line of renderProblems(one)) cli.output.data(line);
  const count = counted(judged.length, "job");
  if (invalid.length === 0) cli.output.data(`ok: ${count}`);
  else cli.output.note(`${count}, ${invalid.length} invalid`);
}

function jsonOf(judged: JudgedJob): unknown {
  const problems = [...judged.problems, ...judged.templateProblems];
  return {
    _id: jsonDocument(judged.id ?? null),
    name: judged.name,
    valid: isSound(judged),
    problems: problems.map((problem) => ({ ...problem, message: renderProblem(problem) })),
    hints: judged.hints,
  };
}
