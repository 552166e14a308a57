// The next local time a pattern means. Local times are milliseconds as `Date.UTC` gives them for the clock's fields.
import { matchingDays } from "./cron-days.ts";
import { type CronPattern, noValue } from "./cron-pattern.ts";

const dayMs = 86_400_000;

/** No pattern that ever matches waits longer: a fifth Monday of February may skip the leap day that 2100 lacks. */
const longestWaitYears = 41;

/** The first matching local time that is not before `fromMs` (whole seconds), or null when there never is one. */
export function nextLocalTime(pattern: CronPattern, fromMs: number): number | null {
  const today = Math.floor(fromMs / dayMs);
  const time = nextTimeOfDay(pattern, (fromMs - today * dayMs) / 1000);
  const day = nextDay(pattern, time === null ? today + 1 : today);
  if (day === null) return null;
  const seconds = time !== null && day === today ? time : (nextTimeOfDay(pattern, 0) as number);
  return day * dayMs + seconds * 1000;
}

/** Seconds since midnight; null when the day has no further one. */
function nextTimeOfDay({ nextSecond, nextMinute, nextHour }: CronPattern, from: number): number | null {
  let hour = Math.floor(from / 3600);
  let minute = Math.floor(from / 60) % 60;
  let second = nextSecond[from % 60] as number;
  if (second === noValue) {
    second = nextSecond[0] as number;
    minute++;
  }
  const allowedMinute = nextMinute[minute] as number;
  if (allowedMinute === noValue) hour++;
  if (allowedMinute !== minute) second = nextSecond[0] as number;
  minute = allowedMinute === noValue ? (nextMinute[0] as number) : allowedMinute;
  const allowedHour = nextHour[hour] as number;
  if (allowedHour === noValue) return null;
  if (allowedHour !== hour) return allowedHour * 3600 + (nextMinute[0] as number) * 60 + (nextSecond[0] as number);
  return hour * 3600 + minute * 60 + second;
}

/** The first matching day that is not before `from`; days are counted from 1970-01-01. */
function nextDay(pattern: CronPattern, from: number): number | null {
  if (pattern.dayOfMonth === null && pattern.dayOfWeek === null && pattern.months === 0xfff) return from;
  let { year, month, day } = dateOf(from);
  const lastYear = year + longestWaitYears;
  while (year <= lastYear) {
    if ((pattern.months >> (month - 1)) & 1) {
      const first = dayNumber(year, month);
      const shape = { length: monthLength(year, month), firstWeekday: weekdayOf(first) };
      const left = (matchingDays(pattern, shape) >> (day - 1)) << (day - 1);
      if (left !== 0) return first + lowestBit(left);
    }
    day = 1;
    month++;
    if (month > 12) {
      month = 1;
      year++;
    }
  }
  return null;
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

function weekdayOf(day: number): number {
  // 1970-01-01 was a Thursday.
  return (((day + 4) % 7) + 7) % 7;
}

function monthLength(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The first of a month, in days since 1970-01-01. Years begin in March here, so that the leap day is their last. */
function dayNumber(year: number, month: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5);
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

/** The inverse, after Howard Hinnant's `civil_from_days`: a Date would cost more than the whole search. */
function dateOf(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}
