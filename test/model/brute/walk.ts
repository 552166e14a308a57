// When an expression is due, by walking: every real minute where it is open on all hours, else every local time.
import type { BruteCron } from "./cron-arbitrary.ts";
import { instantOf, offsetOf } from "./zone.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** All instants in (from, to]. */
export function walk(cron: BruteCron, tz: string, from: number, to: number): readonly number[] {
  const due = new Set(cron.hours.size === 24 ? walkMinutes(cron, tz, from, to) : walkLocal(cron, tz, from, to));
  return [...due].filter((at) => at > from && at <= to).sort((a, b) => a - b);
}

function* walkMinutes(cron: BruteCron, tz: string, from: number, to: number): Iterable<number> {
  for (let at = Math.floor(from / minuteMs) * minuteMs; at <= to; at += minuteMs) {
    const local = new Date(at + offsetOf(tz, at));
    if (!cron.minutes.has(local.getUTCMinutes()) || !isDay(cron, local)) continue;
    for (const second of cron.seconds) yield at + second * 1000;
  }
}

function* walkLocal(cron: BruteCron, tz: string, from: number, to: number): Iterable<number> {
  const first = Math.floor(from / dayMs) - 3;
  for (let day = first; day * dayMs <= to + 3 * dayMs; day++) {
    if (!isDay(cron, new Date(day * dayMs))) continue;
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const at = instantOf(tz, day * dayMs + (hour * 60 + minute) * minuteMs);
        for (const second of cron.seconds) yield at + second * 1000;
      }
    }
  }
}

/** Whether any day of the 28 years in which weekdays and leap days come round is one. */
export function everComes(cron: BruteCron): boolean {
  for (let day = Date.UTC(2000, 0, 1); day < Date.UTC(2028, 0, 1); day += dayMs) {
    if (isDay(cron, new Date(day))) return true;
  }
  return false;
}

function isDay(cron: BruteCron, local: Date): boolean {
  if (!cron.months.has(local.getUTCMonth() + 1)) return false;
  const { date, weekday } = cron;
  if (date === null) return weekday === null || weekday.some((rule) => rule(local));
  return date.some((rule) => rule(local)) || (weekday?.some((rule) => rule(local)) ?? false);
}
