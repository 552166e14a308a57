// Places in the line. A serial decides who goes first and how late, never who may send: whatever goes wrong here can
// change order and delay only.
import type { Document } from "mongodb";
import { takeAbandonedRow } from "./abandoned-serials.ts";
import type { SerialDocument } from "./collections.ts";
import type { Store } from "./connect.ts";
import { leaseExpired, majorityRead, majorityWrite, nullIfDuplicate, repeatWhileUnknown } from "./coordination.ts";
import { classifyWrite } from "./outcome.ts";

export interface SerialOwner {
  readonly machineId: string;
  readonly instanceId: string;
  readonly hostname: string;
  readonly leaseMs: number;
}

export interface SerialLease {
  readonly serial: number;
  readonly instanceId: string;
  /** Grows with every change of owner: what a former owner does matches nothing. */
  readonly epoch: number;
}

/** A row as it lies there: an older version or a person may have written any of it. */
export interface ListedSerial extends Partial<SerialDocument> {
  readonly serial: number;
  /** Its lease is over, by the server's clock. */
  readonly expired: boolean;
  /** May be acquired by anybody. */
  readonly free: boolean;
}

/** A row without lease fields was written by an older agent, which shows life in its machine's row alone. */
const hasLease = { beat_at: { $type: "date" as const } };

/** All serials in order. Rows without a numeric serial are left out. */
export async function listSerials(store: Store): Promise<readonly ListedSerial[]> {
  const isUnowned = { $eq: [{ $ifNull: ["$assigned_to", null] }, null] };
  const isOver = { $and: [{ $eq: [{ $type: "$beat_at" }, "date"] }, "$expired"] };
  const rows = await store.serials
    .aggregate<Document>(
      [
        { $match: { serial: { $type: "number" } } },
        { $set: { expired: leaseExpired } },
        { $set: { free: { $or: [isUnowned, isOver] } } },
        { $sort: { serial: 1 } },
      ],
      majorityRead,
    )
    .toArray();
  return rows as ListedSerial[];
}

/**
 * Takes serial `serial` if nobody has it, its lease is over, or a former instance of this machine left it. Null when
 * another has it, also where its row is too damaged to be taken. Throws when the outcome stays unknown.
 */
export async function acquireSerial(store: Store, serial: number, owner: SerialOwner): Promise<SerialLease | null> {
  try {
    return await repeatWhileUnknown(async (isRepeat) => {
      const silent = { serial, silentMs: owner.leaseMs };
      const row =
        (await takeRow(store, serial, owner)) ??
        (await takeAbandonedRow(store, silent, takeover(owner))) ??
        (await insertRow(store, serial, owner));
      if (row !== null) return leaseOf(row, owner);
      // The earlier try may have taken it: then the row is ours and matches no filter for free ones.
      return isRepeat ? await readOwn(store, serial, owner) : null;
    });
  } catch (error) {
    const outcome = classifyWrite(error);
    if (outcome.outcome === "not_applied" && outcome.reason === "validation") return null;
    throw error;
  }
}

function takeRow(store: Store, serial: number, owner: SerialOwner): Promise<SerialDocument | null> {
  const { machineId, instanceId } = owner;
  const ownFormer = { assigned_to: machineId, instance_id: { $ne: instanceId } };
  const isFree = [{ assigned_to: null }, ownFormer, { ...hasLease, $expr: leaseExpired }];
  const filter = { serial, $or: isFree };
  return store.serials.findOneAndUpdate(filter, takeover(owner), { ...majorityWrite, returnDocument: "after" });
}

function takeover(owner: SerialOwner) {
  return { $set: ownership(owner), $inc: { epoch: 1 }, $currentDate: { beat_at: true as const } };
}

/** null when the row exists and is not ours: the insert is refused by _id or by the index on serial. */
function insertRow(store: Store, serial: number, owner: SerialOwner): Promise<SerialDocument | null> {
  const update = {
    $set: ownership(owner),
    $setOnInsert: { _id: serial, epoch: 1 },
    $currentDate: { beat_at: true as const },
  };
  return nullIfDuplicate(
    store.serials.findOneAndUpdate({ serial, instance_id: owner.instanceId }, update, {
      ...majorityWrite,
      upsert: true,
      returnDocument: "after",
    }),
  );
}

async function readOwn(store: Store, serial: number, owner: SerialOwner): Promise<SerialLease | null> {
  const row = await store.serials.findOne({ serial, instance_id: owner.instanceId }, majorityRead);
  return row && leaseOf(row, owner);
}

function ownership({ machineId, instanceId, hostname, leaseMs }: SerialOwner) {
  return {
    ...{ assigned_to: machineId, instance_id: instanceId, hostname },
    ...{ lease_ms: leaseMs, last_assigned_to: machineId },
  };
}

function leaseOf({ serial, epoch }: SerialDocument, { instanceId }: SerialOwner): SerialLease {
  return { serial, epoch, instanceId };
}

/** False: the lease is lost, acquire again. */
export async function beatSerial(store: Store, lease: SerialLease): Promise<boolean> {
  const { matchedCount } = await store.serials.updateOne(
    { serial: lease.serial, instance_id: lease.instanceId, epoch: lease.epoch },
    { $currentDate: { beat_at: true } },
    majorityWrite,
  );
  return matchedCount === 1;
}

/** Gives the place back. The row and its epoch stay, so that a late beat of ours matches nothing. */
export async function releaseSerial(store: Store, { serial, instanceId, epoch }: SerialLease): Promise<void> {
  const free = { $set: { assigned_to: null, instance_id: null } };
  await repeatWhileUnknown(() =>
    store.serials.updateOne({ serial, instance_id: instanceId, epoch }, free, majorityWrite),
  );
}
