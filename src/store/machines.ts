// Who is alive: one row per machine, its heartbeat stamped by the server.
import type { Document } from "mongodb";
import type { MachineDocument } from "./collections.ts";
import type { Store } from "./connect.ts";
import { majorityRead, majorityWrite, nullIfDuplicate, repeatWhileUnknown } from "./coordination.ts";

/** What an agent tells about itself. */
export interface MachineRegistration {
  readonly machineId: string;
  readonly instanceId: string;
  readonly hostname: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly version: string;
  readonly node: string;
  readonly tzdata: string;
}

export type Registration =
  | { readonly registered: true; readonly serverTime: Date }
  /** Another host beats this machine id: one of the two is a clone. */
  | { readonly registered: false; readonly hostname: string };

/** What may change from beat to beat. */
export interface MachineBeat {
  readonly machineId: string;
  readonly instanceId: string;
  readonly serial: number | null;
  readonly state: "active" | "draining";
  readonly offsetMs: number | null;
  readonly jobs: { readonly loaded: number; readonly invalid: number };
  readonly tags: Readonly<Record<string, string>>;
}

export type BeatResult =
  | { readonly beaten: true; readonly serverTime: Date }
  /** `owner`: the instance that took the row, or null when the row was removed: register again. */
  | { readonly beaten: false; readonly owner: { readonly hostname: string } | null };

/**
 * Takes the machine's row for this instance. A row is free to take when it is stopped, when its heartbeat is older than
 * `staleAfterMs` by the server's clock, or when its hostname is ours: an ordinary restart.
 */
export function registerMachine(
  store: Store,
  registration: MachineRegistration,
  staleAfterMs: number,
): Promise<Registration> {
  return repeatWhileUnknown(async () => {
    const row = (await takeRow(store, registration, staleAfterMs)) ?? (await insertRow(store, registration));
    if (row?.last_seen) return { registered: true, serverTime: row.last_seen };
    const other = await store.machines.findOne({ machine_id: registration.machineId }, majorityRead);
    return { registered: false, hostname: String(other?.hostname ?? "an unknown host") };
  });
}

function takeRow(
  store: Store,
  registration: MachineRegistration,
  staleAfterMs: number,
): Promise<MachineDocument | null> {
  const { machineId, instanceId, hostname } = registration;
  // A last_seen that is no date compares lower than any date, and null too: such a row is free.
  const isStale = { $expr: { $lt: ["$last_seen", { $subtract: ["$$NOW", staleAfterMs] }] } };
  const isFree = [{ instance_id: instanceId }, { hostname }, { state: "stopped" as const }, isStale];
  return store.machines.findOneAndUpdate({ machine_id: machineId, $or: isFree }, registrationUpdate(registration), {
    ...majorityWrite,
    returnDocument: "after",
  });
}

/** null when the machine's row exists and belongs to another: the insert is refused by _id or by machine_id. */
function insertRow(store: Store, registration: MachineRegistration): Promise<MachineDocument | null> {
  const { machineId, instanceId } = registration;
  const update = { ...registrationUpdate(registration), $setOnInsert: { _id: machineId } };
  return nullIfDuplicate(
    store.machines.findOneAndUpdate({ machine_id: machineId, instance_id: instanceId }, update, {
      ...majorityWrite,
      upsert: true,
      returnDocument: "after",
    }),
  );
}

function registrationUpdate({ instanceId, hostname, tags, version, node, tzdata }: MachineRegistration) {
  return {
    $set: {
      ...{ instance_id: instanceId, hostname, tags: { ...tags }, version, node, tzdata },
      ...{ serial: null, offset_ms: null, state: "active" as const, jobs: { loaded: 0, invalid: 0 } },
    },
    $currentDate: { last_seen: true as const, started_at: true as const },
    $unset: { stopped_at: true as const },
  };
}

/** One heartbeat. Its answer is also a reading of the server's clock. */
export async function beatMachine(store: Store, beat: MachineBeat): Promise<BeatResult> {
  const { machineId, instanceId, serial, state, offsetMs, jobs, tags } = beat;
  const update = {
    $set: { serial, state, offset_ms: offsetMs, jobs: { ...jobs }, tags: { ...tags } },
    $currentDate: { last_seen: true as const },
  };
  const row = await store.machines.findOneAndUpdate({ machine_id: machineId, instance_id: instanceId }, update, {
    ...majorityWrite,
    returnDocument: "after",
    projection: { last_seen: 1 },
  });
  if (row?.last_seen) return { beaten: true, serverTime: row.last_seen };
  const other = await store.machines.findOne({ machine_id: machineId }, majorityRead);
  return { beaten: false, owner: other && { hostname: String(other.hostname) } };
}

/** Takes this instance off the list of the living at once: `{last_seen: {$gte: …}}` no longer finds it. */
export async function stopMachine(
  store: Store,
  { machineId, instanceId }: { readonly machineId: string; readonly instanceId: string },
): Promise<void> {
  const update = {
    $set: { state: "stopped" as const, last_seen: null, serial: null },
    $currentDate: { stopped_at: true as const },
  };
  await repeatWhileUnknown(() =>
    store.machines.updateOne({ machine_id: machineId, instance_id: instanceId }, update, majorityWrite),
  );
}

/** A row as it lies there: an older version or a person may have written any of it. */
export interface ListedMachine extends Partial<MachineDocument> {
  readonly machine_id: string;
  /** Since the last heartbeat, by the server's clock; null for one that was stopped. */
  readonly age_ms: number | null;
}

/** All rows, by hostname. */
export async function listMachines(store: Store): Promise<readonly ListedMachine[]> {
  const lastSeen = { $convert: { input: "$last_seen", to: "date", onError: null, onNull: null } };
  const rows = await store.machines
    .aggregate<Document>(
      [
        { $match: { machine_id: { $type: "string" } } },
        { $set: { age_ms: { $subtract: ["$$NOW", lastSeen] } } },
        { $sort: { hostname: 1, machine_id: 1 } },
      ],
      majorityRead,
    )
    .toArray();
  return rows as ListedMachine[];
}

/** Removes the row and frees the serials it holds. False when there is no such row. Whether it is live is the caller's to ask. */
export async function forgetMachine(store: Store, machineId: string): Promise<boolean> {
  const { deletedCount } = await store.machines.deleteMany({ machine_id: machineId }, majorityWrite);
  const free = { $set: { assigned_to: null, instance_id: null } };
  await store.serials.updateMany({ assigned_to: machineId }, free, majorityWrite);
  return deletedCount > 0;
}

/** The server's time in milliseconds, between two readings of a monotonic clock. */
export async function readServerTime(
  store: Store,
  monotonic: () => number,
): Promise<{ readonly sentAt: number; readonly receivedAt: number; readonly serverTime: number }> {
  const sentAt = monotonic();
  const { localTime } = await store.client.db("admin").command({ hello: 1 }, { readPreference: "primary" });
  return { sentAt, receivedAt: monotonic(), serverTime: (localTime as Date).getTime() };
}
