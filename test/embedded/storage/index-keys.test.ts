import assert from "node:assert/strict";
import { test } from "node:test";
import { Int32 } from "bson";
import type { IndexDefinition } from "../../../src/embedded/storage/index-definition.ts";
import { compileIndexKeys } from "../../../src/embedded/storage/index-keys.ts";
import { encodeKey } from "../../../src/embedded/values/key-encoding.ts";
import type { Value, ValueDocument } from "../../../src/embedded/values/value.ts";
import { indexOn } from "./index-on.ts";

const one = new Int32(1);
const two = new Int32(2);
const three = new Int32(3);
const four = new Int32(4);
const positive: ValueDocument = { a: { $gt: new Int32(0) } };

type Key = Parameters<typeof indexOn>[0];
type Options = Partial<Pick<IndexDefinition, "sparse" | "partialFilter">>;

interface Case {
  readonly key: Key;
  readonly document: ValueDocument;
  readonly options?: Options;
  readonly entries: readonly (readonly Value[])[];
  readonly multikey?: true;
}

const sparse: Options = { sparse: true };

/** As mongod 6.0.5 has them by `validate`, `returnKey` and `explain`. */
const cases: readonly Case[] = [
  { key: { a: 1 }, document: { a: one }, entries: [[one]] },
  { key: { a: 1 }, document: {}, entries: [[null]] },
  { key: { a: 1 }, document: { a: null }, entries: [[null]] },
  { key: { a: 1 }, document: { a: null }, options: sparse, entries: [[null]] },
  { key: { a: 1 }, document: {}, options: sparse, entries: [] },
  { key: { a: 1, b: 1 }, document: {}, options: sparse, entries: [] },
  { key: { a: 1, b: 1 }, document: { b: one }, options: sparse, entries: [[null, one]] },
  { key: { a: 1, b: -1 }, document: { a: one, b: two }, entries: [[one, two]] },
  { key: { a: 1 }, document: { a: [] }, entries: [[undefined]], multikey: true },
  { key: { a: 1 }, document: { a: [] }, options: sparse, entries: [[undefined]], multikey: true },
  { key: { a: 1 }, document: { a: [[]] }, entries: [[[]]], multikey: true },
  { key: { a: 1 }, document: { a: [one, one, two, one] }, entries: [[one], [two]], multikey: true },
  {
    key: { a: 1, b: 1 },
    document: { a: [one, two] },
    entries: [
      [one, null],
      [two, null],
    ],
    multikey: true,
  },
  {
    key: { a: 1, b: -1 },
    document: { a: three, b: [one, two] },
    entries: [
      [three, two],
      [three, one],
    ],
    multikey: true,
  },
  { key: { "a.b": 1 }, document: { a: { b: one } }, entries: [[one]] },
  { key: { "a.b": 1 }, document: { a: one }, entries: [[null]] },
  { key: { "a.b": 1 }, document: { a: { b: [one, two] } }, entries: [[one], [two]], multikey: true },
  { key: { "a.b": 1 }, document: { a: [] }, entries: [[null]], multikey: true },
  { key: { "a.b": 1 }, document: { a: [] }, options: sparse, entries: [], multikey: true },
  { key: { "a.b": 1 }, document: { a: [one, { b: two }, {}] }, entries: [[null], [two]], multikey: true },
  { key: { "a.b": 1 }, document: { a: [one, { b: two }, {}] }, options: sparse, entries: [[two]], multikey: true },
  { key: { "a.b": 1 }, document: { a: [[{ b: one }]] }, entries: [[null]], multikey: true },
  {
    key: { "a.b": 1, "a.c": -1 },
    document: {
      a: [
        { b: one, c: two },
        { b: three, c: four },
      ],
    },
    entries: [
      [one, two],
      [three, four],
    ],
    multikey: true,
  },
  {
    key: { "a.b": 1, "a.c": 1 },
    document: { a: [{}, { b: three, c: four }] },
    options: sparse,
    entries: [[three, four]],
    multikey: true,
  },
  {
    key: { a: 1, "a.b": 1 },
    document: { a: [{ b: one }, { b: two }] },
    entries: [
      [{ b: one }, one],
      [{ b: two }, two],
    ],
    multikey: true,
  },
  { key: { a: 1 }, document: { a: one }, options: { partialFilter: positive }, entries: [[one]] },
  { key: { a: 1 }, document: { a: new Int32(-1) }, options: { partialFilter: positive }, entries: [] },
  {
    key: { a: 1 },
    document: { a: [new Int32(-1), one] },
    options: { partialFilter: positive },
    entries: [[new Int32(-1)], [one]],
    multikey: true,
  },
  { key: { ["__proto__"]: 1 }, document: {}, entries: [[null]] },
  { key: { "constructor.name": 1 }, document: {}, entries: [[null]] },
];

for (const { key, document, options = {}, entries, multikey = false } of cases) {
  const name = `${JSON.stringify(key)}${options.sparse ? " sparse" : ""}${options.partialFilter ? " partial" : ""}`;
  test(`the index ${name} holds ${entries.length} entries of ${JSON.stringify(document)}`, () => {
    const definition = indexOn(key, options);
    const directions = definition.key.map(({ direction }) => direction);
    const keys = compileIndexKeys(definition)(document);
    const expected = entries.map((entry) => encodeKey(entry, directions));
    assert.deepEqual(keys.keys.toSorted(Buffer.compare), expected.toSorted(Buffer.compare));
    assert.equal(keys.multikey, multikey);
  });
}

const parallel: readonly (readonly [Key, ValueDocument, string])[] = [
  [{ a: 1, b: 1 }, { a: [one], b: [two] }, "cannot index parallel arrays [b] [a]"],
  [{ a: 1, b: 1 }, { a: [], b: [one] }, "cannot index parallel arrays [b] [a]"],
  [{ a: 1, b: 1 }, { a: [], b: [] }, "cannot index parallel arrays [b] [a]"],
  [{ "a.b": 1, "a.c": 1, "d.e": 1 }, { a: [{ b: [one], c: [two] }] }, "cannot index parallel arrays [c] [b]"],
  [{ "a.b": 1, "a.c": 1, "d.e": 1 }, { a: [{ b: one }], d: [{ e: one }] }, "cannot index parallel arrays [d] [a]"],
];

for (const [key, document, message] of parallel) {
  test(`arrays on two paths of ${JSON.stringify(key)} are refused: ${JSON.stringify(document)}`, () => {
    const keysOf = compileIndexKeys(indexOn(key));
    assert.throws(() => keysOf(document), { code: 171, codeName: "CannotIndexParallelArrays", message });
  });
}

test("parallel arrays of a document that a partial index leaves out are nobody's concern", () => {
  const keysOf = compileIndexKeys(indexOn({ a: 1, b: 1 }, { partialFilter: { c: one } }));
  assert.deepEqual(keysOf({ a: [one], b: [two] }), { keys: [], multikey: false });
});
