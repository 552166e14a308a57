// Reads documents as a plan says, in chunks. A read may be suspended for minutes and continued after others wrote: it
// keeps a position, not a statement, and what it read ahead is read again once anything was written.
import { CommandError } from "../command-error.ts";
import type { Catalog } from "./catalog.ts";
import type { Collection, StoredIndex } from "./collection.ts";
import type { StoredDocument } from "./document-table.ts";
import type { Entry, Position } from "./entry-table.ts";
import type { Plan } from "./plan.ts";

export interface ReadSource {
  readonly catalog: Catalog;
  /** Grows with each write and each rollback. */
  writes(): number;
  /** Runs one query; what SQLite throws becomes a StorageError. */
  guarded<T>(query: () => T): T;
}

/** No document twice, though an update moves its entry ahead or an array has several. */
export function* readPlan(source: ReadSource, collection: Collection, plan: Plan): Generator<StoredDocument, void> {
  if (plan.kind === "collection") {
    yield* readCollection(source, collection);
    return;
  }
  if (plan.isPoint) {
    yield* readPoint(source, collection, plan);
    return;
  }
  const seen = new Set<number>();
  for (const range of plan.direction === 1 ? plan.ranges : plan.ranges.toReversed()) {
    for (const { seq, bytes } of readRange(source, collection, {
      index: plan.index,
      range,
      direction: plan.direction,
    })) {
      if (seen.has(seq)) continue;
      seen.add(seq);
      yield { seq, bytes };
    }
  }
}

function readCollection(source: ReadSource, collection: Collection): Generator<StoredDocument, void> {
  return readChunks<StoredDocument>(source, (last, limit) =>
    source.catalog.current(collection).documents.after(last?.seq ?? 0, limit),
  );
}

type IndexPlan = Extract<Plan, { kind: "index" }>;

/** What most commands ask for: by `_id`. */
function* readPoint(source: ReadSource, collection: Collection, plan: IndexPlan): Generator<StoredDocument, void> {
  const [range] = plan.ranges;
  if (range === undefined) return;
  const { entries } = currentIndex(source.catalog, collection, plan.index);
  const found = source.guarded(() => entries.documentOf(range.from));
  if (found !== null) yield found;
}

interface RangeRequest {
  readonly index: IndexPlan["index"];
  readonly range: IndexPlan["ranges"][number];
  readonly direction: 1 | -1;
}

function readRange(
  source: ReadSource,
  collection: Collection,
  { index, range: { from, to }, direction }: RangeRequest,
): Generator<Entry, void> {
  const start: Position = { key: direction === 1 ? from : to, seq: 0 };
  return readChunks<Entry>(source, (last, limit) => {
    const { entries } = currentIndex(source.catalog, collection, index);
    return direction === 1 ? entries.after(last ?? start, to, limit) : entries.before(last ?? start, from, limit);
  });
}

function currentIndex(catalog: Catalog, collection: Collection, { id, name }: IndexPlan["index"]): StoredIndex {
  const index = catalog.current(collection).stored.find(({ definition }) => definition.id === id);
  if (index !== undefined) return index;
  throw new CommandError("QueryPlanKilled", `query plan killed :: index '${name}' dropped`);
}

const firstChunk = 4;
const largestChunk = 256;
const chunkBytes = 1024 * 1024;

/** Chunks grow while nobody writes: the first documents come at once, and many with few queries. */
function* readChunks<Row extends StoredDocument>(
  { guarded, writes }: ReadSource,
  query: (last: Row | null, limit: number) => readonly Row[],
): Generator<Row, void> {
  let last: Row | null = null;
  let limit = firstChunk;
  for (;;) {
    const from: Row | null = last;
    const size = limit;
    const chunk: readonly Row[] = guarded(() => query(from, size));
    const asOf = writes();
    let bytes = 0;
    for (const row of chunk) {
      last = row;
      bytes += row.bytes.length;
      yield row;
      if (writes() !== asOf) break;
    }
    const isStale = writes() !== asOf;
    if (chunk.length < limit && !isStale) return;
    const average = Math.max(1, bytes / Math.max(1, chunk.length));
    limit = isStale ? 1 : Math.max(1, Math.min(limit * 4, largestChunk, Math.floor(chunkBytes / average)));
  }
}
