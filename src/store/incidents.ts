// `incidents`: what is in trouble, and what was told of it. Each step is a compare-and-set or an insert that a unique
// index decides, so that three agents that notice the same thing tell it once.
import type { Document } from "mongodb";
import type { IncidentDocument, MessageDocument, TurnDocument } from "./collections.ts";
import type { Store } from "./connect.ts";
import { majorityRead, majorityWrite, repeatWhileUnknown } from "./coordination.ts";
import { classifyWrite } from "./outcome.ts";
import { isSoundIncident } from "./sound-incident.ts";

export interface LatestIncident {
  /** null: there is none, or a person has broken it. */
  readonly incident: IncidentDocument | null;
  /** The number of the one to come. */
  readonly next: number;
}

export async function findLatestIncident(store: Store, subject: string): Promise<LatestIncident> {
  const filter: Document = { subject, number: { $type: "number" } };
  const incident = await store.incidents.findOne(filter, { ...majorityRead, sort: { number: -1 } });
  if (incident === null) return { incident, next: 1 };
  return { incident: isSoundIncident(incident) ? incident : null, next: Math.floor(incident.number) + 1 };
}

/** More come when these are over. */
const mostUnsettled = 10_000;

/** Those that go on, and those that are over with a message left to send. */
export async function findUnsettledIncidents(store: Store): Promise<readonly IncidentDocument[]> {
  const found = store.incidents.find({ expires_at: null }, { ...majorityRead, limit: mostUnsettled });
  return (await found.toArray()).filter(isSoundIncident);
}

/** False when another agent began this one: the same subject has an incident of that number. */
export function beginIncident(store: Store, incident: IncidentDocument): Promise<boolean> {
  return repeatWhileUnknown(async () => {
    try {
      await store.incidents.insertOne(incident, majorityWrite);
      return true;
    } catch (error) {
      const outcome = classifyWrite(error);
      if (outcome.outcome !== "not_applied" || outcome.reason !== "duplicate") throw error;
      // Its id is made anew for each: only an earlier try of ours can have inserted it.
      return outcome.onId;
    }
  });
}

/** Counts a later run to the incident. False when it is over. */
export async function extendIncident(store: Store, id: string, lastRunFor: Date): Promise<boolean> {
  const filter = { _id: id, state: "open" as const };
  const update = { $max: { last_run_for: lastRunFor } };
  return (await repeatWhileUnknown(() => store.incidents.updateOne(filter, update, majorityWrite))).matchedCount === 1;
}

/**
 * Ends it and leaves the messages that tell so, in one write. Nothing happens when it was ended, or a later run was
 * counted to it, since it was read.
 */
export async function endIncident(
  store: Store,
  { _id, last_run_for }: IncidentDocument,
  { end, messages }: { readonly end: TurnDocument; readonly messages: readonly MessageDocument[] },
): Promise<void> {
  const update = { $set: { state: "closed" as const, end }, $push: { messages: { $each: [...messages] } } };
  await repeatWhileUnknown(() =>
    store.incidents.updateOne({ _id, state: "open", last_run_for }, update, majorityWrite),
  );
}

/** It is over and told: kept until `at`. */
export async function expireIncident(store: Store, id: string, at: Date): Promise<void> {
  const filter = { _id: id, state: "closed" as const, expires_at: null };
  await repeatWhileUnknown(() => store.incidents.updateOne(filter, { $set: { expires_at: at } }, majorityWrite));
}
