// Every situation an occurrence can be in. The first that fits is the answer.
import type { Facts } from "./gather-facts.ts";
import * as recorded from "./recorded.ts";
import type { Explanation, Situation } from "./situation.ts";
import * as unrecorded from "./unrecorded.ts";

const situations: Readonly<Record<string, Situation>> = {
  skipped_by_when: recorded.skippedByWhen,
  skipped_by_overlap: recorded.skippedByOverlap,
  missed_by_overlap: recorded.missedByOverlap,
  missed_before_seen: recorded.missedBeforeSeen,
  missed_by_cap: recorded.missedByCap,
  missed: recorded.missed,
  lost: recorded.lost,
  aborted: recorded.aborted,
  silent: recorded.silent,
  running: recorded.running,
  taken_over: recorded.takenOver,
  caught_up: recorded.caughtUp,
  ran: recorded.ran,
  covered_by_summary: unrecorded.coveredBySummary,
  removed: unrecorded.removed,
  invalid: unrecorded.invalid,
  disabled: unrecorded.disabled,
  outside_window: unrecorded.outsideWindow,
  second_pass: unrecorded.secondPass,
  ended: unrecorded.ended,
  between_dues: unrecorded.betweenDues,
  in_future: unrecorded.inFuture,
  not_seen_yet: unrecorded.notSeenYet,
  before_first_seen: unrecorded.beforeFirstSeen,
  waiting_for_turn: unrecorded.waitingForTurn,
  waiting_for_earlier_run: unrecorded.waitingForEarlierRun,
  waiting_for_agent: unrecorded.waitingForAgent,
  waiting_for_sweep: unrecorded.waitingForSweep,
  record_expired: unrecorded.recordExpired,
  record_removed: unrecorded.recordRemoved,
};

export interface Explained extends Explanation {
  /** Name of the situation, for programs. */
  readonly situation: string;
}

export function explainOccurrence(facts: Facts): Explained {
  for (const [situation, explain] of Object.entries(situations)) {
    const explanation = explain(facts);
    if (explanation !== null) return { situation, ...explanation };
  }
  // The last situation takes whatever is left.
  throw new Error("no situation fits");
}
