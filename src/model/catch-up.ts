// Which of a job's occurrences that nobody was there for are run late after all. Pure.
import type { Job } from "./job.ts";
import type { Instant } from "./schedule.ts";

/** More runs of one job at once would be no help to whatever was down as well. */
const mostCaughtUp = 100;

export interface CatchUp {
  /** Run late, oldest first. */
  readonly run: readonly Instant[];
  /** Recorded as missed because the cap was reached. */
  readonly capped: readonly Instant[];
}

export interface CaughtUpBefore {
  /** Runs of this gap that an earlier sweep started: the cap counts for the whole gap. */
  readonly count: number;
  /** Something newer of the job started, or is about to: "last" has nothing to make up for. */
  readonly isNewerStarted: boolean;
}

/** `late` in the order of time. The newest are worth most where not all can be run. */
export function chooseCatchUp(
  catchUp: Job["catchUp"],
  late: readonly Instant[],
  { count, isNewerStarted }: CaughtUpBefore,
): CatchUp {
  if (catchUp === "none" || late.length === 0) return { run: [], capped: [] };
  if (catchUp === "last") return { run: isNewerStarted ? [] : late.slice(-1), capped: [] };
  const first = Math.max(0, late.length - Math.max(0, mostCaughtUp - count));
  return { run: late.slice(first), capped: late.slice(0, first) };
}
