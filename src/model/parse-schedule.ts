// The schedule of a job: at its top level, in `schedules`, or both; the union counts.
import { type FieldReader, readClockNumber, readerAt, readList, readText, readWhole, refuse } from "./field-readers.ts";
import { checkFields, type KnownFields } from "./known-fields.ts";
import { nearest } from "./nearest.ts";
import { parseInstant } from "./parse-instant.ts";
import type { Plain } from "./plain-value.ts";
import { fieldPath } from "./problem-list.ts";
import type { Rule, Schedule } from "./schedule.ts";
import { isKnownZone, zoneNames } from "./zone.ts";

const ruleFields = ["hour", "minute", "every_sec", "at"];

export const scheduleFields: readonly string[] = [...ruleFields, "schedules", "tz"];

export const unsupportedScheduleFields: Readonly<Record<string, string>> = {
  cron: "cron schedules are",
  start_at: "start_at is",
  end_at: "end_at is",
  jitter_sec: "jitter_sec is",
};

const entryFields: KnownFields = {
  known: ruleFields,
  unsupported: unsupportedScheduleFields,
  elsewhere: { tz: "the job itself: all its schedules share a zone" },
};

const mostSchedules = 1000;
const longestInterval = 31_536_000;

/** The schedule of a job, in `defaultTz` when it names no zone. `meant`: fields that misspelt ones were meant to be. */
export function parseSchedule(job: FieldReader, defaultTz: string, meant: ReadonlySet<string>): Schedule {
  const tz = parseZone(job) ?? defaultTz;
  if (!hasAny(job, [...ruleFields, "schedules", "cron"]) && !scheduleFields.some((field) => meant.has(field))) {
    refuse(job, { key: "hour", expected: "a schedule: hour and minute, every_sec, at or schedules" });
  }
  return { tz, rules: [...parseRules(job), ...parseEntries(job)] };
}

function parseEntries(job: FieldReader): readonly Rule[] {
  const expected = `a list of 1-${mostSchedules} schedules`;
  const entries = readList(job, "schedules", { expected, most: mostSchedules }) ?? [];
  return entries.flatMap(({ path, value }) => parseEntry(job, path, value));
}

function parseEntry(job: FieldReader, path: string, value: Plain): readonly Rule[] {
  const hint = typeof value === "string" ? "cron schedules are not supported by this version" : undefined;
  const entry = readerAt(job, { path, value, expected: 'an object such as {"hour": 9, "minute": 30}', hint });
  if (entry === undefined) return [];
  const meant = checkFields(entry, entryFields);
  if (!hasAny(entry, [...ruleFields, "cron"]) && meant.size === 0) {
    job.problems.add({ path, expected: "a schedule: hour and minute, every_sec or at", value });
  }
  const rules = parseRules(entry);
  if (rules.length > 1) {
    job.problems.add({ path, expected: "one kind of schedule in each entry", got: `${rules.length} kinds` });
  }
  return rules;
}

/** The rules an object's own fields give: at most one of each kind. */
function parseRules(reader: FieldReader): readonly Rule[] {
  const rules: Rule[] = [];
  if (hasAny(reader, ["hour", "minute"])) {
    rules.push({ kind: "classic", hour: parseHour(reader), minute: parseMinute(reader) });
  }
  const everySec = readWhole(reader, "every_sec", { from: 1, to: longestInterval });
  if (everySec !== undefined) rules.push({ kind: "every", everySec });
  const at = parseInstant(reader, "at");
  if (at !== undefined) rules.push({ kind: "once", at });
  return rules;
}

function parseHour(reader: FieldReader): number | null {
  const value = reader.fields.get("hour") ?? null;
  if (value === null) return null;
  const path = fieldPath(reader.path, "hour");
  return readClockNumber(reader, { path, value, most: 23, or: " or null" }) ?? null;
}

function parseMinute(reader: FieldReader): number {
  const value = reader.fields.get("minute");
  if (value === undefined) return 0;
  // Not kindly "every minute": the same word means "every" for hours, and 60 runs an hour are a costly guess.
  const hint = value === null ? "leave it out for minute 0; for every minute write every_sec: 60" : undefined;
  return readClockNumber(reader, { path: fieldPath(reader.path, "minute"), value, most: 59, hint }) ?? 0;
}

function parseZone(job: FieldReader): string | undefined {
  const tz = readText(job, "tz");
  if (tz === undefined || isKnownZone(tz)) return tz;
  const near = tz.length > 40 ? null : nearest(tz, zoneNames());
  const hint = near === null ? undefined : `did you mean "${near}"?`;
  return refuse(job, { key: "tz", expected: "a time zone such as Europe/Berlin or UTC", hint });
}

function hasAny(reader: FieldReader, keys: readonly string[]): boolean {
  return keys.some((key) => reader.fields.has(key));
}
