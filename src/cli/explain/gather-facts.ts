// Everything that the situations of an occurrence are told apart by, read once.
import { lastStartOf } from "../../agent/start-grace.ts";
import { type Job, renderProblem } from "../../model/job.ts";
import { jobDefaults, parseJob } from "../../model/parse-job.ts";
import { idTextOf } from "../../model/plain-value.ts";
import { type Instant, jitterMs } from "../../model/schedule.ts";
import type { AgentSettings } from "../../model/settings.ts";
import { turnMs } from "../../model/turn.ts";
import type { RunDocument } from "../../store/collections.ts";
import type { Store } from "../../store/connect.ts";
import { findRunUnderWay, findSummaryOver, listStarters } from "../../store/explained-runs.ts";
import { type JobState, readJobStates } from "../../store/job-state.ts";
import { findRun } from "../../store/list-runs.ts";
import { type ListedMachine, listMachines } from "../../store/machines.ts";
import { findResolvedUntil, type ResolvedUntil } from "../../store/sweep.ts";
import { type AskedTime, resolveAskedTime } from "../asked-time.ts";
import type { RecordedJob } from "../find-job.ts";

export interface Facts {
  /** The server's time. */
  readonly now: Instant;
  readonly settings: AgentSettings;
  readonly name: string;
  readonly tz: string;
  readonly at: Instant;
  /** What a change of the clock makes of the time that was asked for. */
  readonly timeNote: string | null;
  /** null: the document is invalid, see `problems`, or the job was removed, see `lastRun`. */
  readonly job: Job | null;
  readonly problems: readonly string[];
  /** The newest run of a job that was removed; null where the job is there. */
  readonly lastRun: RunDocument | null;
  readonly state: JobState | null;
  /** The record of the occurrence. */
  readonly run: RunDocument | null;
  /** The record of many occurrences, this one among them. */
  readonly summary: RunDocument | null;
  /** The job's run that was under way when this occurrence was settled, or is now. */
  readonly underWay: RunDocument | null;
  readonly machines: readonly ListedMachine[];
  readonly resolvedUntil: ResolvedUntil;
  /** When the occurrence may first be claimed, and the last time at which any agent may start it. */
  readonly claimableAt: Instant;
  readonly lastStartAt: Instant;
  /** Hosts that started other occurrences meanwhile. */
  readonly starters: readonly string[];
}

interface Question extends RecordedJob {
  readonly asked: AskedTime;
  readonly now: Instant;
  /** The config's, with the fleet's own zone. */
  readonly settings: AgentSettings;
}

export async function gatherFacts(store: Store, question: Question): Promise<Facts> {
  const { document, lastRun, asked, now, settings } = question;
  const parsed = parseJob(document, jobDefaults(settings));
  const job = "job" in parsed ? parsed.job : null;
  const tz = job?.tz ?? settings.tz;
  const last = lastRun?.scheduled_for instanceof Date ? lastRun.scheduled_for.getTime() : null;
  const { at, note } = resolveAskedTime(asked, { tz, now, schedule: job?.schedule ?? null, last });
  const due = new Date(at);
  const run = await findRun(store, `${idTextOf(document._id)}@${due.toISOString()}`);
  const claimableAt = job === null ? at : at + jitterMs(job, at);
  const lastStartAt = job === null ? at : lastStart(settings, job, at);
  const [[state], summary, underWay, machines, resolvedUntil, starters] = await Promise.all([
    readJobStates(store, [document._id]),
    findSummaryOver(store, document._id, due),
    findRunUnderWay(store, document._id, run?.end_at instanceof Date ? run.end_at : new Date(now)),
    listMachines(store),
    findResolvedUntil(store),
    listStarters(store, due, new Date(lastStartAt)),
  ]);
  return {
    ...{ now, settings, tz, at, timeNote: note, job, lastRun, run, summary, underWay, machines, resolvedUntil },
    ...{ claimableAt, lastStartAt, starters },
    name: typeof document.name === "string" ? document.name : String(idTextOf(document._id)),
    problems: "invalid" in parsed ? parsed.invalid.problems.map(renderProblem) : [],
    state: state ?? null,
  };
}

/** Of the last agent in the line. */
function lastStart(settings: AgentSettings, job: Job, at: Instant): Instant {
  const lease = { turnMs: () => turnMs(null, settings) };
  return lastStartOf({ settings, lease }, { job, scheduledFor: at, trigger: "schedule" });
}
