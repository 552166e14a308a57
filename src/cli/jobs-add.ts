// fleetcron jobs add
import type { Config } from "../config/config.ts";
import { FleetCronError } from "../errors.ts";
import type { JobDocument } from "../store/collections.ts";
import type { Store } from "../store/connect.ts";
import { findTakenJob, insertJob } from "../store/jobs.ts";
import { announceJobs } from "./announce-jobs.ts";
import type { Cli } from "./cli.ts";
import { fleetZone } from "./fleet-zone.ts";
import { jsonDocument } from "./json-document.ts";
import {
  forceHint,
  type JobRules,
  jobRules,
  judgeJob,
  refusedJobs,
  renderHints,
  renderProblems,
} from "./judge-jobs.ts";
import { withStore } from "./open-store.ts";
import { readJobsFile } from "./read-jobs-file.ts";
import { counted, printable, printableId } from "./render-text.ts";

interface AddOptions {
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Nothing is inserted unless every job of the file is valid and its name is free. */
export async function addJobsFromFile(cli: Cli, file: string, { force, json }: AddOptions): Promise<void> {
  const documents = await readJobsFile(cli, file);
  await withStore(cli, async (store, config, loaded) => {
    checkAll(cli, documents, { rules: jobRules(loaded, await fleetZone(store, config)), force: force === true });
    const jobs = documents as readonly JobDocument[];
    refuseTwins(jobs);
    await refuseTaken(store, jobs);
    const inserted = await insertAll(cli, { store, config }, jobs);
    if (json === true) cli.output.json(inserted.map(jsonDocument));
    else for (const { _id, name } of inserted) cli.output.data(`${printable(name)}  ${printableId(_id)}`);
  });
}

function checkAll(
  cli: Cli,
  documents: readonly unknown[],
  { rules, force }: { readonly rules: JobRules; readonly force: boolean },
): void {
  const judged = documents.map((document) => judgeJob(document, rules));
  for (const one of judged) for (const hint of renderHints(one)) cli.output.note(`hint: ${hint}`);
  const refused = refusedJobs(judged, force);
  if (refused.length > 0) {
    const details = [...refused.flatMap(renderProblems), ...forceHint(refused, "jobs add")];
    const count = `${refused.length} of ${counted(judged.length, "job")}`;
    throw new FleetCronError("job_invalid", `nothing was added: ${count} invalid`, { details });
  }
  for (const one of judged) for (const line of renderProblems(one)) cli.output.note(`warning: ${line}`);
}

function refuseTwins(jobs: readonly JobDocument[]): void {
  const names = new Set<unknown>();
  for (const { name } of jobs) {
    if (names.has(name)) {
      throw new FleetCronError("job_exists", `nothing was added: the file has two jobs named ${JSON.stringify(name)}`);
    }
    names.add(name);
  }
}

async function refuseTaken(store: Store, jobs: readonly JobDocument[]): Promise<void> {
  const taken = await findTakenJob(store, jobs);
  if (taken === null) return;
  const who = `${JSON.stringify(taken.name ?? null)} (${printableId(taken._id)})`;
  throw new FleetCronError("job_exists", `nothing was added: a job ${who} exists already`, {
    details: ["remove it first, or give the new one another name and _id"],
  });
}

async function insertAll(
  cli: Cli,
  { store, config }: { readonly store: Store; readonly config: Config },
  jobs: readonly JobDocument[],
): Promise<readonly JobDocument[]> {
  const inserted: JobDocument[] = [];
  try {
    for (const job of jobs) inserted.push({ ...job, _id: await insertJob(store, job) });
  } finally {
    // Also when one in the middle was refused after all: those before it are there.
    if (inserted.length > 0) await announceJobs(cli, store, config);
  }
  return inserted;
}
