// From a filter to the documents it matches, by the best index, in the order asked for.
import { CommandError } from "../command-error.ts";
import type { Filter } from "../query/filter.ts";
import type { Sort } from "../query/sort.ts";
import { type Plan, planRead } from "../storage/plan.ts";
import type { Collection, Storage } from "../storage/storage.ts";
import { decode, type ValueDocument } from "../values/value.ts";

export interface ReadRequest {
  /** As it came: the planner reads it. */
  readonly query: ValueDocument;
  readonly filter: Filter;
  readonly sort: Sort | null;
  readonly skip?: number;
  /** 0 or missing = all. */
  readonly limit?: number;
}

export interface FoundDocument {
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly document: ValueDocument;
}

export function planOf(collection: Collection, { query, sort }: Pick<ReadRequest, "query" | "sort">): Plan {
  return planRead({ filter: query, sort, indexes: collection.indexes });
}

/** Lazily, one after the other; an order that no index gives is the only thing that must read all first. */
export function* readDocuments(
  storage: Storage,
  collection: Collection,
  request: ReadRequest,
): Generator<FoundDocument, void> {
  const plan = planOf(collection, request);
  const isSorted = request.sort === null || (plan.kind === "index" && plan.sorted);
  const found = matching(storage, collection, { plan, filter: request.filter });
  const skip = request.skip ?? 0;
  const limit = request.limit === undefined || request.limit === 0 ? Number.POSITIVE_INFINITY : request.limit;
  const ordered = isSorted || request.sort === null ? found : sorted(found, request.sort, skip + limit);
  let at = 0;
  for (const one of ordered) {
    if (at++ < skip) continue;
    yield one;
    if (at >= skip + limit) return;
  }
}

function* matching(
  storage: Storage,
  collection: Collection,
  { plan, filter }: { readonly plan: Plan; readonly filter: Filter },
): Generator<FoundDocument, void> {
  for (const { seq, bytes } of storage.read(collection, plan)) {
    const document = decode(bytes);
    if (filter.matches(document)) yield { seq, bytes, document };
  }
}

/** MongoDB's own limit for a sort in memory. */
const sortBytes = 100 * 1024 * 1024;

/** With a limit only the best so far are held, so that the newest ten of a million cost ten. */
function sorted(found: Iterable<FoundDocument>, sort: Sort, limit: number): readonly FoundDocument[] {
  const tops = [...new Set(sort.fields.map(({ path }) => path.split(".", 1)[0] ?? path))];
  const compare = (a: Held, b: Held) => sort.compare(a.keys, b.keys) || a.order - b.order;
  let held: Held[] = [];
  let bytes = 0;
  let order = 0;
  for (const one of found) {
    held.push({ seq: one.seq, bytes: one.bytes, keys: pick(one.document, tops), order: order++ });
    bytes += one.bytes.length;
    if (held.length > 2 * limit + 1_000) {
      held = held.sort(compare).slice(0, limit);
      bytes = held.reduce((sum, kept) => sum + kept.bytes.length, 0);
    }
    if (bytes > sortBytes) {
      throw new CommandError(
        292,
        `Sort exceeded memory limit of ${sortBytes} bytes, but did not opt in to external sorting.`,
      );
    }
  }
  return held
    .sort(compare)
    .slice(0, limit)
    .map((kept) => ({ seq: kept.seq, bytes: kept.bytes, document: decode(kept.bytes) }));
}

interface Held {
  readonly seq: number;
  readonly bytes: Uint8Array;
  /** Only the fields that the order looks at: decoded documents are five times their bytes. */
  readonly keys: ValueDocument;
  readonly order: number;
}

function pick(document: ValueDocument, fields: readonly string[]): ValueDocument {
  return Object.fromEntries(fields.filter((field) => Object.hasOwn(document, field)).map((f) => [f, document[f]]));
}
