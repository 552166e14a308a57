// Jobs from the database into the catalog, each parsed by itself: a bad one is reported and hurts no other.
import { type InvalidJob, type Job, renderProblem } from "../model/job.ts";
import type { Instant } from "../model/schedule.ts";
import { scheduleHash } from "../model/schedule-hash.ts";
import { type JobState, readJobStates } from "../store/job-state.ts";
import { loadStoredJobs } from "../store/jobs.ts";
import type { AgentContext } from "./context.ts";
import type { CatalogDiff } from "./job-catalog.ts";
import type { ParsedJobs } from "./job-editions.ts";
import { noteChangedJobs } from "./note-changed-jobs.ts";
import { jobKey, knownSince } from "./note-jobs.ts";
import { turnsMs } from "./start-grace.ts";

/** Reads all jobs and replaces the catalog; answers what that changed, and tells the log of every bad one. */
export function loadCatalog(context: AgentContext): Promise<CatalogDiff> {
  return context.loads.run(() => load(context, { tellKnown: true }));
}

/**
 * The same at the start of the agent: jobs that the fleet knows are due also for the time that no sweep looks at yet. A
 * restart would else leave the last seconds to a sweep that may come after their grace.
 */
export function loadFirstCatalog(context: AgentContext): Promise<CatalogDiff> {
  return context.loads.run(async () => load(context, { tellKnown: true, dueAfter: await readDueAfter(context) }));
}

/** Since when a job is due that no sweep looks at yet. To be read before the jobs: what differs is newer than its state. */
export async function readDueAfter(context: AgentContext): Promise<(job: Job) => Instant> {
  const states = await readJobStates(context.deps.store);
  const stateOf = new Map(states.map((state) => [jobKey(state.jobId), state]));
  return (job) => unsweptSince(context, job, stateOf.get(jobKey(job.id)) ?? null);
}

function unsweptSince(context: AgentContext, job: Job, state: JobState | null): Instant {
  const now = context.clock.now();
  const jitterMs = (job.schedule.jitterSec ?? 0) * 1_000;
  const since = knownSince(state, scheduleHash(job)) ?? now;
  return Math.max(since, now - turnsMs(context) - jitterMs);
}

/** Jobs read once more because time has passed, or something changed: the log is told only what is new. */
export async function rereadCatalog(context: AgentContext): Promise<void> {
  const diff = await context.loads.run(() => load(context, { tellKnown: false }));
  context.recentEdits.note(diff, context.deps.clock.monotonic());
}

interface LoadOptions {
  /** Also what the log was told before. */
  readonly tellKnown: boolean;
  readonly dueAfter?: (job: Job) => Instant;
}

async function load(context: AgentContext, { tellKnown, dueAfter }: LoadOptions): Promise<CatalogDiff> {
  const { catalog, deps } = context;
  const stored = await loadStoredJobs(context.deps.store);
  const { jobs, invalid } = refuseSharedIds(context.editions.replace(context.settings, stored));
  const told = new Set(tellKnown ? [] : catalog.invalid.map(reportKey));
  const newlyInvalid = invalid.filter((job) => !told.has(reportKey(job)));
  for (const job of newlyInvalid) reportInvalid(context, job);
  for (const job of jobs) {
    if (!tellKnown && catalog.has(job)) continue;
    for (const hint of job.hints) deps.log.info({ jobId: job.idText, job: job.name, hint }, "job accepted with a hint");
  }
  const graceMs = context.settings.startGraceSec * 1_000;
  const now = context.clock.now();
  const diff = catalog.replace(jobs, invalid, { now, graceMs, ...(dueAfter && { dueAfter }) });
  noteChangedJobs(context, jobs);
  const { added, changed, removed } = diff;
  const isNews = tellKnown || [added, changed, removed, newlyInvalid].some((jobs) => jobs.length > 0);
  deps.log[isNews ? "info" : "debug"]({ loaded: jobs.length, invalid: invalid.length }, "jobs loaded");
  return diff;
}

/** `_id: 5` and `_id: "5"` would share run ids, and one would lose every claim to the other in silence. */
export function refuseSharedIds({ jobs, invalid }: ParsedJobs): ParsedJobs {
  const seen = new Set<string>();
  const unique: Job[] = [];
  const refused = [...invalid];
  for (const job of jobs) {
    if (!seen.has(job.idText)) {
      seen.add(job.idText);
      unique.push(job);
      continue;
    }
    const problem = { path: "_id", expected: "an id no other job's _id reads like", got: JSON.stringify(job.idText) };
    refused.push({ id: job.id, idText: job.idText, name: job.name, problems: [problem] });
  }
  return { jobs: unique, invalid: refused };
}

function reportKey(job: InvalidJob): string {
  return JSON.stringify([job.idText, job.name, job.problems.map(renderProblem)]);
}

function reportInvalid(context: AgentContext, { idText, name, problems }: InvalidJob): void {
  context.deps.log.error({ jobId: idText, job: name, problems: problems.map(renderProblem) }, "invalid job ignored");
}
