// What `fleetcron try` does: read one job, execute its chain here, show the run.
import { constants } from "node:os";
import type { LoadedConfig } from "../config/load-config.ts";
import { exitCodes, FleetCronError } from "../errors.ts";
import type { Cli } from "./cli.ts";
import { jsonDocument } from "./json-document.ts";
import { type JudgedJob, jobRules, judgeJob, renderHints, renderProblems } from "./judge-jobs.ts";
import { readJobsFile } from "./read-jobs-file.ts";
import { printRun } from "./render-run.ts";
import { tryJob } from "./try-job.ts";
import { invalidRun } from "./try-record.ts";

export async function tryCommand(cli: Cli, file: string, { json }: { json?: boolean }): Promise<void> {
  const loaded = cli.loadConfig({ requireUri: false });
  const { judged, failure } = await readJob(cli, file, loaded);
  if (failure !== null) {
    // Whoever reads the JSON gets a run for every job, also for one that cannot be executed.
    if (json === true) cli.output.json(jsonDocument(invalidRun(cli, loaded.config, { judged, failure })));
    throw failure;
  }
  for (const hint of renderHints(judged)) cli.output.note(`hint: ${hint}`);
  const stop = cli.stopSignal();
  const run = await tryJob(cli, { job: judged.job, config: loaded.config, stop });
  if (json === true) cli.output.json(jsonDocument(run));
  else printRun(cli.output, run);
  if (stop.aborted) cli.exitWith(128 + constants.signals[stop.reason as NodeJS.Signals]);
  else if (run.status !== "ok") cli.exitWith(exitCodes.failed);
}

type ReadJob =
  | { readonly judged: JudgedJob & { readonly job: NonNullable<JudgedJob["job"]> }; readonly failure: null }
  /** `judged`: null when no job could be read at all. */
  | { readonly judged: JudgedJob | null; readonly failure: FleetCronError };

async function readJob(cli: Cli, file: string, loaded: LoadedConfig): Promise<ReadJob> {
  let documents: readonly unknown[];
  try {
    documents = await readJobsFile(cli, file);
  } catch (error) {
    if (error instanceof FleetCronError) return { judged: null, failure: error };
    throw error;
  }
  if (documents.length !== 1) {
    const message = `${file}: expected one job, got a list of ${documents.length}`;
    return { judged: null, failure: new FleetCronError("job_invalid", message) };
  }
  const judged = judgeJob(documents[0], jobRules(loaded));
  const { job } = judged;
  if (job !== null) return { judged: { ...judged, job }, failure: null };
  const failure = new FleetCronError("job_invalid", "the job is invalid", { details: renderProblems(judged) });
  return { judged, failure };
}
