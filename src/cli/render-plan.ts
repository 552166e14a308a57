// What `jobs apply` does, job by job.
import { type Instant, nextDue } from "../model/schedule.ts";
import type { JobDocument } from "../store/collections.ts";
import { diffJob, type FieldChange } from "./diff-job.ts";
import { jsonDocument } from "./json-document.ts";
import type { Output } from "./output.ts";
import type { JudgedDocument, PlannedJob } from "./plan-jobs.ts";
import { printable, printableId } from "./render-text.ts";
import { renderTime } from "./render-time.ts";

const styles = { created: "green", changed: "yellow", unchanged: "gray", removed: "red" } as const;

/** A line for each job, and for a changed one what changed in it and in when it is due. */
export function printPlan(output: Output, jobs: readonly PlannedJob[], now: number): void {
  for (const planned of jobs) {
    const { action, before, after } = planned;
    const next = renderNext(after, now);
    const tail = action === "created" ? `  next ${next}` : "";
    output.data(`${output.paint(styles[action], action.padEnd(9))}  ${nameOf(planned)}${tail}`);
    if (action !== "changed") continue;
    for (const change of changesOf(planned)) output.data(`  ${renderChange(change)}`);
    const was = renderNext(before, now);
    output.data(`  next: ${was}${was === next ? ", as before" : ` → ${next}`}`);
  }
}

/** As `--json` has it. */
export function planDocument(planned: PlannedJob, now: number): unknown {
  const { action, before, after } = planned;
  const document = documentOf(planned);
  return {
    name: document.name ?? null,
    _id: jsonDocument(document._id),
    action,
    changes: changesOf(planned).map(({ path, before: was = null, after: is = null }) => ({
      path,
      before: was,
      after: is,
    })),
    next_before: jsonTime(nextOf(before, now)),
    next: jsonTime(nextOf(after, now)),
  };
}

/** `2 created, 1 changed, 40 unchanged`. */
export function countPlan(jobs: readonly PlannedJob[]): string {
  const counts = Map.groupBy(jobs, ({ action }) => action);
  const actions = Object.keys(styles) as PlannedJob["action"][];
  return actions
    .flatMap((action) => (counts.has(action) ? [`${counts.get(action)?.length} ${action}`] : []))
    .join(", ");
}

function nameOf(planned: PlannedJob): string {
  const { name, _id } = documentOf(planned);
  return typeof name === "string" ? printable(name) : `(no name) ${printableId(_id)}`;
}

function documentOf({ before, after }: PlannedJob): JobDocument {
  return (after ?? before)?.document ?? {};
}

function changesOf({ action, before, after }: PlannedJob): readonly FieldChange[] {
  return action === "changed" && before !== null && after !== null ? diffJob(before.document, after.document) : [];
}

/** `minute: 0 → 30`. */
function renderChange({ path, before, after }: FieldChange): string {
  return `${printable(path)}: ${renderValue(before)} → ${renderValue(after)}`;
}

const longestValue = 80;

function renderValue(value: unknown): string {
  if (value === undefined) return "(none)";
  const text = printable(JSON.stringify(value));
  return text.length > longestValue ? `${text.slice(0, longestValue - 1)}…` : text;
}

function nextOf(one: JudgedDocument | null, now: number): Instant | null {
  const job = one?.judged.job;
  return job?.enabled ? nextDue(job.schedule, now) : null;
}

function renderNext(one: JudgedDocument | null, now: number): string {
  const job = one?.judged.job;
  if (job === null || job === undefined) return "never: invalid";
  if (!job.enabled) return "never: disabled";
  const next = nextOf(one, now);
  return next === null ? "never: ended" : `${renderTime(next, job.tz)} ${job.tz}`;
}

function jsonTime(at: Instant | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
