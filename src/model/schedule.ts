// When a job is due. Pure: no clock, no I/O.
import { nextOfPattern } from "./cron-next.ts";
import type { CronPattern } from "./cron-pattern.ts";
import { classicPattern } from "./schedule-classic.ts";
import { stableHash } from "./stable-hash.ts";
import { lastInstant } from "./zone-offset.ts";

/** Milliseconds since the epoch. */
export type Instant = number;

export interface Schedule {
  readonly tz: string;
  /** The union counts. */
  readonly rules: readonly Rule[];
  /** Nothing is due before it. */
  readonly startAt?: Instant;
  /** Nothing is due after it. */
  readonly endAt?: Instant;
  /** How long a start may be put off: see `jitterMs`. */
  readonly jitterSec?: number;
}

export type Rule =
  /** `hour: null` = every hour. Second 0. */
  | { readonly kind: "classic"; readonly hour: number | null; readonly minute: number }
  | CronRule
  /** Anchored at the epoch so that all agents agree. */
  | { readonly kind: "every"; readonly everySec: number }
  | { readonly kind: "once"; readonly at: Instant };

export interface CronRule {
  readonly kind: "cron";
  /** As it was written, with single blanks. */
  readonly expression: string;
  /** What it means, `H` already decided. */
  readonly pattern: CronPattern;
}

/**
 * The first instant strictly later than `after` at which the schedule is due, or null when it never is again. Instants
 * of several rules that coincide are one. Throws RangeError when the zone is unknown.
 */
export function nextDue(schedule: Schedule, after: Instant): Instant | null {
  const { rules, tz, startAt, endAt } = schedule;
  const from = startAt !== undefined && startAt > after ? startAt - 1 : after;
  let first: Instant | null = null;
  for (const rule of rules) {
    const at = nextOfRule(rule, tz, from);
    if (at !== null && (first === null || at < first)) first = at;
  }
  return first !== null && endAt !== undefined && first > endAt ? null : first;
}

/** The first `limit` instants later than `from`, up to and including `to`, at which the schedule is due. */
export function duesBetween(schedule: Schedule, from: Instant, to: Instant, limit: number): readonly Instant[] {
  const dues: Instant[] = [];
  for (let at = nextDue(schedule, from); at !== null && at <= to && dues.length < limit; at = nextDue(schedule, at)) {
    dues.push(at);
  }
  return dues;
}

/** Whether the schedule is due at exactly this instant. */
export function isDueAt(schedule: Schedule, at: Instant): boolean {
  return nextDue(schedule, at - 1) === at;
}

/** How long the job's start at this instant is put off: less than `jitter_sec`, whole seconds, alike on every agent. */
export function jitterMs(job: { readonly idText: string; readonly schedule: Schedule }, at: Instant): number {
  const { jitterSec } = job.schedule;
  if (jitterSec === undefined || jitterSec === 0) return 0;
  return (stableHash(`${job.idText}@${new Date(at).toISOString()}`) % jitterSec) * 1000;
}

/** Whether two schedules of one job are due at the same instants. */
export function isSameSchedule(a: Schedule, b: Schedule): boolean {
  return (
    a === b ||
    (a.tz === b.tz &&
      a.startAt === b.startAt &&
      a.endAt === b.endAt &&
      a.rules.length === b.rules.length &&
      a.rules.every((rule, i) => isSameRule(rule, b.rules[i] as Rule)))
  );
}

function isSameRule(a: Rule, b: Rule): boolean {
  if (a.kind === "cron") return b.kind === "cron" && a.expression === b.expression;
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The wall-clock times a rule means; null for one that follows no clock. */
export function patternOf(rule: Extract<Rule, { kind: "classic" | "cron" }>): CronPattern;
export function patternOf(rule: Rule): CronPattern | null;
export function patternOf(rule: Rule): CronPattern | null {
  if (rule.kind === "cron") return rule.pattern;
  return rule.kind === "classic" ? classicPattern(rule.hour, rule.minute) : null;
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
  switch (rule.kind) {
    case "every": {
      const stepMs = rule.everySec * 1000;
      return (Math.floor(after / stepMs) + 1) * stepMs;
    }
    case "classic":
    case "cron":
      return nextOfPattern(patternOf(rule), tz, after);
  }
}
