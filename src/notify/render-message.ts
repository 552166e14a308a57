// What people read. Every text comes from a record whose secrets are masked, and is masked again here: a secret may have
// been added since.
import type { Mask } from "../chain/masking.ts";
import { cutText } from "../chain/response-sample.ts";
import type { IncidentDocument, IncidentEvent, TurnDocument } from "../store/collections.ts";

/** The body of a webhook, as JSON; the other kinds of channels get `text` alone. */
export interface Message {
  readonly event: IncidentEvent | "test";
  readonly text: string;
  readonly incident_id: string;
  readonly at: string;
  readonly job: string | null;
  readonly run_id: string | null;
  readonly scheduled_for: string | null;
  readonly reason: string | null;
  readonly hostname: string;
}

const longestText = 1_000;

/** The message about the beginning (`event` of it) or the end of an incident. */
export function renderMessage(incident: IncidentDocument, event: IncidentEvent, mask: Mask): Message {
  const turn = incident.end !== null && incident.end.event === event ? incident.end : incident.begin;
  const masked = (text: string | null | undefined) => (typeof text === "string" ? mask(text) : null);
  const isOfRun = turn.run_id !== null;
  return {
    event,
    text: cutText(mask(renderText(incident, turn)), longestText),
    incident_id: incident._id,
    at: turn.at.toISOString(),
    job: masked(incident.job_name),
    run_id: masked(turn.run_id),
    scheduled_for: isOfRun ? turn.since.toISOString() : null,
    reason: masked(turn.reason),
    hostname: mask(turn.hostname),
  };
}

function renderText({ job_name, begin, slow_ms }: IncidentDocument, turn: TurnDocument): string {
  const host = turn.hostname;
  const lasted = renderDuration(turn.at.getTime() - begin.at.getTime());
  if (turn.event === "silent") return `machine ${host} is silent: no heartbeat since ${turn.since.toISOString()}`;
  if (turn.event === "back") return `machine ${host} is back, after ${lasted}`;
  const job = `job ${job_name}`;
  if (turn.event === "recovered")
    return `${job} ${begin.event === "slow" ? "is quick again" : "recovered"} after ${lasted}`;
  const what = whatHappened[turn.event] ?? `took longer than ${(slow_ms ?? 0) / 1_000} s`;
  const why = turn.reason === null ? "" : `: ${turn.reason}`;
  // A missed run was on no machine: its host is the one that noticed.
  const where = turn.event === "missed" ? "" : `, on ${host}`;
  return `${job} ${what}${why} (due ${turn.since.toISOString()}${where})`;
}

const whatHappened: Partial<Readonly<Record<IncidentEvent, string>>> = {
  failed: "failed",
  missed: "was missed",
  lost: "was lost",
};

/** `45 s`, `12 min`, `3 h 5 min`. */
function renderDuration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.max(0, Math.round(ms / 1_000))} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
