// The fields of a cron expression: what each is called and what it may hold.

export type CronFieldName = "second" | "minute" | "hour" | "day of month" | "month" | "day of week";

export interface CronField {
  readonly name: CronFieldName;
  readonly from: number;
  /** Of the numbers as they are written: 7 is a second name of Sunday. */
  readonly to: number;
  /** How many different values there are. */
  readonly size: number;
  /** Names of the values from `from` on. */
  readonly names: readonly string[];
  /** What it may hold, for messages. */
  readonly expected: string;
}

export const monthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"] as const;
export const dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] as const;

const none: readonly string[] = [];

/** In the order of an expression with six fields. */
export const cronFields: readonly CronField[] = [
  { name: "second", from: 0, to: 59, size: 60, names: none, expected: "a second 0-59" },
  { name: "minute", from: 0, to: 59, size: 60, names: none, expected: "a minute 0-59" },
  { name: "hour", from: 0, to: 23, size: 24, names: none, expected: "an hour 0-23" },
  {
    name: "day of month",
    from: 1,
    to: 31,
    size: 31,
    names: none,
    expected: "a day of month 1-31, L, L-1 to L-30, LW or 1W to 31W",
  },
  { name: "month", from: 1, to: 12, size: 12, names: monthNames, expected: "a month 1-12 or JAN-DEC" },
  {
    name: "day of week",
    from: 0,
    to: 7,
    size: 7,
    names: dayNames,
    expected: "a day of week 0-7 or SUN-SAT, such as MON, FRI#2 (the second) or FRIL (the last)",
  },
];

/** One field as it was written, read. */
export interface CronFieldValue {
  readonly text: string;
  /** `*`, `?` or `*\/1` is in it: it restricts nothing. */
  readonly isOpen: boolean;
  /** `*\/n` is in it, n above 1. */
  readonly isStepped: boolean;
  /** Ascending, each once; day of week 0-6. */
  readonly values: readonly number[];
  /** Day of month: days before the last one, 0 for `L`. */
  readonly beforeLast: readonly number[];
  /** Day of month: `LW`. */
  readonly lastWorkday: boolean;
  /** Day of month: the n of `nW`. */
  readonly nearWorkdays: readonly number[];
  /** Day of week: `FRI#2` is `{day: 5, nth: 2}`, `FRIL` is `{day: 5, nth: null}`. */
  readonly nthDays: readonly { readonly day: number; readonly nth: number | null }[];
}
