// A job document, whatever it holds, into a job or the list of everything that is wrong with it. Never throws.
import { type FieldReader, readBoolean, readLine, readText, readWhole, refuse } from "./field-readers.ts";
import type { InvalidJob, Job, JobId } from "./job.ts";
import { revOf } from "./job-rev.ts";
import { checkFields, type KnownFields } from "./known-fields.ts";
import {
  belongsElsewhere,
  type HttpDefaults,
  inheritedFields,
  parseActionDefaults,
  requestFields,
  unsupportedRequestFields,
} from "./parse-action.ts";
import { parseActions } from "./parse-actions.ts";
import { jobConditionFields, parseCondition } from "./parse-condition.ts";
import { type NotifyDefaults, parseNotify } from "./parse-notify.ts";
import { readUrl } from "./parse-request.ts";
import { parseSchedule, type ScheduleDefaults, scheduleFields } from "./parse-schedule.ts";
import { plainDocument } from "./plain-document.ts";
import { idTextOf } from "./plain-value.ts";
import { newProblemList } from "./problem-list.ts";
import type { AgentSettings } from "./settings.ts";

/** What a job gets from the config where it says nothing itself. */
export interface JobDefaults {
  readonly tz: string;
  readonly httpDefaults: HttpDefaults;
  readonly notify?: NotifyDefaults;
  /** For files: a document without `_id` goes by its name. */
  readonly allowMissingId?: boolean;
}

/** The defaults that a config gives. */
export function jobDefaults(settings: DefaultSettings): JobDefaults {
  const { tz, httpDefaults, notify, notifyDefault } = settings;
  return { tz, httpDefaults, notify: { policy: notifyDefault, channels: [...notify.keys()] } };
}

/** What of the config decides how a job is read. */
export type DefaultSettings = Pick<AgentSettings, "tz" | "httpDefaults" | "notify" | "notifyDefault">;

export const jobFields: KnownFields = {
  known: [
    "_id",
    "name",
    "description",
    "group",
    "enabled",
    ...scheduleFields,
    ...requestFields,
    ...inheritedFields,
    "when",
    "actions",
    "overlap",
    "start_grace_sec",
    "deadline_sec",
    "catch_up",
    "notify",
    "ping_url",
  ],
  unsupported: unsupportedRequestFields,
  elsewhere: { ...belongsElsewhere, continue_on_failure: "an action of actions" },
};

const longestName = 200;
/** A week. */
const longestDeadlineSec = 604_800;

/** In place of an `_id` that is missing or can't be one. */
const noIdText = "(no usable _id)";

/**
 * The job a document defines, or all its problems at once. `document` may be anything, also a value that no database
 * holds: cyclic, huge, nested without end, or with accessors that throw.
 */
export function parseJob(document: unknown, defaults: JobDefaults): { job: Job } | { invalid: InvalidJob } {
  const problems = newProblemList();
  const fields = plainDocument(document, problems);
  const identity = identityOf(document, defaults);
  if (fields === null) return { invalid: { ...identity, problems: problems.problems } };

  const job = parseFields({ path: "", fields, problems }, identity, defaults);
  return problems.problems.length === 0 ? { job } : { invalid: { ...identity, problems: problems.problems } };
}

interface Identity {
  readonly id: JobId;
  readonly idText: string;
  readonly name: string | null;
}

function identityOf(document: unknown, { allowMissingId }: JobDefaults): Identity {
  const name = nameOf(rawField(document, "name"));
  const id = rawField(document, "_id");
  if (id === undefined && allowMissingId === true) return { id: name, idText: name ?? noIdText, name };
  return { id, idText: idTextOf(id) ?? noIdText, name };
}

function nameOf(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const fields = new Map([["name", value]]);
  return readLine({ path: "", fields, problems: newProblemList() }, "name", longestName) ?? null;
}

/** As the driver gave it: a filter by `_id` must match its type. */
function rawField(document: unknown, key: string): unknown {
  try {
    return typeof document === "object" && document !== null && Object.hasOwn(document, key)
      ? Reflect.get(document, key)
      : undefined;
  } catch {
    return undefined;
  }
}

function parseFields(reader: FieldReader, { id, idText, name }: Identity, defaults: JobDefaults): Job {
  const meant = checkFields(reader, jobFields);
  checkIdentity(reader, id, { meant, defaults });
  readText(reader, "description");
  readLine(reader, "group", longestName);
  const overlap = parseOverlap(reader);
  return {
    id,
    idText,
    name: name ?? "",
    enabled: readBoolean(reader, "enabled") ?? true,
    ...parseTimes(reader, { tz: defaults.tz, idText }, meant),
    when: parseCondition(reader, jobConditionFields),
    overlap,
    catchUp: parseCatchUp(reader, overlap),
    startGraceSec: readWhole(reader, "start_grace_sec", { from: 0, to: Number.MAX_SAFE_INTEGER }) ?? null,
    deadlineSec: readWhole(reader, "deadline_sec", { from: 1, to: longestDeadlineSec }) ?? null,
    actions: parseActions(reader, parseActionDefaults(reader, { ...defaults.httpDefaults, expect: null }), meant),
    notify: parseNotify(reader, defaults.notify),
    pingUrl: readUrl(reader, "ping_url") ?? null,
    rev: revOf(reader.fields),
    hints: reader.problems.hints,
  };
}

function checkIdentity(
  reader: FieldReader,
  id: JobId,
  { meant, defaults }: { readonly meant: ReadonlySet<string>; readonly defaults: JobDefaults },
): void {
  const isMissing = !reader.fields.has("_id");
  if (isMissing ? defaults.allowMissingId !== true : idTextOf(id) === null) {
    refuse(reader, { key: "_id", expected: "an ObjectId, a text of 1-200 characters, a UUID or a whole number" });
  }
  readLine(reader, "name", longestName);
  if (!reader.fields.has("name") && !meant.has("name")) refuse(reader, { key: "name", expected: "the job's name" });
}

function parseTimes(
  reader: FieldReader,
  defaults: ScheduleDefaults,
  meant: ReadonlySet<string>,
): Pick<Job, "tz" | "schedule"> {
  const schedule = parseSchedule(reader, defaults, meant);
  return { tz: schedule.tz, schedule };
}

/** Several late runs of one job at once would only refuse each other where runs may not overlap. */
function parseCatchUp(reader: FieldReader, overlap: Job["overlap"]): Job["catchUp"] {
  const value = reader.fields.get("catch_up");
  if (value === undefined || value === "none" || value === "last") return value ?? "none";
  if (value !== "all") return refuse(reader, { key: "catch_up", expected: '"none", "last" or "all"' }) ?? "none";
  if (overlap === "skip") refuse(reader, { key: "catch_up", expected: '"all" only beside overlap: "allow"' });
  return "all";
}

function parseOverlap(reader: FieldReader): Job["overlap"] {
  const value = reader.fields.get("overlap");
  if (value === "skip" || value === "allow") return value;
  if (value !== undefined) refuse(reader, { key: "overlap", expected: '"skip" or "allow"' });
  return "skip";
}
