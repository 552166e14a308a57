// Days, weekdays and months of a cron expression in plain words.
import type { CronFieldValue } from "../model/cron-field.ts";
import { listWords, runOf } from "./list-words.ts";

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months = [
  ...["January", "February", "March", "April", "May", "June", "July"],
  ...["August", "September", "October", "November", "December"],
];
export const everyDay = "every day";
const ordinals = ["first", "second", "third", "fourth", "fifth"];

/** `["Monday to Friday", "in March"]`; fields as of an expression with six. */
export function describeDays(fields: readonly CronFieldValue[]): readonly string[] {
  const [, , , date, month, weekday] = fields;
  if (date === undefined || month === undefined || weekday === undefined) return [];
  // Both restricted: either is enough. One open: the other alone.
  const deciding = [...(date.isOpen && !weekday.isOpen ? [] : [date]), ...(weekday.isOpen ? [] : [weekday])];
  const isEveryDay = deciding.some((field) => field.values.length === (field === date ? 31 : 7));
  const days = isEveryDay
    ? []
    : [...(date.isOpen ? [] : describeDates(date)), ...(weekday.isOpen ? [] : describeWeekdays(weekday))];
  const inMonths = month.isOpen || month.values.length === 12 ? [] : [`in ${describeMonths(month.values)}`];
  return [...(days.length === 0 ? [everyDay] : [listWords(days, "or")]), ...inMonths];
}

function describeDates({ values, beforeLast, lastWorkday, nearWorkdays }: CronFieldValue): readonly string[] {
  return [
    ...(values.length === 0 ? [] : [`on ${describeNumbers(values)} of the month`]),
    ...beforeLast.map((before) => describeBeforeLast(before)),
    ...(lastWorkday ? ["on the last weekday (Monday to Friday) of the month"] : []),
    ...nearWorkdays.map((day) => `on the weekday (Monday to Friday) nearest to day ${day} of the month`),
  ];
}

function describeNumbers(values: readonly number[]): string {
  const run = runOf(values);
  if (run !== null) return `days ${run.from} to ${run.to}`;
  return `${values.length === 1 ? "day" : "days"} ${listWords(values.map(String))}`;
}

function describeBeforeLast(before: number): string {
  if (before === 0) return "on the last day of the month";
  return `${before} ${before === 1 ? "day" : "days"} before the last day of the month`;
}

function describeWeekdays({ values, nthDays }: CronFieldValue): readonly string[] {
  return [
    ...(values.length === 0 ? [] : [describeNames(values, weekdays, "on ")]),
    ...nthDays.map(({ day, nth }) => {
      return `on the ${nth === null ? "last" : ordinals[nth - 1]} ${weekdays[day]} of the month`;
    }),
  ];
}

function describeMonths(values: readonly number[]): string {
  return describeNames(
    values.map((value) => value - 1),
    months,
  );
}

/** `Monday to Friday`, `on Monday and Friday`; also what goes around: `Friday to Monday`. */
function describeNames(values: readonly number[], names: readonly string[], before = ""): string {
  const isAll = values.length === names.length;
  const first = isAll ? undefined : values.find((value) => !values.includes((value + names.length - 1) % names.length));
  const last = first === undefined ? undefined : (first + values.length - 1) % names.length;
  const isRun = values.length > 2 && first !== undefined && last !== undefined && isRound(values, first, names.length);
  if (isRun) return `${names[first]} to ${names[last]}`;
  return `${before}${listWords(values.map((value) => names[value] ?? ""))}`;
}

function isRound(values: readonly number[], first: number, size: number): boolean {
  return values.every((_, i) => values.includes((first + i) % size));
}
