// Changing one document in place, and making the one that an upsert asks for: shared by update and findAndModify.
import { ObjectId } from "bson";
import { CommandError } from "../command-error.ts";
import type { Collection } from "../storage/storage.ts";
import { seedFromFilter } from "../update/seed.ts";
import type { Update } from "../update/update.ts";
import { encode, type ValueDocument } from "../values/value.ts";
import type { CommandContext } from "./command.ts";
import type { FoundDocument } from "./read-documents.ts";
import { judgeSize, judgeStorable } from "./storable.ts";

export interface Change {
  readonly update: Update;
  /** The filter as it came: an upsert starts from its equalities, `$` from the array element it found. */
  readonly query: ValueDocument;
}

export interface Changed {
  readonly document: ValueDocument;
  readonly bytes: Uint8Array;
  /** False: it said already what the update says. */
  readonly isModified: boolean;
}

export function changeDocument(
  context: CommandContext,
  collection: Collection,
  { found, change }: { readonly found: FoundDocument; readonly change: Change },
): Changed {
  const { seq, document: before } = found;
  const after = change.update.apply(before, { now: context.now, isInsert: false, filter: change.query });
  if (after === before) return { document: before, bytes: found.bytes, isModified: false };
  const bytes = encodeChanged(after);
  context.server.storage.replace(collection, seq, before, after, bytes);
  return { document: after, bytes, isModified: true };
}

export function upsertDocument(context: CommandContext, collection: Collection, change: Change): Changed {
  const seed = seedFromFilter(change.query, { onlyId: change.update.isReplacement });
  const made = change.update.apply(seed, { now: context.now, isInsert: true });
  const { _id = new ObjectId(), ...rest } = made;
  const document: ValueDocument = { _id, ...rest };
  judgeStorable(document);
  const bytes = encodeChanged(document);
  context.server.storage.insert(collection, document, bytes);
  return { document, bytes, isModified: true };
}

function encodeChanged(document: ValueDocument): Uint8Array {
  judgeStorable(document);
  const bytes = encode(document);
  judgeSize(bytes, 17419);
  return bytes;
}

/** An upsert by expression has nothing to start from. */
export function judgeUpsert(query: ValueDocument): void {
  if (!Object.hasOwn(query, "$expr")) return;
  throw new CommandError(224, "$expr is not allowed in the query predicate for an upsert");
}
