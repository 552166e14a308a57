// What a filter says of one field of an index: single values, or an interval. Bounds may be too wide, never too narrow.
import { compareValues } from "../values/compare.ts";
import type { Value } from "../values/value.ts";
import { type Condition, isBracketed, isPlain, listedValues } from "./conditions.ts";
import type { Interval, IntervalEnd } from "./key-ranges.ts";

export type Bounds =
  | { readonly kind: "points"; readonly values: readonly Value[] }
  | { readonly kind: "interval"; readonly interval: Interval };

/** The conditions of one path. Null where none of them bounds it. */
export function boundsOf(
  conditions: readonly Condition[],
  { multikey }: { readonly multikey: boolean },
): Bounds | null {
  const points = conditions.map(pointsOf).filter((values) => values !== null);
  const [fewest] = points.toSorted((a, b) => a.length - b.length);
  if (fewest !== undefined) return { kind: "points", values: fewest };
  const [first, ...others] = conditions.filter(isBracketed);
  if (first === undefined) return null;
  // Of an array each condition may be met by another element, so that no single entry needs to meet both. Elsewhere one
  // value must meet all, and conditions of two brackets leave nothing, whatever is read.
  const all = multikey ? [first] : [first, ...others];
  return { kind: "interval", interval: all.map(intervalOf).reduce(intersect) };
}

/** Null matches BSON's old `undefined` too. */
function pointsOf(condition: Condition): readonly Value[] | null {
  const values = listedValues(condition);
  if (!values?.every((value) => value === null || isPlain(value))) return null;
  return values.flatMap((value) => (value === null ? [undefined, null] : [value]));
}

function intervalOf({ operator, operand }: Condition): Interval {
  const end = { value: operand, inclusive: operator.endsWith("e") };
  return operator.startsWith("$g") ? { low: end, high: null } : { low: null, high: end };
}

function intersect(a: Interval, b: Interval): Interval {
  return { low: tighter([a.low, b.low], 1), high: tighter([a.high, b.high], -1) };
}

function tighter([a, b]: readonly [IntervalEnd | null, IntervalEnd | null], side: 1 | -1): IntervalEnd | null {
  if (a === null || b === null) return a ?? b;
  const order = compareValues(a.value, b.value) * side;
  if (order === 0) return a.inclusive ? b : a;
  return order > 0 ? a : b;
}
