// Chooses how to read a collection. The filter is applied to every document read, so a plan may read too much; it must
// never leave out a document that matches.
import type { Sort } from "../query/sort.ts";
import type { ValueDocument } from "../values/value.ts";
import { type Bounds, boundsOf } from "./bounds.ts";
import { type Condition, conditionsOf } from "./conditions.ts";
import { holdsAllMatches } from "./covering.ts";
import type { IndexDefinition } from "./index-definition.ts";
import { allKeys, below, intervalRange, type KeyRange, mergeRanges, pointRange } from "./key-ranges.ts";

export type Plan = CollectionPlan | IndexPlan;

export interface CollectionPlan {
  readonly kind: "collection";
}

export interface IndexPlan {
  readonly kind: "index";
  readonly index: IndexDefinition;
  /** In the order of keys, apart from each other. None where nothing can match. */
  readonly ranges: readonly KeyRange[];
  /** -1 reads the ranges, and each of them, from its end. */
  readonly direction: 1 | -1;
  /** Yields the order that was asked for. */
  readonly sorted: boolean;
  /** One key of a unique index: the `from` of the one range. */
  readonly isPoint: boolean;
}

export interface ReadRequest {
  readonly filter: ValueDocument;
  readonly sort: Sort | null;
  readonly indexes: readonly IndexDefinition[];
}

/**
 * The best by this order: a unique index whose every field is given; most fields given by value; an interval on the
 * next field, closed before half open; the order asked for; fewer ranges; fewer fields; the index made first.
 */
export function planRead({ filter, sort, indexes }: ReadRequest): Plan {
  const conditions = conditionsOf(filter);
  let best: Candidate | null = null;
  for (const index of indexes) {
    const candidate = candidateOf(index, conditions, sort);
    if (candidate !== null && (best === null || isBetter(candidate, best))) best = candidate;
    // One document at most: no index does better.
    if (candidate?.isPoint) break;
  }
  if (best === null) return { kind: "collection" };
  const { index, order, isPoint } = best;
  return { kind: "index", index, ranges: rangesOf(best), direction: order ?? 1, sorted: order !== null, isPoint };
}

interface Candidate {
  readonly index: IndexDefinition;
  /** Of the first fields of the index: values, and an interval at most for the last of them. */
  readonly bounds: readonly Bounds[];
  /** The direction that yields the order asked for, null where none does. */
  readonly order: 1 | -1 | null;
  readonly merits: readonly number[];
  readonly isPoint: boolean;
}

function candidateOf(index: IndexDefinition, conditions: readonly Condition[], sort: Sort | null): Candidate | null {
  // A number in a path is a position to some arrays and a name to others, which a filter and an index tell apart differently.
  if (index.key.some(({ path }) => /(^|\.)\d+(\.|$)/.test(path)) || !holdsAllMatches(index, conditions)) return null;
  const bounds = leadingBounds(index, conditions);
  const order = sort === null ? null : orderOf(index, bounds, sort);
  if (bounds.length === 0 && order === null) return null;
  const isPoint = index.unique && bounds.length === index.key.length && bounds.every(isConstant);
  return { index, bounds, order, merits: meritsOf(index, bounds, order), isPoint };
}

/** More would cost more than the next field saves. */
const mostPrefixes = 10_000;

function leadingBounds({ key, multikey }: IndexDefinition, conditions: readonly Condition[]): readonly Bounds[] {
  const leading: Bounds[] = [];
  const roots = new Set<string>();
  let prefixes = 1;
  for (const { path } of key) {
    const root = path.split(".", 1)[0] ?? path;
    // Below one array each condition may be met by another element, and no entry has the values of both.
    if (multikey && roots.has(root)) break;
    const bounds = boundsOf(
      conditions.filter((condition) => condition.path === path),
      { multikey },
    );
    if (bounds === null) break;
    if (bounds.kind === "points") prefixes *= bounds.values.length;
    if (leading.length > 0 && prefixes > mostPrefixes) break;
    leading.push(bounds);
    if (bounds.kind === "interval") break;
    roots.add(root);
  }
  return leading;
}

/**
 * Ranges are read in the order of keys, so the index yields its own order however many there are. A field with one
 * value orders nothing and may be left out on both sides. An index with arrays has documents in several places.
 */
function orderOf(index: IndexDefinition, bounds: readonly Bounds[], sort: Sort): 1 | -1 | null {
  if (index.multikey) return null;
  const constant = new Set(index.key.filter((_, at) => isConstant(bounds[at])).map(({ path }) => path));
  const asked = sort.fields.filter(({ path }) => !constant.has(path));
  const given = index.key.filter(({ path }) => !constant.has(path));
  const turn = asked[0]?.direction === given[0]?.direction ? 1 : -1;
  const isCovered = asked.every(({ path, direction }, at) => {
    const field = given[at];
    return field !== undefined && field.path === path && field.direction * turn === direction;
  });
  if (!isCovered) return null;
  return asked.length === 0 ? 1 : turn;
}

const isConstant = (bounds: Bounds | undefined): boolean => bounds?.kind === "points" && bounds.values.length === 1;

function meritsOf(index: IndexDefinition, bounds: readonly Bounds[], order: 1 | -1 | null): readonly number[] {
  const points = bounds.filter(({ kind }) => kind === "points");
  const ranges = points.reduce((product, one) => product * (one.kind === "points" ? one.values.length : 1), 1);
  const last = bounds.at(-1);
  const ends = last?.kind === "interval" ? Number(last.interval.low !== null) + Number(last.interval.high !== null) : 0;
  const isUnique = index.unique && points.length === index.key.length;
  return [Number(isUnique), points.length, ends, Number(order !== null), -ranges, -index.key.length];
}

function isBetter(a: Candidate, b: Candidate): boolean {
  const at = a.merits.findIndex((merit, place) => merit !== b.merits[place]);
  return at >= 0 && (a.merits[at] ?? 0) > (b.merits[at] ?? 0);
}

function rangesOf({ index, bounds }: Candidate): readonly KeyRange[] {
  let ranges: readonly KeyRange[] = [allKeys];
  let prefixes: readonly Uint8Array[] = [new Uint8Array()];
  for (const [at, one] of bounds.entries()) {
    const direction = index.key[at]?.direction ?? 1;
    const next =
      one.kind === "points"
        ? one.values.map((value) => pointRange(value, direction))
        : [intervalRange(one.interval, direction)];
    ranges = prefixes.flatMap((prefix) => next.map((range) => below(prefix, range)));
    prefixes = ranges.map(({ from }) => from);
  }
  return mergeRanges(ranges);
}
