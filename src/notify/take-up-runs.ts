// From runs that ended badly to incidents. The mark on a run goes only when an incident stands for it: whoever dies in
// between, another agent finds the mark and comes to the same end.
import { idTextOf } from "../model/plain-value.ts";
import type { IncidentDocument } from "../store/collections.ts";
import { clearDueRuns, type DueRun, findDueRuns, isBadInARow } from "../store/due-runs.ts";
import { extendIncident, findLatestIncident } from "../store/incidents.ts";
import { beginNewIncident } from "./begin-incident.ts";
import type { NotifyDeps } from "./notify-deps.ts";

const runsAtOnce = 1_000;
const subjectsAtOnce = 20;

/** Takes up what is marked; answers whether there may be more. */
export async function takeUpRuns(deps: NotifyDeps): Promise<boolean> {
  const runs = await findDueRuns(deps.store, runsAtOnce);
  const sound = runs.filter(isTellable);
  const kept = new Set<DueRun>();
  const bySubject = [...Map.groupBy(sound, subjectOf)];
  for (let i = 0; i < bySubject.length; i += subjectsAtOnce) {
    const some = bySubject.slice(i, i + subjectsAtOnce);
    const left = await Promise.all(some.map(([subject, ofIt]) => takeUpSubject(deps, subject, ofIt)));
    for (const run of left.flat()) kept.add(run);
  }
  const done = runs.filter((run) => !kept.has(run)).map(({ _id }) => _id);
  await clearDueRuns(deps.store, done);
  return runs.length === runsAtOnce && done.length > 0;
}

/** A mark that a person broke, and one of a run whose owner ended it well after all, are only cleared. */
function isTellable({ job_id, scheduled_for, status, hostname, notify_due: due }: DueRun): boolean {
  const isSound =
    idTextOf(job_id) !== null &&
    scheduled_for instanceof Date &&
    typeof hostname === "string" &&
    typeof due?.event === "string" &&
    Number.isSafeInteger(due.after) &&
    Array.isArray(due.channels) &&
    due.channels.every((channel) => typeof channel === "string");
  return isSound && (status !== "ok" || due.event === "slow");
}

function subjectOf({ job_id, notify_due }: DueRun): string {
  return `${notify_due.event === "slow" ? "slow" : "failing"}:${idTextOf(job_id)}`;
}

/** Runs in the order they were due. Answers those that stay marked, because another agent was at the same incident. */
async function takeUpSubject(deps: NotifyDeps, subject: string, runs: readonly DueRun[]): Promise<readonly DueRun[]> {
  let { incident, next } = await findLatestIncident(deps.store, subject);
  const extending: DueRun[] = [];
  for (const [i, run] of runs.entries()) {
    if (incident !== null && covers(incident, run)) {
      if (incident.state === "open" && run.scheduled_for > incident.last_run_for) extending.push(run);
    } else if (await isTrouble(deps, run)) {
      incident = await begin(deps, { subject, number: next, run });
      if (incident === null) return runs.slice(i);
      next++;
    }
  }
  const last = extending.at(-1);
  if (incident === null || last === undefined) return [];
  return (await extendIncident(deps.store, incident._id, last.scheduled_for)) ? [] : extending;
}

/** An incident reaches from the run that began it to the run that ended it; what was due in between belongs to it. */
function covers({ state, begin, end, last_run_for }: IncidentDocument, { scheduled_for: at }: DueRun): boolean {
  return state === "open" || (at >= begin.since && at <= (end?.since ?? last_run_for));
}

function isTrouble({ store }: NotifyDeps, { job_id: jobId, scheduled_for: at, notify_due }: DueRun): Promise<boolean> {
  return isBadInARow(store, { jobId, at, count: notify_due.after });
}

function begin(
  deps: NotifyDeps,
  { subject, number, run }: { readonly subject: string; readonly number: number; readonly run: DueRun },
): Promise<IncidentDocument | null> {
  const { notify_due: due, scheduled_for: since, hostname, reason } = run;
  return beginNewIncident(deps, {
    ...{ subject, number, job_id: run.job_id, job_name: run.job_name },
    begin: { event: due.event, at: new Date(deps.now()), since, hostname, run_id: run._id, reason },
    last_run_for: since,
    slow_ms: due.slow_ms,
    channels: due.channels,
    recovered: due.recovered,
  });
}
