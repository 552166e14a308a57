// The schedule of a job: at its top level, in `schedules`, or both; the union counts.
import { type FieldReader, readClockNumber, readerAt, readList, readText, readWhole, refuse } from "./field-readers.ts";
import { checkFields, type KnownFields } from "./known-fields.ts";
import { nearest } from "./nearest.ts";
import { parseCron } from "./parse-cron.ts";
import { parseInstant } from "./parse-instant.ts";
import type { Plain } from "./plain-value.ts";
import { fieldPath } from "./problem-list.ts";
import { nextDue, type Rule, type Schedule } from "./schedule.ts";
import { isKnownZone, zoneNames } from "./zone.ts";
import { lastInstant } from "./zone-offset.ts";

const ruleFields = ["hour", "minute", "cron", "every_sec", "at"];
const boundFields = ["start_at", "end_at", "jitter_sec"];

export const scheduleFields: readonly string[] = [...ruleFields, "schedules", "tz", ...boundFields];

const entryFields: KnownFields = {
  known: ruleFields,
  elsewhere: Object.fromEntries(
    ["tz", ...boundFields].map((field) => [field, "the job itself: all its schedules share it"]),
  ),
};

const mostSchedules = 1000;
const longestInterval = 31_536_000;

/** A year would be no spreading of load any more. */
const longestJitter = 86_400;

export interface ScheduleDefaults {
  /** The zone of a job that names none. */
  readonly tz: string;
  /** The job's id: what `H` in cron expressions is spread by. */
  readonly idText: string;
}

/** The schedule of a job. `meant`: fields that misspelt ones were meant to be. */
export function parseSchedule(job: FieldReader, defaults: ScheduleDefaults, meant: ReadonlySet<string>): Schedule {
  const tz = parseZone(job) ?? defaults.tz;
  const known = job.problems.problems.length;
  if (!hasAny(job, [...ruleFields, "schedules"]) && !scheduleFields.some((field) => meant.has(field))) {
    refuse(job, { key: "hour", expected: "a schedule: hour and minute, cron, every_sec, at or schedules" });
  }
  const rules = [...parseRules(job, defaults), ...parseEntries(job, defaults)];
  const schedule = { tz, rules, ...parseBounds(job) };
  if (job.problems.problems.length === known) checkBounds(job, schedule);
  return schedule;
}

function parseBounds(job: FieldReader): Omit<Schedule, "tz" | "rules"> {
  const startAt = parseInstant(job, "start_at");
  const endAt = parseInstant(job, "end_at");
  const jitterSec = readWhole(job, "jitter_sec", { from: 0, to: longestJitter });
  return {
    ...(startAt === undefined ? {} : { startAt }),
    ...(endAt === undefined ? {} : { endAt }),
    ...(jitterSec === undefined ? {} : { jitterSec }),
  };
}

/** A schedule that was never due and never will be is a slip, other than one whose time is over. */
function checkBounds(job: FieldReader, schedule: Schedule): void {
  const { startAt, endAt } = schedule;
  if (startAt === undefined && endAt === undefined) return;
  if (nextDue(schedule, startAt === undefined ? -lastInstant : startAt - 1) !== null) return;
  const key = endAt === undefined ? "start_at" : "end_at";
  const expected =
    endAt === undefined
      ? "an instant up to which the schedule is not over"
      : startAt === undefined
        ? "an instant at which the schedule has begun"
        : "an instant after start_at that leaves the schedule some time to be due";
  refuse(job, { key, expected });
}

function parseEntries(job: FieldReader, defaults: ScheduleDefaults): readonly Rule[] {
  const expected = `a list of 1-${mostSchedules} schedules`;
  const entries = readList(job, "schedules", { expected, most: mostSchedules }) ?? [];
  return entries.flatMap(({ path, value }) => parseEntry(job, { path, value }, defaults));
}

function parseEntry(
  job: FieldReader,
  { path, value }: { readonly path: string; readonly value: Plain },
  defaults: ScheduleDefaults,
): readonly Rule[] {
  const hint = typeof value === "string" ? 'a cron expression is written {"cron": "0 3 * * *"}' : undefined;
  const entry = readerAt(job, { path, value, expected: 'an object such as {"hour": 9, "minute": 30}', hint });
  if (entry === undefined) return [];
  const meant = checkFields(entry, entryFields);
  if (!hasAny(entry, ruleFields) && meant.size === 0) {
    job.problems.add({ path, expected: "a schedule: hour and minute, cron, every_sec or at", value });
  }
  const rules = parseRules(entry, defaults);
  if (rules.length > 1) {
    job.problems.add({ path, expected: "one kind of schedule in each entry", got: `${rules.length} kinds` });
  }
  return rules;
}

/** The rules an object's own fields give: at most one of each kind. */
function parseRules(reader: FieldReader, { idText }: ScheduleDefaults): readonly Rule[] {
  const rules: Rule[] = [];
  if (hasAny(reader, ["hour", "minute"])) {
    rules.push({ kind: "classic", hour: parseHour(reader), minute: parseMinute(reader) });
  }
  rules.push(...parseCronRule(reader, idText));
  const everySec = readWhole(reader, "every_sec", { from: 1, to: longestInterval });
  if (everySec !== undefined) rules.push({ kind: "every", everySec });
  const at = parseInstant(reader, "at");
  if (at !== undefined) rules.push({ kind: "once", at });
  return rules;
}

function parseCronRule(reader: FieldReader, idText: string): readonly Rule[] {
  const text = readText(reader, "cron");
  if (text === undefined) return [];
  const path = fieldPath(reader.path, "cron");
  const parsed = parseCron(text, idText);
  if ("refusals" in parsed) {
    for (const { expected, got, hint } of parsed.refusals) {
      reader.problems.add({ path, expected, got, hint: hint ?? undefined });
    }
    return [];
  }
  const { expression, pattern, hint } = parsed.cron;
  if (hint !== null) reader.problems.hint(`${path}: ${hint}`);
  return [{ kind: "cron", expression, pattern }];
}

function parseHour(reader: FieldReader): number | null {
  const value = reader.fields.get("hour") ?? null;
  if (value === null) return null;
  const path = fieldPath(reader.path, "hour");
  const hint = cronHint(value, (field) => `0 ${field} * * *`);
  return readClockNumber(reader, { path, value, most: 23, or: " or null", hint }) ?? null;
}

function parseMinute(reader: FieldReader): number {
  const value = reader.fields.get("minute");
  if (value === undefined) return 0;
  // Not kindly "every minute": the same word means "every" for hours, and 60 runs an hour are a costly guess.
  const hint =
    value === null
      ? "leave it out for minute 0; for every minute write every_sec: 60"
      : cronHint(value, (field) => `${field} * * * *`);
  return readClockNumber(reader, { path: fieldPath(reader.path, "minute"), value, most: 59, hint }) ?? 0;
}

/** For `"minute": "*\/5"`: a field of a cron expression where a number is expected. */
function cronHint(value: Plain, expressionOf: (field: string) => string): string | undefined {
  if (typeof value !== "string" || !/[*,/-]/.test(value) || /\s/.test(value)) return undefined;
  const expression = expressionOf(value);
  return "cron" in parseCron(expression, "") ? `write "cron": "${expression}" instead` : undefined;
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
