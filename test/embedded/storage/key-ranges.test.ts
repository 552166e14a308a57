import assert from "node:assert/strict";
import { test } from "node:test";
import { mergeRanges } from "../../../src/embedded/storage/key-ranges.ts";

type Ends = readonly [number, number];

const merges: readonly (readonly [string, readonly Ends[], readonly Ends[]])[] = [
  [
    "apart, in the order of keys",
    [
      [5, 6],
      [1, 2],
    ],
    [
      [1, 2],
      [5, 6],
    ],
  ],
  [
    "touching",
    [
      [1, 2],
      [2, 3],
    ],
    [[1, 3]],
  ],
  [
    "overlapping",
    [
      [1, 4],
      [3, 6],
    ],
    [[1, 6]],
  ],
  [
    "one within the other",
    [
      [1, 9],
      [3, 4],
    ],
    [[1, 9]],
  ],
  [
    "twice the same",
    [
      [1, 2],
      [1, 2],
    ],
    [[1, 2]],
  ],
  [
    "empty or turned round",
    [
      [3, 3],
      [5, 4],
    ],
    [],
  ],
  ["none", [], []],
];

for (const [name, given, expected] of merges) {
  test(`ranges are merged: ${name}`, () => {
    const ranges = mergeRanges(given.map(([from, to]) => ({ from: Uint8Array.of(from), to: Uint8Array.of(to) })));
    assert.deepEqual(
      ranges.map(({ from, to }) => [from[0], to[0]]),
      expected,
    );
  });
}
