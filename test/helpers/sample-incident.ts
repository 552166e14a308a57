// Incidents and their messages to write tests with.
import { randomUUID } from "node:crypto";
import type { IncidentDocument, MessageDocument } from "../../src/store/collections.ts";

/** One that has just begun, with one message that nobody claimed yet. */
export function sampleIncident(fields: Partial<IncidentDocument> = {}): IncidentDocument {
  const now = new Date();
  return {
    ...{ _id: randomUUID(), subject: "failing:sample", number: 1, state: "open" },
    ...{ job_id: "sample", job_name: "sample" },
    begin: { event: "failed", at: now, since: now, hostname: "sample-host", run_id: "sample@run", reason: "it broke" },
    ...{ end: null, last_run_for: now, slow_ms: null, channels: ["ops"], recovered: true },
    ...{ messages: [sampleMessage()], expires_at: null },
    ...fields,
  };
}

export function sampleMessage(fields: Partial<MessageDocument> = {}): MessageDocument {
  return {
    ...{ event: "failed", channel: "ops", claimed_at: null, claimed_by: null, tries: 0 },
    ...{ due_at: new Date(0), sent_at: null, given_up_at: null, error: null },
    ...fields,
  };
}
