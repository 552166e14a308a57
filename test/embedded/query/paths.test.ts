import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Document, EJSON } from "bson";
import { CommandError } from "../../../src/embedded/command-error.ts";
import { parseFilter } from "../../../src/embedded/query/filter.ts";
import { keyTuples } from "../../../src/embedded/query/key-tuples.ts";
import { type Element, valuesAt } from "../../../src/embedded/query/paths.ts";
import { missing } from "../../../src/embedded/values/value.ts";
import { scope, stored } from "./query-fixtures.ts";

/** What an index of a real mongod 6.0.5 holds, seen with `returnKey`; "missing" is its null. An index holds each once. */
const keyRows: readonly (readonly [document: Document, paths: readonly string[], tuples: readonly unknown[]])[] = [
  [{}, ["a"], [["missing"]]],
  [{ a: [] }, ["a"], [["undefined"]]],
  [{ a: [] }, ["a.b"], [["missing"]]],
  [{ a: { b: [] } }, ["a.b"], [["undefined"]]],
  [{ a: [1, 2] }, ["a"], [[1], [2]]],
  [{ a: [[1, 2], 3] }, ["a"], [[[1, 2]], [3]]],
  [{ a: [[1, 2], 3] }, ["a.0"], [[[1, 2]]]],
  [{ a: [[1, 2], 3] }, ["a.0.0"], [[1]]],
  [{ a: [[]] }, ["a.0"], [["undefined"]]],
  [{ a: [{ b: [1, 2] }, { b: 3 }] }, ["a.b"], [[1], [2], [3]]],
  [{ a: [1, { b: 2 }] }, ["a.b"], [["missing"], [2]]],
  [{ a: [[{ b: 1 }]] }, ["a.b"], [["missing"]]],
  [{ a: [[{ b: 1 }]] }, ["a.0.b"], [[1]]],
  [
    { a: [{ b: 1, c: 2 }, { b: 3 }] },
    ["a.b", "a.c"],
    [
      [1, 2],
      [3, "missing"],
    ],
  ],
  [
    { a: { b: [1, 2], c: 5 } },
    ["a.b", "a.c"],
    [
      [1, 5],
      [2, 5],
    ],
  ],
  [{ a: [], b: 1 }, ["a", "b"], [["undefined", 1]]],
  [
    { a: [1, 2] },
    ["a.0", "a"],
    [
      [1, 1],
      [1, 2],
    ],
  ],
];

const plain = (element: Element) =>
  element === missing ? "missing" : element === undefined ? "undefined" : EJSON.serialize({ element }).element;

describe("keys of an index or a sort", () => {
  const parallel = () => new CommandError("CannotBackfillArray", "parallel");
  for (const [document, paths, expected] of keyRows) {
    test(`${paths.join(", ")} of ${JSON.stringify(document)}`, () => {
      const segments = paths.map((path) => path.split("."));
      const { tuples, multikey } = keyTuples(stored(document), segments, parallel);
      const distinct = new Set(tuples.map((tuple) => JSON.stringify(tuple.map(plain))));
      assert.deepEqual(
        [...distinct],
        expected.map((tuple) => JSON.stringify(tuple)),
      );
      assert.equal(multikey, JSON.stringify(document).includes("["));
    });
  }
});

/** What `distinct` of a real mongod 6.0.5 finds, before it looks into an array at the end. */
const valueRows: readonly (readonly [document: Document, path: string, values: readonly unknown[]])[] = [
  [{ a: 1 }, "a", [1]],
  [{}, "a", []],
  [{ a: null }, "a", [null]],
  [{ a: { b: [1, 2] } }, "a.b", [[1, 2]]],
  [{ a: [{ b: 1 }, { b: [2, 3] }, { c: 1 }, 5] }, "a.b", [1, [2, 3]]],
  [{ a: [[{ b: 9 }]] }, "a.b", []],
  [{ a: [[{ b: 9 }]] }, "a.0.b", [9]],
  [{ a: { 0: "z" } }, "a.0", ["z"]],
  [{ a: [{ 0: "q" }, "w"] }, "a.0", [{ 0: "q" }]],
  [{ a: [{ 0: "q" }, "w"] }, "a.0.0", ["q"]],
  [{ a: [1, 2] }, "a.2", []],
  [{ a: 1 }, "constructor", []],
];

describe("values at a path", () => {
  for (const [document, path, expected] of valueRows) {
    test(`${path} of ${JSON.stringify(document)}`, () => {
      const values = valuesAt(stored(document), path).map((value) => EJSON.serialize({ value }).value);
      assert.deepEqual(values, expected);
    });
  }
});

/** Where `$` of a real mongod 6.0.5 points to, by the field that `{$set: {"probe.$": 1}}` makes. */
const positionRows: readonly (readonly [document: Document, filter: Document, index: number | null])[] = [
  [{ a: [1, 2, 3] }, { a: 2 }, 1],
  [{ a: [1, 2, 3] }, { a: { $gt: 1 } }, 1],
  [{ a: [1, 2, 3] }, { a: { $elemMatch: { $gt: 2 } } }, 2],
  [{ a: [{ b: 1 }, { b: 2 }] }, { "a.b": 2 }, 1],
  [{ a: [{ b: 1 }, { b: 2 }] }, { a: { $elemMatch: { b: 2 } } }, 1],
  [{ a: [{ b: [1] }, { b: [0, 2] }] }, { "a.b": 2 }, 1],
  [{ a: [1, 2] }, { a: { $in: [2] } }, 1],
  [{ a: [1, 2] }, { a: { $ne: 5 } }, null],
  [{ a: [1, 2] }, { a: { $all: [2] } }, 1],
  [{ a: [1, 2] }, { $or: [{ a: 9 }, { a: 2 }] }, 1],
  [{ a: [1, 2] }, { a: [1, 2] }, null],
  [{ a: [1, 2] }, {}, null],
  [{ a: [1, 2] }, { a: { $size: 2 } }, null],
  [{ a: [1, 2], b: [7, 8, 9] }, { b: 9 }, 2],
  [{ a: [1, 2] }, { "a.1": 2 }, null],
  [{ a: [1, 2] }, { a: { $exists: true } }, 0],
  [{ a: { c: [5, 6] } }, { "a.c": 6 }, 1],
  [{ a: [{ b: [{ c: 1 }, { c: 2 }] }] }, { "a.b.c": 2 }, 0],
  [{ a: [{ b: [{ c: 1 }, { c: 2 }] }] }, { a: { $elemMatch: { "b.c": 2 } } }, 0],
  [{ a: [[1], [2]] }, { a: { $elemMatch: { $elemMatch: { $gt: 1 } } } }, 1],
];

describe("the array element by which a document matched", () => {
  for (const [document, filter, expected] of positionRows) {
    test(`${JSON.stringify(filter)} on ${JSON.stringify(document)}`, () => {
      assert.equal(parseFilter(stored(filter), scope).matchedArrayIndex(stored(document)), expected);
    });
  }
});
