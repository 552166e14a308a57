// Units of time: adding them to a wall clock and counting their boundaries between two instants.
import { localDate, type Zone } from "./time-zones.ts";

const day = 86_400_000;

/** Those of one length; months and longer have none. */
export const millisecondsOf: Readonly<Partial<Record<string, number>>> = {
  week: 7 * day,
  day,
  hour: 3_600_000,
  minute: 60_000,
  second: 1_000,
  millisecond: 1,
};

const monthsOf: Readonly<Partial<Record<string, number>>> = { year: 12, quarter: 3, month: 1 };

export type Unit = "year" | "quarter" | "month" | "week" | "day" | "hour" | "minute" | "second" | "millisecond";

export const isUnit = (name: string): name is Unit =>
  Object.hasOwn(millisecondsOf, name) || Object.hasOwn(monthsOf, name);

/** Milliseconds; a day that the month does not have becomes its last one. */
export function addUnits(local: Date, unit: Unit, count: number): number {
  const months = monthsOf[unit];
  if (months === undefined) return local.getTime() + count * (millisecondsOf[unit] as number);
  const date = new Date(local);
  date.setUTCMonth(local.getUTCMonth() + count * months, 1);
  const last = new Date(date);
  last.setUTCMonth(date.getUTCMonth() + 1, 0);
  return date.setUTCDate(Math.min(local.getUTCDate(), last.getUTCDate()));
}

interface Counting {
  readonly unit: Unit;
  readonly zone: Zone;
  /** Of a week; Sunday is 0. */
  readonly firstDay: number;
}

/** How many boundaries of the unit lie between the two; negative backwards. */
export function unitsBetween(from: number, to: number, { unit, zone, firstDay }: Counting): number {
  const ordinal = (time: number) => ordinalOf(time, { unit, zone, firstDay });
  const units = ordinal(to) - ordinal(from);
  // Hours are of the wall clock, and those that it was put forward or back are taken off again.
  return unit === "hour" ? units - Math.trunc((zone.offsetAt(to) - zone.offsetAt(from)) / 3_600_000) : units;
}

function ordinalOf(time: number, { unit, zone, firstDay }: Counting): number {
  const length = millisecondsOf[unit];
  if (length !== undefined && length < day) {
    const offset = zone.offsetAt(time);
    return Math.floor((time + (unit === "hour" ? offset : offset % length)) / length);
  }
  const local = localDate(zone, time);
  const months = monthsOf[unit];
  if (months !== undefined) return Math.floor((local.getUTCFullYear() * 12 + local.getUTCMonth()) / months);
  const days = Math.floor(local.getTime() / day);
  // The first of January 1970 was a Thursday.
  return unit === "day" ? days : Math.floor((days + 4 - firstDay) / 7);
}
