// The classic form `{hour, minute}` is a cron pattern with the second 0.
import type { CronFieldValue } from "./cron-field.ts";
import { type CronPattern, compilePattern } from "./cron-pattern.ts";

/** There are 25 × 60 of them. */
const patterns = new Map<number, CronPattern>();

/** `hour: null` = every hour. */
export function classicPattern(hour: number | null, minute: number): CronPattern {
  const key = minute * 100 + (hour ?? 24);
  const known = patterns.get(key);
  if (known !== undefined) return known;
  const hours = hour === null ? Array.from({ length: 24 }, (_, i) => i) : [hour];
  const months = Array.from({ length: 12 }, (_, i) => i + 1);
  const pattern = compilePattern([only([0]), only([minute]), only(hours), open, only(months), open]);
  patterns.set(key, pattern);
  return pattern;
}

const open: CronFieldValue = { ...only([]), isOpen: true };

function only(values: readonly number[]): CronFieldValue {
  return {
    ...{ text: "", isOpen: false, isStepped: false, values },
    ...{ beforeLast: [], lastWorkday: false, nearWorkdays: [], nthDays: [] },
  };
}
