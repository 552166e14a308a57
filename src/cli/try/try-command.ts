// What `fleetcron try` does: read one job, execute its chain here, show the run.
import { constants } from "node:os";
import type { LoadedConfig } from "../../config/load-config.ts";
import { exitCodes, FleetCronError } from "../../errors.ts";
import { type AskedTime, parseAskedTime, type ResolvedTime, resolveAskedTime } from "../asked-time.ts";
import type { Cli } from "../cli.ts";
import { jsonDocument } from "../json-document.ts";
import { type JudgedJob, jobRules, judgeJob, renderHints, renderProblems } from "../judge-jobs.ts";
import type { Output } from "../output.ts";
import { readJobsFile } from "../read-jobs-file.ts";
import { printRun } from "../render-run.ts";
import { showDryRun } from "./show-dry-run.ts";
import { tryJob } from "./try-job.ts";
import { invalidRun, occurrenceAt } from "./try-record.ts";

export interface TryOptions {
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly at?: string;
}

export async function tryCommand(
  cli: Cli,
  file: string,
  { json = false, dryRun = false, at }: TryOptions,
): Promise<void> {
  const { clock, output } = cli;
  const asked = at === undefined ? null : parseAskedTime(at, "--at");
  const loaded = cli.loadConfig({ requireUri: false });
  const { config } = loaded;
  const { judged, failure } = await readJob(cli, file, loaded);
  if (failure !== null) {
    // Whoever reads the JSON gets a run for every job, also for one that cannot be executed.
    if (json) output.json(jsonDocument(invalidRun(cli, config, { judged, failure })));
    throw failure;
  }
  for (const hint of renderHints(judged)) output.note(`hint: ${hint}`);
  const { job } = judged;
  const { at: scheduledFor, note } = resolveTime(asked, {
    tz: job.tz,
    schedule: job.schedule,
    now: clock.now(),
    last: null,
  });
  if (note !== null) output.note(`hint: ${note}`);
  const occurrence = occurrenceAt(job, scheduledFor);
  if (dryRun) return showDryRun(cli, { occurrence, config, json });
  const stop = cli.stopSignal();
  const run = await tryJob(cli, { occurrence, config, stop, print: json ? progressOf(output) : output.data });
  if (json) output.json(jsonDocument(run));
  else {
    output.data("");
    printRun(output, run);
  }
  if (stop.aborted) cli.exitWith(128 + constants.signals[stop.reason as NodeJS.Signals]);
  else if (run.status !== "ok") cli.exitWith(exitCodes.failed);
}

/** Without `--at` to the millisecond, as a run that somebody asks for has it. */
function resolveTime(asked: AskedTime | null, facts: Parameters<typeof resolveAskedTime>[1]): ResolvedTime {
  return asked === null ? { at: facts.now, note: null } : resolveAskedTime(asked, facts);
}

/** Standard output has nothing but the JSON then. */
function progressOf({ live, note }: Output): (line: string) => void {
  return live ? note : () => undefined;
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
