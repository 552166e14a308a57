import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Binary, BSONSymbol, Code, type Document, MaxKey, MinKey, ObjectId, Timestamp } from "bson";
import { parseSort } from "../../../src/embedded/query/sort.ts";
import { decimal, double, idsOf, long, type Refusal, refusalOf, regex, stored } from "./query-fixtures.ts";

/** The order in which a real mongod 6.0.5 answered. */
type Row = readonly [title: string, sort: Document, ids: readonly number[]];

const sorted = (documents: readonly Document[], sort: Document) =>
  idsOf(documents.map(stored).sort(parseSort(stored(sort)).compare));

const mixedDocuments: readonly Document[] = [
  { _id: 1 },
  { _id: 2, a: null },
  { _id: 3, a: [] },
  { _id: 4, a: [5, 1] },
  { _id: 5, a: 2 },
  { _id: 6, a: long("3") },
  { _id: 7, a: "b" },
  { _id: 8, a: ["z", 0] },
  { _id: 9, a: { b: 1 } },
  { _id: 10, a: [{ b: 3 }, { b: 0 }] },
  { _id: 11, a: true },
  { _id: 12, a: new Date(0) },
  { _id: 13, a: new MinKey() },
  { _id: 14, a: new MaxKey() },
  { _id: 15, a: double(NaN) },
  { _id: 16, a: decimal("2.5") },
  { _id: 17, a: new ObjectId("000000000000000000000000") },
  { _id: 18, a: regex("x") },
  { _id: 19, a: new Timestamp({ t: 1, i: 1 }) },
  { _id: 20, a: new Binary(Buffer.from([1])) },
  { _id: 21, a: "\uff5e" },
  { _id: 22, a: "😀" },
  { _id: 23, a: [[9]] },
  { _id: 24, a: new Code("f") },
  { _id: 25, a: new Code("f", {}) },
  { _id: 26, a: new BSONSymbol("a") },
];

const mixedRows: readonly Row[] = [
  [
    "ascending takes the least element of an array",
    { a: 1, _id: 1 },
    [13, 3, 1, 2, 15, 8, 4, 5, 16, 6, 26, 7, 21, 22, 10, 9, 23, 20, 17, 11, 12, 19, 18, 24, 25, 14],
  ],
  [
    "descending takes the greatest",
    { a: -1, _id: 1 },
    [14, 25, 24, 18, 19, 12, 11, 17, 20, 23, 10, 9, 22, 21, 8, 7, 26, 4, 6, 16, 5, 15, 1, 2, 3, 13],
  ],
  [
    "a path through arrays",
    { "a.b": 1, _id: -1 },
    [26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 8, 7, 6, 5, 4, 3, 2, 1, 10, 9],
  ],
  [
    "a position",
    { "a.0": 1, _id: 1 },
    [1, 2, 3, 5, 6, 7, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 24, 25, 26, 4, 8, 10, 23],
  ],
  [
    "a position, descending",
    { "a.0": -1, _id: 1 },
    [23, 10, 8, 4, 1, 2, 3, 5, 6, 7, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 24, 25, 26],
  ],
];

describe("sort over all types", () => {
  for (const [title, sort, ids] of mixedRows) {
    test(title, () => assert.deepEqual(sorted(mixedDocuments, sort), ids));
  }
});

const compoundDocuments: readonly Document[] = [
  {
    _id: 1,
    a: [
      { b: 1, c: 9 },
      { b: 2, c: 0 },
    ],
  },
  { _id: 2, a: [{ b: 1, c: 5 }] },
  { _id: 3, a: { b: 2, c: 1 } },
  { _id: 4, a: [] },
  { _id: 5 },
];

const compoundRows: readonly Row[] = [
  ["the keys of one element belong together", { "a.b": 1, "a.c": 1, _id: 1 }, [4, 5, 2, 1, 3]],
  ["in either direction", { "a.b": 1, "a.c": -1, _id: 1 }, [4, 5, 1, 2, 3]],
  ["and the other", { "a.b": -1, "a.c": 1, _id: 1 }, [1, 3, 2, 4, 5]],
  ["with the other first", { "a.c": 1, "a.b": 1, _id: 1 }, [4, 5, 1, 3, 2]],
  ["with the array itself", { a: 1, "a.b": 1, _id: 1 }, [4, 5, 2, 1, 3]],
];

describe("sort by several keys", () => {
  for (const [title, sort, ids] of compoundRows) {
    test(title, () => assert.deepEqual(sorted(compoundDocuments, sort), ids));
  }
});

/** As mongod 6.0.5 refuses; a direction that drivers refuse themselves as its `$sort` stage does. */
const refusals: readonly (readonly [sort: Document, refusal: Refusal])[] = [
  [{ a: 2 }, [15975, "$sort key ordering must be 1 (for ascending) or -1 (for descending)"]],
  [{ a: 0 }, [15975, "$sort key ordering must be 1 (for ascending) or -1 (for descending)"]],
  [{ a: "x" }, [15974, 'Illegal key in $sort specification: a: "x"']],
  [{ a: [1] }, [15974, "Illegal key in $sort specification: a: [ 1 ]"]],
  [{ a: { b: 1 } }, [17312, "$meta is the only expression supported by $sort right now"]],
  [{ "": 1 }, [40352, "FieldPath cannot be constructed with empty string"]],
  [{ "a.": 1 }, [40353, "FieldPath must not end with a '.'."]],
  [{ "a..b": 1 }, [15998, "FieldPath field names may not be empty strings."]],
  [{ $a: 1 }, [16410, "FieldPath field names may not start with '$'. Consider using $getField or $setField."]],
  [Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`f${at}`, 1])), [13103, "too many compound keys"]],
];

describe("sorts that are refused", () => {
  for (const [sort, refusal] of refusals) {
    const title = JSON.stringify(sort).slice(0, 40);
    test(title, () =>
      assert.deepEqual(
        refusalOf(() => parseSort(stored(sort))),
        refusal,
      ),
    );
  }

  test("keys in two arrays of one document", () => {
    const refusal = refusalOf(() => sorted([{ a: [1], b: [2] }, {}], { a: 1, b: 1 }));
    assert.deepEqual(refusal, [2, "cannot sort with keys that are parallel arrays"]);
  });

  test("a number that is a position and a field's name", () => {
    const why = "(do not use numeric field names in embedded elements in an array)";
    const message = `Ambiguous field name found in array ${why}, field: '0' for array: { 0: { 0: 1 } }`;
    assert.deepEqual(
      refusalOf(() => sorted([{ a: [{ "0": 1 }] }, {}], { "a.0": 1 })),
      [16746, message],
    );
  });
});

test("differs: $meta and $natural are not supported in a sort", () => {
  assert.equal(refusalOf(() => parseSort(stored({ a: { $meta: "randVal" } })))[0], 238);
  assert.equal(refusalOf(() => parseSort(stored({ $natural: -1 })))[0], 238);
});

test("the direction is cut to a whole number", () => {
  assert.deepEqual(parseSort(stored({ a: double(-1.5) })).fields, [{ path: "a", direction: -1 }]);
});
