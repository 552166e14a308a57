// Inserts, replaces and removes one document with its index entries. What a unique index forbids is found before
// anything is written: a document that fails leaves nothing behind, though its command commits what it did before.
import type { ValueDocument } from "../values/value.ts";
import type { Catalog } from "./catalog.ts";
import type { StoredCollection, StoredIndex } from "./collection.ts";
import { duplicateKey } from "./duplicate-key.ts";

/** Throws DuplicateKey, of the first index in their order, and what the keys of an index refuse. */
export function insertDocument(
  catalog: Catalog,
  collection: StoredCollection,
  { document, bytes }: { readonly document: ValueDocument; readonly bytes: Uint8Array },
): void {
  const changes = collection.stored.map((index): Change => {
    const { keys, multikey } = index.keysOf(document);
    judgeUnique(collection, index, { document, keys, seq: null });
    return { index, multikey, added: keys, removed: [] };
  });
  apply(catalog, collection, { changes, seq: collection.documents.insert(bytes) });
}

/** Entries that stay are not touched. Throws like an insert. */
export function replaceDocument(
  catalog: Catalog,
  collection: StoredCollection,
  { seq, before, after, bytes }: Replacement,
): void {
  const changes = collection.stored.map((index): Change => {
    const old = index.keysOf(before).keys;
    const { keys, multikey } = index.keysOf(after);
    const added = without(keys, old);
    judgeUnique(collection, index, { document: after, keys: added, seq });
    return { index, multikey, added, removed: without(old, keys) };
  });
  collection.documents.replace(seq, bytes);
  apply(catalog, collection, { changes, seq });
}

interface Replacement {
  readonly seq: number;
  readonly before: ValueDocument;
  readonly after: ValueDocument;
  readonly bytes: Uint8Array;
}

export function removeDocument(collection: StoredCollection, seq: number, document: ValueDocument): void {
  for (const { entries, keysOf } of collection.stored) {
    for (const key of keysOf(document).keys) entries.remove(key, seq);
  }
  collection.documents.remove(seq);
}

interface Change {
  readonly index: StoredIndex;
  readonly multikey: boolean;
  readonly added: readonly Uint8Array[];
  readonly removed: readonly Uint8Array[];
}

function apply(
  catalog: Catalog,
  collection: StoredCollection,
  { changes, seq }: { readonly changes: readonly Change[]; readonly seq: number },
): void {
  for (const { index, multikey, added, removed } of changes) {
    for (const key of removed) index.entries.remove(key, seq);
    for (const key of added) index.entries.insert(key, seq);
    if (multikey && !index.definition.multikey) {
      const marked = catalog.markMultikey(index);
      collection.stored = collection.stored.map((other) => (other === index ? marked : other));
    }
  }
}

function judgeUnique(
  collection: StoredCollection,
  { definition, entries }: StoredIndex,
  { document, keys, seq }: { document: ValueDocument; keys: readonly Uint8Array[]; seq: number | null },
): void {
  if (!definition.unique) return;
  for (const key of inOrder(keys)) {
    const holder = entries.seqOf(key);
    if (holder !== null && holder !== seq) throw duplicateKey(collection.ns, definition, { document, key });
  }
}

/** mongod meets the keys of an array in their order and tells of the first. */
function inOrder(keys: readonly Uint8Array[]): readonly Uint8Array[] {
  return keys.length < 2 ? keys : keys.toSorted(Buffer.compare);
}

function without(keys: readonly Uint8Array[], others: readonly Uint8Array[]): readonly Uint8Array[] {
  if (keys.length === 1 && others.length === 1) {
    const [key, other] = [keys[0] as Uint8Array, others[0] as Uint8Array];
    return Buffer.compare(key, other) === 0 ? [] : keys;
  }
  const known = new Set(others.map(textOf));
  return keys.filter((key) => !known.has(textOf(key)));
}

const textOf = (key: Uint8Array): string => Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
