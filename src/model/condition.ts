// `when`: whether an action or a job applies. Times are those of `scheduled_for` in the job's zone.
import type { Outputs, Step } from "./run.ts";
import { failedTest, type ValueTest } from "./value-test.ts";
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
  if (condition === null) return true;
  const { previous, output } = condition;
  const local = new Date(scheduledFor + offsetAt(tz, scheduledFor));
  return (
    isIn(condition.hourIn, local.getUTCHours()) &&
    isIn(condition.minuteIn, local.getUTCMinutes()) &&
    isIn(condition.weekdayIn, local.getUTCDay()) &&
    isIn(condition.dayIn, local.getUTCDate()) &&
    isIn(condition.monthIn, local.getUTCMonth() + 1) &&
    (previous === null || lastSent(before.steps)?.status === previous) &&
    (output === null || failedTest(output.tests, before.outputs.get(output.name)) === null)
  );
}

function isIn(list: readonly number[] | null, value: number): boolean {
  return list === null || list.includes(value);
}

function lastSent(steps: readonly Step[]): Step | undefined {
  return steps.findLast(({ status }) => !status.startsWith("skipped_"));
}
