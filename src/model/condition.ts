// `when`: whether an action or a job applies. Times are those of `scheduled_for` in the job's zone.
import type { JsonValue } from "./job.ts";
import type { Outputs, Step } from "./run.ts";
import { failedTest, renderTest, type ValueTest } from "./value-test.ts";
import { offsetAt } from "./zone-offset.ts";

/** All that is given must hold. */
export interface Condition {
  readonly hourIn: readonly number[] | null;
  readonly minuteIn: readonly number[] | null;
  /** 0-6, Sunday first. */
  readonly weekdayIn: readonly number[] | null;
  readonly dayIn: readonly number[] | null;
  /** 1-12. */
  readonly monthIn: readonly number[] | null;
  /** How the last step before that was not skipped ended; false where there is none. Null in a job's own condition. */
  readonly previous: "ok" | "error" | null;
  readonly output: OutputCondition | null;
}

export interface OutputCondition {
  readonly name: string;
  readonly tests: readonly ValueTest[];
}

/** What the chain did before the action in question. */
interface Before {
  readonly steps: readonly Step[];
  readonly outputs: Outputs;
}

const nothingBefore: Before = { steps: [], outputs: new Map() };

/**
 * Whether the condition holds for the occurrence at `scheduledFor` (milliseconds since the epoch) read in zone `tz`; no
 * condition always does. Throws RangeError when the zone is unknown.
 */
export function holds(condition: Condition | null, scheduledFor: number, tz: string, before = nothingBefore): boolean {
  return failedCondition(condition, scheduledFor, tz, before) === null;
}

/** The first part that does not hold, `hour_in: expected 9, 12, got 14`, or null. May hold what a step saved. */
export function failedCondition(
  condition: Condition | null,
  scheduledFor: number,
  tz: string,
  { steps, outputs }: Before = nothingBefore,
): string | null {
  if (condition === null) return null;
  const { previous, output } = condition;
  const local = new Date(scheduledFor + offsetAt(tz, scheduledFor));
  return (
    failedTime("hour_in", condition.hourIn, local.getUTCHours()) ??
    failedTime("minute_in", condition.minuteIn, local.getUTCMinutes()) ??
    failedTime("weekday_in", condition.weekdayIn, local.getUTCDay(), (day) => weekdays[day]) ??
    failedTime("day_in", condition.dayIn, local.getUTCDate()) ??
    failedTime("month_in", condition.monthIn, local.getUTCMonth() + 1) ??
    (previous === null ? null : failedPrevious(previous, lastSent(steps)?.status)) ??
    (output === null ? null : failedOutput(output, outputs.get(output.name)))
  );
}

const weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

function failedTime(
  field: string,
  list: readonly number[] | null,
  value: number,
  show: (value: number) => unknown = String,
): string | null {
  if (list === null || list.includes(value)) return null;
  return `${field}: expected ${list.map(show).join(", ")}, got ${show(value)}`;
}

function failedPrevious(expected: string, status: string | undefined): string | null {
  return status === expected ? null : `previous: expected "${expected}", got ${status ?? "no step before"}`;
}

function failedOutput({ name, tests }: OutputCondition, value: JsonValue | undefined): string | null {
  const failed = failedTest(tests, value);
  if (failed === null) return null;
  return `output.${name}: expected ${renderTest(failed, JSON.stringify)}, got ${JSON.stringify(value) ?? "nothing"}`;
}

function lastSent(steps: readonly Step[]): Step | undefined {
  return steps.findLast(({ status }) => !status.startsWith("skipped_"));
}
