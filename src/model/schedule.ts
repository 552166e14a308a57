// When a job is due. Pure: no clock, no I/O.
import { nextRealMinute, nextWallClock } from "./schedule-classic.ts";
import { lastInstant } from "./zone-offset.ts";

/** Milliseconds since the epoch. */
export type Instant = number;

export interface Schedule {
  readonly tz: string;
  /** The union counts. */
  readonly rules: readonly Rule[];
}

export type Rule =
  /** `hour: null` = every hour. Second 0. */
  | { readonly kind: "classic"; readonly hour: number | null; readonly minute: number }
  /** Anchored at the epoch so that all agents agree. */
  | { readonly kind: "every"; readonly everySec: number }
  | { readonly kind: "once"; readonly at: Instant };

/**
 * The first instant strictly later than `after` at which the schedule is due, or null when it never is again. Instants
 * of several rules that coincide are one. Throws RangeError when the zone is unknown.
 */
export function nextDue(schedule: Schedule, after: Instant): Instant | null {
  let first: Instant | null = null;
  for (const rule of schedule.rules) {
    const at = nextOfRule(rule, schedule.tz, after);
    if (at !== null && (first === null || at < first)) first = at;
  }
  return first;
}

/** Whether the schedule is due at exactly this instant. */
export function isDueAt(schedule: Schedule, at: Instant): boolean {
  return nextDue(schedule, at - 1) === at;
}

function nextOfRule(rule: Rule, tz: string, after: Instant): Instant | null {
  if (rule.kind === "once") return rule.at > after ? rule.at : null;
  const from = Math.max(after, -lastInstant);
  // Also for NaN: no search would end.
  if (!(from < lastInstant)) return null;
  const at = nextRecurring(rule, tz, from);
  return at === null || at > lastInstant ? null : at;
}

function nextRecurring(rule: Exclude<Rule, { kind: "once" }>, tz: string, after: Instant): Instant | null {
  if (rule.kind === "every") {
    const stepMs = rule.everySec * 1000;
    return (Math.floor(after / stepMs) + 1) * stepMs;
  }
  if (rule.hour === null) return nextRealMinute(tz, rule.minute, after);
  return nextWallClock(tz, { hour: rule.hour, minute: rule.minute }, after);
}
