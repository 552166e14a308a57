// Ranges of encoded keys. Every field's encoding is prefix-free, so the keys with a given value in their first fields are
// exactly those that begin with its bytes.
import { encodeBracket, encodeKey } from "../values/key-encoding.ts";
import type { Value } from "../values/value.ts";

/** From and including `from`, up to and without `to`. */
export interface KeyRange {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

type Direction = 1 | -1;

/** No key begins with 255, in either direction. */
export const allKeys: KeyRange = { from: new Uint8Array(), to: Uint8Array.of(255) };

/** An end of an interval; null where the interval reaches the end of its bracket. */
export interface IntervalEnd {
  readonly value: Value;
  readonly inclusive: boolean;
}

/** Values of one bracket; one end is given at least. */
export interface Interval {
  readonly low: IntervalEnd | null;
  readonly high: IntervalEnd | null;
}

/** The keys that begin with this value. */
export const pointRange = (value: Value, direction: Direction): KeyRange =>
  prefixRange(encodeKey([value], [direction]));

export function intervalRange({ low, high }: Interval, direction: Direction): KeyRange {
  const bracket = prefixRange(encodeBracket((low ?? high)?.value, direction));
  const [first, last] = direction === 1 ? [low, high] : [high, low];
  const start = first && pointRange(first.value, direction);
  const end = last && pointRange(last.value, direction);
  return {
    from: start === null ? bracket.from : first?.inclusive ? start.from : start.to,
    to: end === null ? bracket.to : last?.inclusive ? end.to : end.from,
  };
}

/** The keys that go on with `next` after a prefix. */
export function below(prefix: Uint8Array, next: KeyRange): KeyRange {
  if (prefix.length === 0) return next;
  return { from: Buffer.concat([prefix, next.from]), to: Buffer.concat([prefix, next.to]) };
}

/** In the order of keys, without empty ones; those that touch become one. */
export function mergeRanges(ranges: readonly KeyRange[]): readonly KeyRange[] {
  const merged: KeyRange[] = [];
  for (const range of ranges.toSorted((a, b) => Buffer.compare(a.from, b.from))) {
    if (Buffer.compare(range.from, range.to) >= 0) continue;
    const last = merged.at(-1);
    if (last === undefined || Buffer.compare(last.to, range.from) < 0) merged.push(range);
    else if (Buffer.compare(last.to, range.to) < 0) merged[merged.length - 1] = { from: last.from, to: range.to };
  }
  return merged;
}

/** The end is the next prefix of the same length or shorter; no encoding is all 255. */
function prefixRange(prefix: Uint8Array): KeyRange {
  let length = prefix.length;
  while (prefix[length - 1] === 255) length--;
  const to = prefix.slice(0, length);
  to[length - 1] = (to[length - 1] as number) + 1;
  return { from: prefix, to };
}
