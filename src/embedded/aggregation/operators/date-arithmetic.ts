// $dateAdd, $dateSubtract, $dateDiff and $dateTrunc. Days and longer go by the wall clock of the time zone, hours and
// shorter by real time.
import { Long } from "bson";
import { CommandError } from "../../command-error.ts";
import { toDouble } from "../../values/numbers.ts";
import { isNumber } from "../../values/value.ts";
import { absent, type NamedShape, named, type Optional } from "../arguments.ts";
import { isNullish, type Operator, type Operators, type Result } from "../expression.ts";
import { kindName, renderValue } from "../render-value.ts";
import { zoneOf } from "./date-parts.ts";
import { addUnits, isUnit, millisecondsOf, type Unit, unitsBetween } from "./date-units.ts";
import { findTime } from "./date-values.ts";
import { instantOf, localDate, type Zone } from "./time-zones.ts";

export const dateArithmetic: Operators = {
  $dateAdd: adder("$dateAdd", 1),
  $dateSubtract: adder("$dateSubtract", -1),
  $dateDiff: difference(),
  $dateTrunc: truncation(),
};

const given = (value: Optional): Result => value as Result;

function adder(name: string, sign: 1 | -1): Operator {
  const incomplete = [5166402, () => `${name} requires startDate, unit, and amount to be present`] as const;
  const expected = "Expected arguments are startDate, unit, amount, and optionally timezone.";
  const shape: NamedShape = {
    required: { startDate: incomplete, unit: incomplete, amount: incomplete },
    optional: ["timezone"],
    notDocument: [5166400, () => `${name} expects an object as its argument`],
    unknown: [5166401, (found) => `Unrecognized argument to ${name}: ${found}. ${expected}`],
  };
  return named(["startDate", "unit", "amount", "timezone"], shape, ({ startDate, unit, amount, timezone }) => {
    const start = given(startDate);
    const unitName = given(unit);
    const count = given(amount);
    if (isNullish(start) || isNullish(unitName) || isNullish(count)) return null;
    const zone = zoneOf(timezone);
    if (zone === null) return null;
    const time = findTime(start);
    if (time === null) throw new CommandError(5166403, `${name} requires startDate to be convertible to a date`);
    if (typeof unitName !== "string") throw new CommandError(5166404, `${name} expects string defining the time unit`);
    if (!isUnit(unitName)) throw new CommandError("FailedToParse", `unknown time unit value: ${unitName}`);
    if (!isNumber(count) || !Number.isInteger(toDouble(count))) {
      throw new CommandError(5166405, `${name} expects integer amount of time units`);
    }
    return added(time, { unit: unitName, count: sign * toDouble(count) }, zone);
  });
}

function added(time: number, { unit, count }: { unit: Unit; count: number }, zone: Zone): Date {
  const fixed = millisecondsOf[unit];
  const isShort = fixed !== undefined && fixed < 86_400_000;
  const end = isShort ? time + count * fixed : instantOf(zone, addUnits(localDate(zone, time), unit, count));
  if (!Number.isNaN(new Date(end).getTime())) return new Date(end);
  throw new CommandError(5976500, `invalid dateAdd 'amount' parameter value: ${count} ${unit}`);
}

function difference(): Operator {
  const shape: NamedShape = {
    required: {
      startDate: [5166303, () => "Missing 'startDate' parameter to $dateDiff"],
      endDate: [5166304, () => "Missing 'endDate' parameter to $dateDiff"],
      unit: [5166305, () => "Missing 'unit' parameter to $dateDiff"],
    },
    optional: ["timezone", "startOfWeek"],
    notDocument: [5166301, () => "$dateDiff only supports an object as its argument"],
    unknown: [5166302, (found) => `Unrecognized argument to $dateDiff: ${found}`],
  };
  return named(["startDate", "endDate", "unit", "timezone", "startOfWeek"], shape, (args) => {
    const start = given(args.startDate);
    const end = given(args.endDate);
    const unitName = given(args.unit);
    if (isNullish(start) || isNullish(end) || isNullish(unitName)) return null;
    const unit = parseUnit("$dateDiff", unitName);
    const firstDay = parseStartOfWeek("$dateDiff", unit, args.startOfWeek);
    const zone = zoneFor("$dateDiff", args.timezone);
    if (zone === null || firstDay === null) return null;
    const from = dateArgument(5166307, "$dateDiff requires 'startDate'", start);
    const to = dateArgument(5166307, "$dateDiff requires 'endDate'", end);
    return Long.fromNumber(unitsBetween(from, to, { unit, zone, firstDay }));
  });
}

