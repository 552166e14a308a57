// What counts as a date, and the strings that become one.
import { ObjectId, Timestamp } from "bson";
import { CommandError } from "../../command-error.ts";
import type { NumberValue, Value } from "../../values/value.ts";
import type { Result } from "../expression.ts";
import { kindName, renderNumber } from "../render-value.ts";
import { conversionFailure, integerPart } from "./number-conversions.ts";

/** The milliseconds of a date, or of an ObjectId or a timestamp, which have seconds. */
export function timeOf(value: Result): number {
  const time = findTime(value);
  if (time !== null) return time;
  throw new CommandError(16006, `can't convert from BSON type ${kindName(value)} to Date`);
}

export function findTime(value: Result): number | null {
  if (value instanceof Date) return value.getTime();
  if (value instanceof ObjectId) return value.getTimestamp().getTime();
  return value instanceof Timestamp ? value.t * 1000 : null;
}

/** JavaScript's dates end 273,790 years after 1970; MongoDB's go further. */
export function numberToDate(value: Value): Date {
  const date = new Date(Number(integerPart(value as NumberValue)));
  if (!Number.isNaN(date.getTime())) return date;
  const number = renderNumber(value as NumberValue);
  throw conversionFailure(`Conversion would overflow target type in $convert with no onError value: ${number}`);
}

const isoDate =
  /^(\d{4})-(\d{2})-(\d{2})(?:(?:[Tt]| (?=\d\d:))(\d{2})(?::(\d{2})(?::(\d{2})(?:[.](\d{1,9}))?)?)?)?\s?(?:[Zz]|([+-])(\d{2}):?(\d{2})?)?$/;

/** Without a time and a zone the hyphens, zeros and the day may be missing. */
const shortDate = /^(?:(\d{4})-(\d{1,2})(?:-(\d{1,2}))?|(\d{4})(\d{2})(\d{2}))$/;

/**
 * ISO 8601 in its usual forms. MongoDB reads more ("Feb 29 2024"): here those do not convert, which `onError` catches.
 * What is read here, MongoDB reads as the same date.
 */
export function parseDate(text: string): Date {
  const short = shortDate.exec(text);
  if (short !== null) {
    const [year, month, day = "1"] = short.slice(short[1] === undefined ? 4 : 1);
    return dateOf(text, { year, month, day });
  }
  const [, year, month, day, hour, minute, second, fraction, sign, ...offset] = isoDate.exec(text) ?? [];
  if (year === undefined) throw notParsed(text);
  const [offsetHours, offsetMinutes] = [Number(offset[0] ?? 0), Number(offset[1] ?? 0)];
  if (offsetHours > 23 || offsetMinutes > 59) throw notParsed(text);
  const shift = (sign === "-" ? -1 : 1) * (offsetHours * 60 + offsetMinutes);
  const date = dateOf(text, { year, month, day, hour, minute, second });
  return new Date(date.getTime() - shift * 60_000 + wholeMilliseconds(fraction ?? "", date));
}

/** What is less than a millisecond is cut off towards 1970. */
function wholeMilliseconds(fraction: string, date: Date): number {
  const whole = Number(fraction.padEnd(3, "0").slice(0, 3));
  return date.getTime() < 0 && /[1-9]/.test(fraction.slice(3)) ? whole + 1 : whole;
}

type DateFields = Readonly<
  Partial<Record<"year" | "month" | "day" | "hour" | "minute" | "second", string | undefined>>
>;

function dateOf(text: string, { year, month, day, hour = "0", minute = "0", second = "0" }: DateFields): Date {
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const isReal = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (!isReal || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) throw notParsed(text);
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  return date;
}

const notParsed = (text: string): CommandError => conversionFailure(`Error parsing date string '${text}'`);
