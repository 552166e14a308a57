// The last instant at which a schedule was due. Schedules only search forward; a window that doubles finds the way back.
import { type Instant, nextDue, type Schedule } from "./schedule.ts";
import { lastInstant } from "./zone-offset.ts";

const firstWindowMs = 60_000;

/** The last instant earlier than `before` at which the schedule is due, or null when it never was. Throws as `nextDue`. */
export function previousDue(schedule: Schedule, before: Instant): Instant | null {
  const isDueBetween = (after: Instant): boolean => {
    const at = nextDue(schedule, after);
    return at !== null && at < before;
  };
  let windowMs = firstWindowMs;
  while (!isDueBetween(before - windowMs)) {
    if (before - windowMs < -lastInstant) return null;
    windowMs *= 2;
  }
  // Something is due after `from` and nothing after `to`: what is due after the last such `from` is the last one.
  let from = before - windowMs;
  let to = before;
  while (to - from > 1) {
    const middle = Math.floor((from + to) / 2);
    if (isDueBetween(middle)) from = middle;
    else to = middle;
  }
  return nextDue(schedule, from);
}
