// How incidents of jobs end: with the first good run after the last bad one. Asked of the runs themselves, and only where
// an incident is open, so that a good run of a job without one costs nothing.
import { idTextOf } from "../model/plain-value.ts";
import type { IncidentDocument, TurnDocument } from "../store/collections.ts";
import { findGoodRun } from "../store/due-runs.ts";
import { endIncident } from "../store/incidents.ts";
import { findStoredJobs } from "../store/jobs.ts";
import { newMessages } from "./begin-incident.ts";
import type { NotifyDeps } from "./notify-deps.ts";

const askedAtOnce = 20;

/** Ends what is over; answers whether anything was. */
export async function endIncidents(deps: NotifyDeps, unsettled: readonly IncidentDocument[]): Promise<boolean> {
  const open = unsettled.filter(({ state, machine_id }) => state === "open" && machine_id === undefined);
  let isAnyOver = false;
  for (let i = 0; i < open.length; i += askedAtOnce) {
    const ended = await Promise.all(open.slice(i, i + askedAtOnce).map((incident) => endIfOver(deps, incident)));
    isAnyOver ||= ended.includes(true);
  }
  return isAnyOver;
}

async function endIfOver(deps: NotifyDeps, incident: IncidentDocument): Promise<boolean> {
  const { store, log } = deps;
  const { _id: incidentId, job_id: jobId, job_name: job, last_run_for: from, slow_ms: slowMs } = incident;
  if (idTextOf(jobId) === null) return false;
  const good = await findGoodRun(store, { jobId, from, slowMs });
  const at = new Date(deps.now());
  if (good !== null) {
    const { scheduled_for: since, hostname, _id: run_id, reason } = good;
    const end = { event: "recovered" as const, at, since, hostname, run_id, reason };
    const channels = incident.recovered ? incident.channels : [];
    await endIncident(store, incident, { end, messages: newMessages(end.event, channels, at) });
    log.info({ incidentId, job, runId: run_id }, "incident ended");
    return true;
  }
  // A job that is gone will have no good run: nobody is to wait for it, and there is nothing to tell.
  if ((await findStoredJobs(store, [jobId])).length > 0) return false;
  await endIncident(store, incident, { end: removal(at, incident.begin.hostname), messages: [] });
  log.info({ incidentId, job }, "incident ended: the job was removed");
  return true;
}

/** What was due until now, and is under way still, belongs to it and begins no other. */
export function removal(at: Date, hostname: string): TurnDocument {
  return { event: "removed", at, since: at, hostname, run_id: null, reason: null };
}
