// What a change of the clock does to an instant at which a schedule is due.

import type { CronPattern } from "./cron-pattern.ts";
import { nextLocalTime } from "./cron-search.ts";
import { type Instant, patternOf, type Schedule } from "./schedule.ts";
import { type ClockChange, recentChange } from "./zone-offset.ts";

/** `local` is milliseconds as `Date.UTC` gives them for the clock's fields. */
export type ClockNote =
  /** The clock skips `local`, so it comes later; `coincides`: at an instant that is due by another time too. */
  | { readonly kind: "moved"; readonly local: number; readonly coincides: boolean; readonly change: ClockChange }
  /** The clock shows `local` twice, and this is the first or second time; `both`: the schedule is due at each. */
  | {
      readonly kind: "first" | "second";
      readonly local: number;
      readonly both: boolean;
      readonly change: ClockChange;
    };

const dayMs = 86_400_000;

/** null for an instant that no clock change concerns. `at` must be due. */
export function clockNote(schedule: Schedule, at: Instant): ClockNote | null {
  const change = recentChange(schedule.tz, at);
  if (change !== null && at < change.at + Math.abs(change.after - change.before)) {
    return change.after > change.before ? movedNote(schedule, at, change) : repeatedNote(schedule, at, change);
  }
  const next = recentChange(schedule.tz, at + dayMs);
  const isAhead = next !== null && next.at > at && at >= next.at - (next.before - next.after);
  return isAhead ? repeatedNote(schedule, at, next) : null;
}

function movedNote(schedule: Schedule, at: Instant, change: ClockChange): ClockNote | null {
  const local = at + change.before;
  const patterns = patternsOf(schedule);
  if (!patterns.some((pattern) => !pattern.followsRealTime && matches(pattern, local))) return null;
  const coincides =
    patterns.some((pattern) => matches(pattern, at + change.after)) ||
    schedule.rules.some((rule) => rule.kind === "once" && rule.at === at) ||
    schedule.rules.some((rule) => rule.kind === "every" && at % (rule.everySec * 1000) === 0);
  return { kind: "moved", local, coincides, change };
}

function repeatedNote(schedule: Schedule, at: Instant, change: ClockChange): ClockNote | null {
  const isFirst = at < change.at;
  const local = at + (isFirst ? change.before : change.after);
  const due = patternsOf(schedule).filter((pattern) => matches(pattern, local));
  const both = due.some((pattern) => pattern.followsRealTime);
  if (due.length === 0 || (!isFirst && !both)) return null;
  return { kind: isFirst ? "first" : "second", local, both, change };
}

function patternsOf({ rules }: Schedule): readonly CronPattern[] {
  return rules.map(patternOf).filter((pattern) => pattern !== null);
}

function matches(pattern: CronPattern, local: number): boolean {
  return nextLocalTime(pattern, local) === local;
}
