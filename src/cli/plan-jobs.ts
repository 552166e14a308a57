// What `jobs apply` would do: the jobs of files beside those of the database.
import { idTextOf } from "../model/plain-value.ts";
import type { JobDocument } from "../store/collections.ts";
import { newJobId } from "../store/save-jobs.ts";
import { withDates } from "./job-dates.ts";
import { type JobRules, type JudgedJob, judgeJob } from "./judge-jobs.ts";
import type { FileJob } from "./read-jobs-file.ts";
import { printable, printableId } from "./render-text.ts";

export interface JudgedDocument {
  readonly document: JobDocument;
  readonly judged: JudgedJob;
}

export interface PlannedJob {
  readonly action: "created" | "changed" | "unchanged" | "removed";
  /** null: not there yet. */
  readonly before: JudgedDocument | null;
  /** null: it is to go. */
  readonly after: (JudgedDocument & { readonly file: string }) | null;
}

export interface JobPlan {
  readonly jobs: readonly PlannedJob[];
  /** What is wrong between jobs, one line each: a name twice, an `_id` that another job has. */
  readonly problems: readonly string[];
}

export interface PlanOptions {
  readonly rules: JobRules;
  /** Stored jobs of this group that no file has are removed; null: none. */
  readonly pruneGroup: string | null;
}

/** A job goes by its name: the stored one of that name is changed and keeps its `_id`. */
export function planJobs(
  files: readonly FileJob[],
  stored: readonly JobDocument[],
  { rules, pruneGroup }: PlanOptions,
): JobPlan {
  const problems: string[] = [];
  const byName = new Map(stored.map((document) => [document.name, document]));
  const byId = new Map(stored.map((document) => [idTextOf(document._id), document]));
  const seen = new Map<unknown, string>();
  const jobs = files.map(({ file, document }): PlannedJob => {
    const given = fieldsOf(document);
    const name = given?.name;
    const earlier = seen.get(name);
    if (typeof name === "string") {
      if (earlier !== undefined)
        problems.push(`${file}: ${printable(name)}: expected one job of that name, got another in ${earlier}`);
      seen.set(name, file);
    }
    const found = typeof name === "string" ? byName.get(name) : undefined;
    const clash = given?._id === undefined ? null : idClash(given._id, found, byId);
    if (clash !== null) problems.push(`${file}: ${printable(name)}: ${clash}`);
    return plan(file, { given, document, found }, rules);
  });
  const removed = stored.filter(({ name, group }) => pruneGroup !== null && group === pruneGroup && !seen.has(name));
  return { jobs: [...jobs, ...removed.map((document) => removal(document, rules))], problems };
}

interface Pair {
  /** null: what the file has is no object at all. */
  readonly given: JobDocument | null;
  readonly document: unknown;
  readonly found: JobDocument | undefined;
}

function plan(file: string, { given, document, found }: Pair, rules: JobRules): PlannedJob {
  // With the `_id` it will have: `H` in an expression is spread by it.
  const after = given === null ? null : { ...given, _id: found?._id ?? given._id ?? newJobId() };
  const judged = judgeJob(after ?? document, rules);
  // What is said of a new job names no `_id` that nobody has seen yet.
  const planned = { file, document: after ?? {}, judged: { ...judged, id: found?._id ?? given?._id } };
  if (found === undefined) return { action: "created", before: null, after: planned };
  const before = judgedOf(found, rules);
  const isSame = judged.job !== null && judged.job.rev === before.judged.job?.rev;
  return { action: isSame ? "unchanged" : "changed", before, after: planned };
}

function removal(document: JobDocument, rules: JobRules): PlannedJob {
  return { action: "removed", before: judgedOf(document, rules), after: null };
}

/** As a file would say it: an instant that is text in the database is the same as a date. */
function judgedOf(stored: JobDocument, rules: JobRules): JudgedDocument {
  const document = withDates(stored) as JobDocument;
  return { document, judged: judgeJob(document, rules) };
}

function idClash(
  given: unknown,
  found: JobDocument | undefined,
  byId: ReadonlyMap<string | null, JobDocument>,
): string | null {
  const text = idTextOf(given);
  if (found !== undefined) {
    return idTextOf(found._id) === text ? null : `_id: expected ${printableId(found._id)} or none, got ${text}`;
  }
  const holder = text === null ? undefined : byId.get(text);
  return holder === undefined ? null : `_id: expected one that is free, got that of ${printable(holder.name)}`;
}

function fieldsOf(document: unknown): JobDocument | null {
  return typeof document === "object" && document !== null && !Array.isArray(document) ? document : null;
}
