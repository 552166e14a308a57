// Which days of a month a pattern means. Days are bits, bit 0 being the first of the month.
import type { CronPattern, DayOfMonthRule, DayOfWeekRule } from "./cron-pattern.ts";

export interface Month {
  readonly length: number;
  /** Of its first day; 0 is Sunday. */
  readonly firstWeekday: number;
}

const saturday = 6;
const sunday = 0;

/** Both fields restricted: a day that either means. One of them open: the other alone. */
export function matchingDays({ dayOfMonth, dayOfWeek }: CronPattern, month: Month): number {
  const all = 2 ** month.length - 1;
  if (dayOfMonth === null && dayOfWeek === null) return all;
  const byDate = dayOfMonth === null ? 0 : daysByDate(dayOfMonth, month);
  const byWeekday = dayOfWeek === null ? 0 : daysByWeekday(dayOfWeek, month);
  return (byDate | byWeekday) & all;
}

function daysByDate(rule: DayOfMonthRule, month: Month): number {
  let days = rule.days;
  for (const before of rule.beforeLast) if (before < month.length) days |= 1 << (month.length - 1 - before);
  if (rule.lastWorkday) days |= 1 << (workdayNear(month.length, month) - 1);
  for (const day of rule.nearWorkdays) if (day <= month.length) days |= 1 << (workdayNear(day, month) - 1);
  return days;
}

/** The day itself, or the Monday to Friday next to it that lies in the same month. */
function workdayNear(day: number, { length, firstWeekday }: Month): number {
  const weekday = (firstWeekday + day - 1) % 7;
  if (weekday === saturday) return day > 1 ? day - 1 : day + 2;
  if (weekday === sunday) return day < length ? day + 1 : day - 2;
  return day;
}

function daysByWeekday(rule: DayOfWeekRule, { length, firstWeekday }: Month): number {
  // Turned so that bit 0 is the weekday the month begins with, then repeated for five weeks.
  const week = ((rule.days >> firstWeekday) | (rule.days << (7 - firstWeekday))) & 0x7f;
  let days = week | (week << 7) | (week << 14) | (week << 21) | (week << 28);
  for (const { day, nth } of rule.nthDays) {
    const first = 1 + ((day - firstWeekday + 7) % 7);
    const date = nth === null ? first + 7 * Math.floor((length - first) / 7) : first + 7 * (nth - 1);
    if (date <= length) days |= 1 << (date - 1);
  }
  return days;
}
