// What somebody probably meant who wrote a field of a cron expression that is refused.
import { type CronField, cronFields, dayNames, monthNames } from "./cron-field.ts";
import { nearest } from "./nearest.ts";

/** A value that another field would take. */
export function hintForMisplaced(field: CronField, text: string): string | null {
  const upper = text.toUpperCase();
  const name = upper.split(/[-#]/)[0] ?? "";
  if (field.name !== "day of week") {
    if (includes(dayNames, name)) return `${name} is a day of week, the last field`;
    if (/^[0-7](#\d|L)$/.test(upper)) return `${upper} is a day of week, the last field`;
  }
  if (field.name !== "month" && includes(monthNames, name)) {
    return `${name} is a month, the field before the last`;
  }
  if (field.name !== "day of month" && /^(L-\d{1,2}|LW|\d{1,2}W)$/.test(upper)) {
    return `${upper} is a day of month, the field before the month`;
  }
  return null;
}

export function hintForValue(field: CronField, text: string): string | null {
  if (/^\d{1,4}$/.test(text)) return hintForNumber(field, Number(text));
  if (text === "?") return field.name.startsWith("day") ? '"?" stands alone' : 'did you mean "*"?';
  if (/^\*\d+$/.test(text)) return `did you mean "*/${text.slice(1)}"?`;
  if (text.includes(":")) return "minute and hour are fields of their own: 30 9";
  if (/#/.test(text) && field.name === "day of week") return "a month has a weekday up to 5 times: FRI#1 to FRI#5";
  if (/^L$/i.test(text) && field.name === "day of week") return "FRIL is the last Friday; L alone is a day of month";
  // Names are short: a longer word is at best one that begins with a name.
  const short = text.length > 12 ? "" : text;
  const name = field.names.find((known) => short.toUpperCase().startsWith(known)) ?? nearest(short, field.names);
  return name === null || name === undefined ? null : `did you mean "${name}"?`;
}

function hintForNumber({ name }: CronField, value: number): string | null {
  if (value >= 1000) return "years are not supported; start_at and end_at bound a schedule";
  if (name === "second" && value === 60) return "the full minute is 0";
  if (name === "minute" && value === 60) return "the full hour is 0";
  if (name === "hour" && value === 24) return "midnight is 0";
  if (name === "day of month" && value === 0) return "the first day is 1, the last one L";
  if (name === "month" && value === 0) return "January is 1";
  if (name === "day of week") return "Monday is 1, Sunday 0 or 7";
  return null;
}

/** `22-2` is either a slip or two ranges: the writer says which. */
export function hintForRange(
  field: CronField,
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
): string {
  const last = field.from + field.size - 1;
  if (field.names.length > 0 && from <= last) {
    return `did you mean "${field.names[from - field.from]}-${field.names[to - field.from]}"?`;
  }
  if (/^H/i.test(text)) return `did you mean "H(${to}-${from})"?`;
  return `did you mean "${from}-${last},${field.from}-${to}" or "${to}-${from}"?`;
}

export function hintForStep(field: CronField, text: string): string | null {
  if (/^0+$/.test(text)) return "a step is at least 1";
  const isTime = cronFields.indexOf(field) < 3;
  return isTime && /^\d+$/.test(text) ? "for longer intervals use every_sec" : null;
}

function includes(names: readonly string[], name: string): boolean {
  return names.includes(name);
}
