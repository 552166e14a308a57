// A point in time: a date of the database, or text in RFC 3339.
import { type FieldReader, refuse } from "./field-readers.ts";

/** Milliseconds since the epoch of the date or text in field `key`, or undefined when missing or broken (reported). */
export function parseInstant(reader: FieldReader, key: string): number | undefined {
  const value = reader.fields.get(key);
  if (value === undefined) return undefined;
  const instant =
    value instanceof Date ? value.getTime() : typeof value === "string" ? instantOfText(value) : Number.NaN;
  if (!Number.isNaN(instant)) return instant;
  return refuse(reader, {
    key,
    expected: "a date, or a text such as 2026-08-01T09:00:00Z or 2026-08-01T09:00:00+02:00",
  });
}

/** RFC 3339; the seconds may be missing. NaN for any other text: without an offset it would depend on who reads it. */
export function instantOfText(text: string): number {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?(?:\.(\d{1,9}))?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i.exec(text);
  if (match === null) return Number.NaN;
  const [, date = "", time = "", seconds = ":00", fraction = "", offset = ""] = match;
  const fields = `${date}T${time}${seconds}.${fraction.slice(0, 3).padEnd(3, "0")}Z`;
  const asUtc = new Date(fields);
  // 30 February would become 2 March, and 24:00 the next day.
  if (Number.isNaN(asUtc.getTime()) || asUtc.toISOString() !== fields) return Number.NaN;
  if (offset.toUpperCase() === "Z") return asUtc.getTime();
  const [hours = 0, minutes = 0] = offset.slice(1).split(":").map(Number);
  const offsetMs = (hours * 60 + minutes) * 60_000;
  return asUtc.getTime() - (offset.startsWith("-") ? -offsetMs : offsetMs);
}
