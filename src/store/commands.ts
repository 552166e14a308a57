// What people tell agents. Only the server's clock dates a command: one made in mongosh carries the client's, and is
// stamped by the first agent that sees it.
import { type Document, ObjectId } from "mongodb";
import type { AckDocument, CommandDocument } from "./collections.ts";
import type { Store } from "./connect.ts";
import { majorityRead, majorityWrite, repeatWhileUnknown } from "./coordination.ts";
import { classifyWrite } from "./outcome.ts";

export interface NewCommand {
  readonly type: string;
  /** `"all"` or a machine id. */
  readonly target: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

export interface Acknowledgement {
  readonly machineId: string;
  readonly ok: boolean;
  readonly error: string | null;
  /** What came of it, for a person. */
  readonly report?: Document;
}

/** Older commands are not executed any more: an agent that was away must not act on yesterday's. */
const commandLifeMs = 600_000;

const isUndated = { created_at: { $not: { $type: "date" as const } } };

/** The new command's id. Dated by the server. */
export async function insertCommand(store: Store, { type, target, args = {} }: NewCommand): Promise<ObjectId> {
  const id = new ObjectId();
  const update = { $set: { type, target, args: { ...args } }, $currentDate: { created_at: true as const } };
  await repeatWhileUnknown(() => store.commands.updateOne({ _id: id }, update, { ...majorityWrite, upsert: true }));
  return id;
}

/** What this machine has to do and has not acknowledged, oldest first. One read, unless a command has no date yet. */
export async function findPendingCommands(store: Store, machineId: string): Promise<readonly CommandDocument[]> {
  const isYoung = { $expr: { $gt: ["$created_at", { $subtract: ["$$NOW", commandLifeMs] }] } };
  const pending = { created_at: { $type: "date" }, target: { $in: [machineId, "all"] }, ...isYoung };
  const filter: Document = { $or: [isUndated, { ...pending, "acks.machine_id": { $ne: machineId } }] };
  const found = await findCommands(store, filter);
  const undated = found.filter(({ created_at }) => !(created_at instanceof Date)).map(({ _id }) => _id);
  if (undated.length === 0) return found;
  // Also those for others: without a date no command ever expires.
  await Promise.all(undated.map((id) => stamp(store, id)));
  return findCommands(store, { ...pending, "acks.machine_id": { $ne: machineId } });
}

async function findCommands(store: Store, filter: Document): Promise<readonly CommandDocument[]> {
  // Who else acknowledged is nothing to an agent, and may be a great deal.
  const options = { ...majorityRead, sort: { created_at: 1, _id: 1 } as const, projection: { acks: 0 } };
  return store.commands.find(filter, options).toArray();
}

/** The filter keeps the first agent's date. */
async function stamp(store: Store, id: ObjectId): Promise<void> {
  const update = { $currentDate: { created_at: true as const } };
  await repeatWhileUnknown(() => store.commands.updateOne({ _id: id, ...isUndated }, update, majorityWrite));
}

/** False when it cannot be written: the command is gone, or `acks` is no array. Never twice for one machine. */
export async function acknowledgeCommand(store: Store, id: unknown, ack: Acknowledgement): Promise<boolean> {
  const { machineId, ok, error, report = {} } = ack;
  const { localTime } = await store.client.db("admin").command({ hello: 1 }, { readPreference: "primary" });
  const document: AckDocument = { machine_id: machineId, at: localTime, ok, error, report };
  const filter: Document = { _id: id, "acks.machine_id": { $ne: machineId } };
  try {
    const { matchedCount } = await repeatWhileUnknown(() =>
      store.commands.updateOne(filter, { $push: { acks: document } }, majorityWrite),
    );
    if (matchedCount === 1) return true;
  } catch (thrown) {
    const outcome = classifyWrite(thrown);
    if (outcome.outcome === "not_applied" && outcome.reason === "validation") return false;
    throw thrown;
  }
  const command = await findCommand(store, id);
  return command?.acks.some((known) => known.machine_id === machineId) ?? false;
}

/** The command with its acknowledgements so far: always an array, whatever a person made of the field. */
export async function findCommand(
  store: Store,
  id: unknown,
): Promise<(CommandDocument & { readonly acks: AckDocument[] }) | null> {
  const document = await store.commands.findOne({ _id: id } as Document, majorityRead);
  return document && { ...document, acks: readAcks(document.acks) };
}

function readAcks(acks: unknown): AckDocument[] {
  if (!Array.isArray(acks)) return [];
  return acks.filter((ack) => typeof ack === "object" && ack !== null && typeof ack.machine_id === "string");
}
