// `meta {_id: "sweep", resolved_until}`: up to there every occurrence of the fleet has its record.
import type { Document } from "mongodb";
import type { Store } from "./connect.ts";
import { majorityRead, majorityWrite, nullIfDuplicate, repeatWhileUnknown } from "./coordination.ts";

const sweepId = "sweep";

/** `absent`: no sweep ever was. `broken`: a hand has put something else than a date there. */
export type ResolvedUntil = Date | "absent" | "broken";

export async function findResolvedUntil(store: Store): Promise<ResolvedUntil> {
  const document = await store.meta.findOne({ _id: sweepId }, { ...majorityRead, projection: { resolved_until: 1 } });
  if (document === null) return "absent";
  const { resolved_until: until } = document;
  return until instanceof Date && !Number.isNaN(until.getTime()) ? until : "broken";
}

/** Where sweeping begins in a fleet that never swept; another agent's beginning stands. */
export async function beginSweeps(store: Store, at: Date): Promise<void> {
  const begin = { $setOnInsert: { resolved_until: at } };
  await repeatWhileUnknown(() =>
    nullIfDuplicate(store.meta.updateOne({ _id: sweepId }, begin, { ...majorityWrite, upsert: true })),
  );
}

/**
 * Puts a usable date where `findResolvedUntil` saw none, or one that no server can have written yet. Sweeping again what
 * was swept does no harm.
 */
export async function resetResolvedUntil(
  store: Store,
  seen: Exclude<ResolvedUntil, "absent">,
  to: Date,
): Promise<void> {
  // A date outside what a program can tell is one for the server, so the type alone would not do.
  const isUnusable = {
    $or: [{ $ne: [{ $type: "$resolved_until" }, "date"] }, { $gt: ["$resolved_until", "$$NOW"] }, isAncient],
  };
  const filter: Document = seen === "broken" ? { $expr: isUnusable } : { resolved_until: seen };
  await repeatWhileUnknown(() =>
    store.meta.updateOne({ ...filter, _id: sweepId }, { $set: { resolved_until: to } }, majorityWrite),
  );
}

const isAncient = { $lt: ["$resolved_until", new Date(0)] };

/** Moves on, never back; and never past the server's own clock, whatever an agent believes. */
export async function advanceResolvedUntil(store: Store, to: Date): Promise<void> {
  const filter = { _id: sweepId, $expr: { $lte: [to, "$$NOW"] } };
  await repeatWhileUnknown(() => store.meta.updateOne(filter, { $max: { resolved_until: to } }, majorityWrite));
}
