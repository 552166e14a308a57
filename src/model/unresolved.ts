// Which occurrences of a job a sweep has to account for. Pure. Each occurrence belongs to one moment: when it may first
// be claimed, jitter included, or when the fleet first saw the job if its one-time instant was past by then. A window
// of time so holds every occurrence once, whatever the jitters are.
import type { Job } from "./job.ts";
import { duesBetween, type Instant, isDueAt, jitterMs } from "./schedule.ts";

type Timed = Pick<Job, "idText" | "schedule">;

/** Later than `after`, up to and including `until`. */
export interface Window {
  readonly after: Instant;
  readonly until: Instant;
}

export interface Due {
  readonly at: Instant;
  /** The moment by which it belongs into a window. */
  readonly claimableAt: Instant;
}

/** The first `limit` recurring occurrences of the window. Nothing up to `since`, when the job was first seen, counts. */
export function recurringDues(job: Timed, since: Instant, { after, until }: Window, limit: number): readonly Due[] {
  const { schedule } = job;
  const rules = schedule.rules.filter((rule) => rule.kind !== "once");
  if (rules.length === 0) return [];
  const longestDelayMs = (schedule.jitterSec ?? 0) * 1_000;
  const from = Math.max(since, after - longestDelayMs);
  return duesBetween({ ...schedule, rules }, from, until, limit)
    .map((at) => ({ at, claimableAt: at + jitterMs(job, at) }))
    .filter(({ claimableAt }) => claimableAt > after && claimableAt <= until);
}

export interface OnceWindow extends Window {
  /** Of instants that were past when the job was first seen all count up to here: nobody else waits for their turn. */
  readonly now: Instant;
  /** Older ones that were past when first seen don't count: their records may have expired. */
  readonly oldest: Instant;
}

/** The one-time occurrences of the window. */
export function onceDues(job: Timed, since: Instant, { after, until, now, oldest }: OnceWindow): readonly Due[] {
  const { schedule } = job;
  const instants = new Set(schedule.rules.flatMap((rule) => (rule.kind === "once" ? [rule.at] : [])));
  return [...instants]
    .filter((at) => at <= now && isDueAt(schedule, at))
    .map((at) => ({ at, claimableAt: Math.max(at + jitterMs(job, at), since) }))
    .filter(({ at, claimableAt }) => {
      if (at > since) return claimableAt > after && claimableAt <= until;
      // Where sweeping began in the moment the job was first seen, that moment is not resolved.
      return claimableAt >= after && claimableAt <= now && at > oldest;
    });
}
