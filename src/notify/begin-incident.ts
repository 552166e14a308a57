// How an incident begins: the document with its first messages, inserted in one write.
import type { IncidentDocument, IncidentEvent, MessageDocument } from "../store/collections.ts";
import { beginIncident } from "../store/incidents.ts";
import type { NotifyDeps } from "./notify-deps.ts";

export type NewIncident = Pick<
  IncidentDocument,
  "subject" | "number" | "job_id" | "job_name" | "machine_id" | "begin" | "last_run_for" | "slow_ms" | "recovered"
> & { readonly channels: readonly string[] };

/** Null when another agent began it. */
export async function beginNewIncident(deps: NotifyDeps, fields: NewIncident): Promise<IncidentDocument | null> {
  const incident: IncidentDocument = {
    _id: deps.newId(),
    ...fields,
    state: "open",
    end: null,
    channels: [...fields.channels],
    messages: newMessages(fields.begin.event, fields.channels, fields.begin.at),
    expires_at: null,
  };
  if (!(await beginIncident(deps.store, incident))) return null;
  const { subject, begin } = incident;
  deps.log.info({ incidentId: incident._id, subject, event: begin.event }, "incident begun");
  return incident;
}

/** One for each channel, to be sent at once. */
export function newMessages(event: IncidentEvent, channels: readonly string[], at: Date): MessageDocument[] {
  const unsent = { claimed_at: null, claimed_by: null, tries: 0, sent_at: null, given_up_at: null, error: null };
  return channels.map((channel) => ({ event, channel, due_at: at, ...unsent }));
}
