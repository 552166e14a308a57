// Takes away documents whose time is over. As with mongod a date counts, or the earliest date in an array; any other
// type lives for ever, and so does what a partial index leaves out.

import { encodeKey } from "../values/key-encoding.ts";
import { decode } from "../values/value.ts";
import type { Catalog } from "./catalog.ts";
import type { StoredCollection, StoredIndex } from "./collection.ts";
import { removeDocument } from "./write-documents.ts";

/** One pass is one transaction, during which nobody else is served: about half a second at most. */
const atMost = 10_000;
const chunk = 64;

/** Gives how many went; the rest goes with the next pass. */
export function expireDocuments(catalog: Catalog, now: Date): number {
  let removed = 0;
  for (const collection of catalog.all()) {
    for (const index of collection.stored)
      removed += expireByIndex(collection, index, { now, limit: atMost - removed });
  }
  return removed;
}

function expireByIndex(
  collection: StoredCollection,
  { definition, entries }: StoredIndex,
  { now, limit }: { readonly now: Date; readonly limit: number },
): number {
  const { key, expireAfterSeconds } = definition;
  const [part] = key;
  if (expireAfterSeconds === null || part === undefined || key.length !== 1) return 0;
  const { from, to } = rangeOf(part.direction, now.getTime() - expireAfterSeconds * 1000);
  let removed = 0;
  while (removed < limit) {
    // From the start each time: what was read is gone by then.
    const due = entries.after({ key: from, seq: 0 }, to, Math.min(chunk, limit - removed));
    if (due.length === 0) break;
    const distinct = new Map(due.map(({ seq, bytes }) => [seq, bytes]));
    for (const [seq, bytes] of distinct) removeDocument(collection, seq, decode(bytes));
    removed += distinct.size;
  }
  return removed;
}

const earliest = -8.64e15;

/** All dates up to and including `until`, as encoded keys [from, to). */
function rangeOf(direction: 1 | -1, until: number): { readonly from: Uint8Array; readonly to: Uint8Array } {
  const ends = [
    encodeKey([new Date(earliest)], [direction]),
    encodeKey([new Date(Math.max(earliest, until))], [direction]),
  ];
  const [low, high] = ends.toSorted(Buffer.compare) as [Uint8Array, Uint8Array];
  return { from: low, to: Buffer.concat([high, Buffer.from([0])]) };
}
