// `when`: whether an action or a job applies to one occurrence. Fields read `scheduled_for` in the job's zone.
import { offsetAt } from "./zone-offset.ts";

export interface Condition {
  readonly hourIn: readonly number[] | null;
  readonly minuteIn: readonly number[] | null;
}

/**
 * Whether the condition holds for the occurrence at `scheduledFor` (milliseconds since the epoch) read in zone `tz`. All
 * given lists must hold; no condition always does. Throws RangeError when the zone is unknown.
 */
export function holds(condition: Condition | null, scheduledFor: number, tz: string): boolean {
  if (condition === null) return true;
  const local = new Date(scheduledFor + offsetAt(tz, scheduledFor));
  return isIn(condition.hourIn, local.getUTCHours()) && isIn(condition.minuteIn, local.getUTCMinutes());
}

function isIn(list: readonly number[] | null, value: number): boolean {
  return list === null || list.includes(value);
}