function dateArgument(code: number, requirement: string, value: Result): number {
  const time = findTime(value);
  if (time !== null) return time;
  throw new CommandError(code, `${requirement} to be a date, but got ${kindName(value)}`);
}

function zoneFor(name: string, timezone: Optional): Zone | null {
  try {
    return zoneOf(timezone);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const problem = `${name} parameter 'timezone' value parsing failed :: caused by :: ${error.message}`;
    throw new CommandError(error.code, problem);
  }
}

function parseUnit(name: string, unit: Result): Unit {
  if (typeof unit !== "string") {
    throw new CommandError(5439013, `${name} requires 'unit' to be a string, but got ${kindName(unit)}`);
  }
  if (isUnit(unit)) return unit;
  throw new CommandError(5439014, `${name} parameter 'unit' value cannot be recognized as a time unit: ${unit}`);
}

const days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** Sunday is 0. Looked at for weeks only. */
function parseStartOfWeek(name: string, unit: Unit, day: Optional): number | null {
  if (unit !== "week" || day === absent) return 0;
  if (isNullish(day)) return null;
  if (typeof day !== "string") {
    throw new CommandError(5439015, `${name} requires 'startOfWeek' to be a string, but got ${kindName(day)}`);
  }
  const wanted = day.toLowerCase();
  const at = days.findIndex((known) => known === wanted || known.slice(0, 3) === wanted);
  if (at !== -1) return at;
  const problem = "parameter 'startOfWeek' value cannot be recognized as a day of a week";
  throw new CommandError(5439016, `${name} ${problem}: ${day}`);
}

function truncation(): Operator {
  const expected = "Expected arguments are date, unit, and optionally, binSize, timezone, startOfWeek";
  const shape: NamedShape = {
    required: {
      date: [5439009, () => "Missing 'date' parameter to $dateTrunc"],
      unit: [5439010, () => "Missing 'unit' parameter to $dateTrunc"],
    },
    optional: ["binSize", "timezone", "startOfWeek"],
    notDocument: [5439007, () => "$dateTrunc only supports an object as its argument"],
    unknown: [5439008, (found) => `Unrecognized argument to $dateTrunc: ${found}. ${expected}`],
  };
  return named(["date", "unit", "binSize", "timezone", "startOfWeek"], shape, (args) => {
    const date = given(args.date);
    const unitName = given(args.unit);
    if (isNullish(date) || isNullish(unitName)) return null;
    const unit = parseUnit("$dateTrunc", unitName);
    const firstDay = parseStartOfWeek("$dateTrunc", unit, args.startOfWeek);
    const size = parseBinSize(args.binSize);
    const zone = zoneFor("$dateTrunc", args.timezone);
    if (firstDay === null || size === null || zone === null) return null;
    const time = dateArgument(5439012, "$dateTrunc requires 'date'", date);
    return truncated(time, size, { unit, zone, firstDay });
  });
}

function parseBinSize(size: Optional): number | null {
  if (size === absent) return 1;
  if (isNullish(size)) return null;
  const number = isNumber(size) ? toDouble(size) : Number.NaN;
  if (!Number.isInteger(number)) {
    const got = `got value '${renderValue(size)}' of type ${kindName(size)}`;
    throw new CommandError(5439017, `$dateTrunc requires 'binSize' to be a 64-bit integer, but ${got}`);
  }
  if (number > 0) return number;
  throw new CommandError(5439018, `$dateTrunc requires 'binSize' to be greater than 0, but got value ${number}`);
}

/** Bins are counted from the first of January 2000 in the zone, a Saturday; weeks from their first start after it. */
function truncated(time: number, size: number, counting: { unit: Unit; zone: Zone; firstDay: number }): Date {
  const { unit, zone, firstDay } = counting;
  const origin = Date.UTC(2000, 0, 1) + (unit === "week" ? ((firstDay + 1) % 7) * 86_400_000 : 0);
  const fixed = millisecondsOf[unit];
  if (fixed !== undefined && fixed < 86_400_000) {
    const from = instantOf(zone, origin);
    return new Date(from + Math.floor((time - from) / (fixed * size)) * fixed * size);
  }
  const units = unitsBetween(instantOf(zone, origin), time, counting);
  return new Date(instantOf(zone, addUnits(new Date(origin), unit, Math.floor(units / size) * size)));
}
