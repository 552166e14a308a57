// A cron expression made ready for searching: tables instead of lists, bits instead of sets.
import type { CronFieldValue } from "./cron-field.ts";

export interface CronPattern {
  /** For every value the smallest allowed one that is not below it, or `noValue`. */
  readonly nextSecond: Uint8Array;
  readonly nextMinute: Uint8Array;
  readonly nextHour: Uint8Array;
  /** Bit 0 is January. */
  readonly months: number;
  /** null = open: the other one alone decides. */
  readonly dayOfMonth: DayOfMonthRule | null;
  readonly dayOfWeek: DayOfWeekRule | null;
  /** Open on all 24 hours: due at every real minute that shows a matching time, also in a repeated hour. */
  readonly followsRealTime: boolean;
}

export interface DayOfMonthRule {
  /** Bit 0 is the first. */
  readonly days: number;
  readonly beforeLast: readonly number[];
  readonly lastWorkday: boolean;
  readonly nearWorkdays: readonly number[];
}

export interface DayOfWeekRule {
  /** Bit 0 is Sunday. */
  readonly days: number;
  readonly nthDays: CronFieldValue["nthDays"];
}

export const noValue = 255;

/** Fields in the order of an expression with six. */
export function compilePattern(fields: readonly CronFieldValue[]): CronPattern {
  const [second, minute, hour, dayOfMonth, month, dayOfWeek] = fields as readonly [
    CronFieldValue,
    CronFieldValue,
    CronFieldValue,
    CronFieldValue,
    CronFieldValue,
    CronFieldValue,
  ];
  const { beforeLast, lastWorkday, nearWorkdays } = dayOfMonth;
  return {
    nextSecond: nextTable(second.values, 60),
    nextMinute: nextTable(minute.values, 60),
    nextHour: nextTable(hour.values, 24),
    months: bitsOf(month.values, 1),
    dayOfMonth: dayOfMonth.isOpen
      ? null
      : { days: bitsOf(dayOfMonth.values, 1), beforeLast, lastWorkday, nearWorkdays },
    dayOfWeek: dayOfWeek.isOpen ? null : { days: bitsOf(dayOfWeek.values, 0), nthDays: dayOfWeek.nthDays },
    followsRealTime: hour.values.length === 24,
  };
}

/** One entry more than there are values: what follows the last one is asked for too. */
function nextTable(values: readonly number[], size: number): Uint8Array {
  const table = new Uint8Array(size + 1).fill(noValue);
  const allowed = new Set(values);
  for (let value = size - 1; value >= 0; value--) {
    table[value] = allowed.has(value) ? value : (table[value + 1] as number);
  }
  return table;
}

function bitsOf(values: readonly number[], from: number): number {
  return values.reduce((bits, value) => bits | (1 << (value - from)), 0);
}
