// Serials without a lease: of an older agent, whose life shows in its machine's row alone, or damaged by hand. They are
// free once that machine was silent for the lease time; otherwise one such row would be out of use for ever.
import type { UpdateFilter } from "mongodb";
import type { SerialDocument } from "./collections.ts";
import type { Store } from "./connect.ts";
import { majorityRead, majorityWrite } from "./coordination.ts";

const hasNoLease = { beat_at: { $not: { $type: "date" as const } } };

type UnleasedRow = Partial<Pick<SerialDocument, "assigned_to" | "beat_at">> & { readonly serial: number };

/** Which of these rows nobody is behind any more. One read, none where every row has a lease. */
export async function findAbandonedSerials(
  store: Store,
  rows: readonly UnleasedRow[],
  silentMs: number,
): Promise<ReadonlySet<number>> {
  const unleased = rows.filter(({ beat_at }) => !(beat_at instanceof Date));
  if (unleased.length === 0) return new Set();
  const owners = unleased.map(({ assigned_to }) => assigned_to).filter((owner) => typeof owner === "string");
  const lastSeen = { $convert: { input: "$last_seen", to: "date", onError: null, onNull: null } };
  const isSeen = { $expr: { $gt: [lastSeen, { $subtract: ["$$NOW", silentMs] }] } };
  const machines = await store.machines
    .find({ machine_id: { $in: owners }, ...isSeen }, { ...majorityRead, projection: { machine_id: 1 } })
    .toArray();
  const seen = new Set<unknown>(machines.map(({ machine_id }) => machine_id));
  return new Set(unleased.filter(({ assigned_to }) => !seen.has(assigned_to)).map(({ serial }) => serial));
}

/** Takes the row if it has no lease and its machine is silent; null when not. */
export async function takeAbandonedRow(
  store: Store,
  { serial, silentMs }: { readonly serial: number; readonly silentMs: number },
  update: UpdateFilter<SerialDocument>,
): Promise<SerialDocument | null> {
  const row = await store.serials.findOne({ serial, ...hasNoLease, assigned_to: { $ne: null } }, majorityRead);
  if (row === null || !(await findAbandonedSerials(store, [row], silentMs)).has(serial)) return null;
  // As seen: whoever was quicker has given it a lease, or another owner.
  const asSeen = { _id: row._id, assigned_to: row.assigned_to, ...hasNoLease };
  return store.serials.findOneAndUpdate(asSeen, update, { ...majorityWrite, returnDocument: "after" });
}
