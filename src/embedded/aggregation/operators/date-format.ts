// The format of $dateToString.
import { CommandError } from "../../command-error.ts";
import { dayOfYear, isoDayOfWeek, isoWeek, isoWeekYear, weekOfYear } from "./calendar.ts";

const padded = (value: number, width: number): string => String(value).padStart(width, "0");

const fields: Readonly<Record<string, (date: Date, offset: number) => string>> = {
  Y: (date) => year(date.getUTCFullYear()),
  G: (date) => year(isoWeekYear(date)),
  m: (date) => padded(date.getUTCMonth() + 1, 2),
  d: (date) => padded(date.getUTCDate(), 2),
  H: (date) => padded(date.getUTCHours(), 2),
  M: (date) => padded(date.getUTCMinutes(), 2),
  S: (date) => padded(date.getUTCSeconds(), 2),
  L: (date) => padded(date.getUTCMilliseconds(), 3),
  j: (date) => padded(dayOfYear(date), 3),
  w: (date) => String(date.getUTCDay() + 1),
  u: (date) => String(isoDayOfWeek(date)),
  U: (date) => padded(weekOfYear(date), 2),
  V: (date) => padded(isoWeek(date), 2),
  z: (_, offset) => signedOffset(offset / 60_000),
  Z: (_, offset) => String(offset / 60_000),
  "%": () => "%",
};

/** `date` holds the wall clock in its UTC fields; `offset` in milliseconds. Throws CommandError. */
export function formatDate(format: string, date: Date, offset: number): string {
  return format.replace(/%(.|$)/gsu, (_, letter: string) => {
    if (letter === "") throw new CommandError(18535, "Unmatched '%' at end of format string");
    const field = Object.hasOwn(fields, letter) ? fields[letter] : undefined;
    if (field === undefined) {
      throw new CommandError(18536, `Invalid format character '%${letter}' in format string`);
    }
    return field(date, offset);
  });
}

function year(value: number): string {
  if (value >= 0 && value <= 9999) return padded(value, 4);
  const problem = "Could not convert date to string: date component was outside the supported range of 0-9999";
  throw new CommandError(18537, `${problem}: ${value}`);
}

function signedOffset(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${padded(Math.floor(size / 60), 2)}${padded(size % 60, 2)}`;
}
