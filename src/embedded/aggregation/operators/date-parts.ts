// Fields of a date in a time zone: $year and its like, $dateToParts, $dateToString.
import { Int32, Long } from "bson";
import { CommandError } from "../../command-error.ts";
import { renderField } from "../../values/render-value.ts";
import { isArray, isDocument, missing, type Value } from "../../values/value.ts";
import { absent, named, type Optional, readNamed } from "../arguments.ts";
import {
  type Evaluate,
  type ExpressionScope,
  isNullish,
  type Operator,
  type Operators,
  type Result,
} from "../expression.ts";
import { kindName, renderValue } from "../render-value.ts";
import { dayOfYear, isoDayOfWeek, isoWeek, isoWeekYear, weekOfYear } from "./calendar.ts";
import { formatDate } from "./date-format.ts";
import { timeOf } from "./date-values.ts";
import { localDate, parseZone, utc, type Zone } from "./time-zones.ts";

const part = (name: string, read: (date: Date) => number): Operator => partOf(name, (date) => new Int32(read(date)));

export const dateParts: Operators = {
  $year: part("$year", (date) => date.getUTCFullYear()),
  $month: part("$month", (date) => date.getUTCMonth() + 1),
  $dayOfMonth: part("$dayOfMonth", (date) => date.getUTCDate()),
  $hour: part("$hour", (date) => date.getUTCHours()),
  $minute: part("$minute", (date) => date.getUTCMinutes()),
  $second: part("$second", (date) => date.getUTCSeconds()),
  $millisecond: part("$millisecond", (date) => date.getUTCMilliseconds()),
  $dayOfWeek: part("$dayOfWeek", (date) => date.getUTCDay() + 1),
  $dayOfYear: part("$dayOfYear", dayOfYear),
  $week: part("$week", weekOfYear),
  $isoDayOfWeek: part("$isoDayOfWeek", isoDayOfWeek),
  $isoWeek: part("$isoWeek", isoWeek),
  $isoWeekYear: partOf("$isoWeekYear", (date) => Long.fromNumber(isoWeekYear(date))),
  $dateToParts: toParts(),
  $dateToString: toText(),
};

function partOf(name: string, read: (date: Date) => Value): Operator {
  return (argument, scope) => {
    const { date, timezone } = parseDated(name, argument, scope);
    return (frame) => {
      const value = date(frame);
      const zone = timezone === null ? utc : findZone(name, timezone(frame));
      return isNullish(value) || zone === null ? null : read(localDate(zone, timeOf(value)));
    };
  };
}

/** A date, a list of one, or a document of a date and a time zone. */
function parseDated(
  name: string,
  argument: Value,
  scope: ExpressionScope,
): { date: Evaluate; timezone: Evaluate | null } {
  if (isArray(argument)) {
    if (argument.length === 1) return { date: scope.parse(argument[0]), timezone: null };
    const problem = `accepts exactly one argument if given an array, but was given ${argument.length}`;
    throw new CommandError(40536, `${name} ${problem}`);
  }
  if (!isDocument(argument) || Object.keys(argument)[0]?.startsWith("$") === true) {
    return { date: scope.parse(argument), timezone: null };
  }
  const given = readNamed(argument, {
    required: { date: [40539, () => `missing 'date' argument to ${name}, provided: ${renderField(name, argument)}`] },
    optional: ["timezone"],
    notDocument: [40539, () => ""],
    unknown: [40535, (found) => `unrecognized option to ${name}: "${found}"`],
  });
  const timezone = given.has("timezone") ? scope.parse(given.get("timezone")) : null;
  return { date: scope.parse(given.get("date")), timezone };
}

function findZone(name: string, given: Result): Zone | null {
  if (isNullish(given)) return null;
  if (typeof given === "string") return parseZone(given);
  const found = `but was given a ${kindName(given)} (${renderValue(given)})`;
  throw new CommandError(40533, `${name} requires a string for the timezone argument, ${found}`);
}

/** UTC where no zone was given, null for a null one. */
export function zoneOf(given: Optional): Zone | null {
  if (given === absent) return utc;
  if (isNullish(given)) return null;
  if (typeof given === "string") return parseZone(given);
  throw new CommandError(40517, `timezone must evaluate to a string, found ${kindName(given)}`);
}

const orMissing = (given: Optional): Result => (given === absent ? missing : given);

function toParts(): Operator {
  const shape = {
    required: { date: [40522, () => "Missing 'date' parameter to $dateToParts"] },
    optional: ["timezone", "iso8601"],
    notDocument: [40524, () => "$dateToParts only supports an object as its argument"],
    unknown: [40520, (found: string) => `Unrecognized argument to $dateToParts: ${found}`],
  } as const;
  return named(["date", "timezone", "iso8601"], shape, (args) => {
    const zone = zoneOf(args.timezone);
    const iso = args.iso8601 === absent ? false : args.iso8601;
    const date = orMissing(args.date);
    if (zone === null || isNullish(iso) || isNullish(date)) return null;
    if (typeof iso !== "boolean") {
      throw new CommandError(40521, `iso8601 must evaluate to a bool, found ${kindName(iso)}`);
    }
    const local = localDate(zone, timeOf(date));
    const days = iso
      ? { isoWeekYear: isoWeekYear(local), isoWeek: isoWeek(local), isoDayOfWeek: isoDayOfWeek(local) }
      : { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() };
    const time = {
      hour: local.getUTCHours(),
      minute: local.getUTCMinutes(),
      second: local.getUTCSeconds(),
      millisecond: local.getUTCMilliseconds(),
    };
    const fields = Object.entries({ ...days, ...time });
    return Object.fromEntries(fields.map(([field, value]) => [field, new Int32(value)]));
  });
}

function toText(): Operator {
  const shape = {
    required: { date: [18628, () => "Missing 'date' parameter to $dateToString"] },
    optional: ["format", "timezone", "onNull"],
    notDocument: [18629, () => "$dateToString only supports an object as its argument"],
    unknown: [18534, (found: string) => `Unrecognized argument to $dateToString: ${found}`],
  } as const;
  return named(["date", "format", "timezone", "onNull"], shape, ({ date, format, timezone, onNull }) => {
    const value = orMissing(date);
    if (isNullish(value)) return onNull === absent ? null : onNull;
    const zone = zoneOf(timezone);
    const pattern = format === absent ? "%Y-%m-%dT%H:%M:%S.%LZ" : format;
    if (zone === null || isNullish(pattern)) return null;
    if (typeof pattern !== "string") {
      const found = `found: ${kindName(pattern)} with value ${renderValue(pattern)}`;
      throw new CommandError(18533, `$dateToString requires that 'format' be a string, ${found}`);
    }
    const time = timeOf(value);
    return formatDate(pattern, localDate(zone, time), zone.offsetAt(time));
  });
}
