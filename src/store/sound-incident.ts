// Whether an incident is as agents write it. A person may have written anything there: such a document is passed over,
// for one that broke the round would keep every other message from being sent.
import type { IncidentDocument, MessageDocument, TurnDocument } from "./collections.ts";

export function isSoundIncident({ begin, end, channels, messages, ...incident }: IncidentDocument): boolean {
  return (
    typeof incident.subject === "string" &&
    Number.isSafeInteger(incident.number) &&
    ["string", "undefined"].includes(typeof incident.machine_id) &&
    incident.last_run_for instanceof Date &&
    isTurn(begin) &&
    (end === null || isTurn(end)) &&
    Array.isArray(channels) &&
    channels.every((channel) => typeof channel === "string") &&
    Array.isArray(messages) &&
    messages.every(isMessage)
  );
}

function isTurn(turn: TurnDocument | null): boolean {
  return (
    turn?.at instanceof Date &&
    turn.since instanceof Date &&
    typeof turn.event === "string" &&
    typeof turn.hostname === "string" &&
    isTextOrNull(turn.run_id)
  );
}

function isMessage(message: MessageDocument | null): boolean {
  return (
    typeof message?.channel === "string" &&
    typeof message.event === "string" &&
    Number.isSafeInteger(message.tries) &&
    message.due_at instanceof Date &&
    [message.claimed_at, message.sent_at, message.given_up_at].every((at) => at === null || at instanceof Date)
  );
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === "string";
}
