// What holds for the whole fleet. One document, `meta {_id: "fleet"}`.

import type { Store } from "./connect.ts";
import { majorityRead, majorityWrite, repeatWhileUnknown } from "./coordination.ts";
import { classifyWrite } from "./outcome.ts";

const fleetId = "fleet";

/** The fleet's zone; the first agent that asks decides it. */
export async function claimFleetZone(store: Store, tz: string): Promise<string> {
  const known = await findFleetZone(store);
  if (known !== null) return known;
  try {
    // Matches no document that has a zone: then the insert is refused by _id, and somebody else was first.
    const update = { $set: { tz } };
    await repeatWhileUnknown(() =>
      store.meta.updateOne({ _id: fleetId, tz: { $not: { $type: "string" } } }, update, {
        ...majorityWrite,
        upsert: true,
      }),
    );
  } catch (error) {
    const outcome = classifyWrite(error);
    if (outcome.outcome === "unknown" || outcome.reason !== "duplicate") throw error;
  }
  return (await findFleetZone(store)) ?? tz;
}

/** null when no agent ever ran. */
export async function findFleetZone(store: Store): Promise<string | null> {
  const document = await store.meta.findOne({ _id: fleetId }, majorityRead);
  return typeof document?.tz === "string" ? document.tz : null;
}

/** For an administrator: agents read the zone at their start. */
export async function setFleetZone(store: Store, tz: string): Promise<void> {
  await repeatWhileUnknown(() =>
    store.meta.updateOne({ _id: fleetId }, { $set: { tz } }, { ...majorityWrite, upsert: true }),
  );
}

/** Asks for a write that changes nothing. Throws what the driver throws where writes are refused or no majority answers. */
export async function checkWritable(store: Store): Promise<void> {
  const nothing = { _id: "doctor", tz: { $exists: false } };
  await store.meta.updateOne(nothing, { $set: { tz: "" } }, majorityWrite);
}
