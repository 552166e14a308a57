// Filters over missing, null, arrays, embedded documents and paths.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Document, MaxKey, MinKey } from "bson";
import { matching, regex } from "./query-fixtures.ts";

/** The ids that a real mongod 6.0.5 answered with. */
type Row = readonly [title: string, filter: Document, ids: readonly number[]];

const filtersDocuments: readonly Document[] = [
  { _id: 1 },
  { _id: 2, a: null },
  { _id: 3, a: 1 },
  { _id: 4, a: [] },
  { _id: 5, a: [null] },
  { _id: 6, a: [1, 2, 3] },
  { _id: 7, a: { b: 1 } },
  { _id: 8, a: { b: null } },
  { _id: 9, a: { b: 1, c: 2 } },
  { _id: 10, a: { c: 2, b: 1 } },
  { _id: 11, a: [{ b: 1 }, { b: 2 }] },
  {
    _id: 12,
    a: [
      { b: 1, c: 1 },
      { b: 2, c: 2 },
    ],
  },
  { _id: 13, a: [{ c: 1 }] },
  { _id: 14, a: [[1, 2], [3]] },
  { _id: 15, a: "text" },
  { _id: 16, a: ["text", "x"] },
  { _id: 17, a: true },
  { _id: 18, a: NaN },
  { _id: 19, a: [[{ b: 1 }]] },
  { _id: 20, a: [0, 5] },
];

const filtersRows: readonly Row[] = [
  ["null matches what is missing", { a: null }, [1, 2, 5]],
  [
    "null on a path matches what is missing, not what stands in an array without fields",
    { "a.b": null },
    [1, 2, 3, 8, 13, 15, 17, 18],
  ],
  [
    "$ne null wants a value that is not null",
    { a: { $ne: null } },
    [3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
  ],
  ["null in $in matches what is missing", { a: { $in: [null] } }, [1, 2, 5]],
  ["$gte null is equality with null", { a: { $gte: null } }, [1, 2, 5]],
  ["nothing is greater than null", { a: { $gt: null } }, []],
  ["an absent field", { a: { $exists: false } }, [1]],
  ["a field in any document of an array", { "a.b": { $exists: true } }, [7, 8, 9, 10, 11, 12]],
  [
    "no document of an array has the field",
    { "a.b": { $exists: false } },
    [1, 2, 3, 4, 5, 6, 13, 14, 15, 16, 17, 18, 19, 20],
  ],
  ["a position in an array", { "a.0": { $exists: true } }, [5, 6, 11, 12, 13, 14, 16, 19, 20]],
  ["nothing is less than MinKey", { a: { $lt: new MinKey() } }, []],
  [
    "everything is greater than MinKey, missing too",
    { a: { $gt: new MinKey() } },
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
  ],
  [
    "everything is at most MaxKey",
    { a: { $lte: new MaxKey() } },
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
  ],
  ["numbers compare with numbers only", { a: { $gt: 0 } }, [3, 6, 20]],
  ["strings compare with strings only", { a: { $lt: "u" } }, [15, 16]],
  ["booleans compare with booleans only", { a: { $gte: false } }, [17]],
  ["documents compare with documents", { a: { $gte: { b: 1 } } }, [7, 9, 10, 11, 12, 13]],
  ["arrays compare with arrays, also as elements", { a: { $gt: [1] } }, [6, 11, 12, 13, 14, 16, 19]],
  ["NaN is at least NaN", { a: { $gte: NaN } }, [18]],
  ["nothing is less than NaN", { a: { $lt: NaN } }, []],
  ["NaN equals NaN", { a: NaN }, [18]],
  ["equality looks into an array", { a: 1 }, [3, 6]],
  ["equality with a whole array", { a: [1, 2, 3] }, [6]],
  ["an array in an array equals as an element", { a: [1, 2] }, [14]],
  ["an empty array", { a: [] }, [4]],
  ["the order of the fields of a document counts", { a: { b: 1, c: 2 } }, [9]],
  ["a document equals as an element", { a: { b: 1 } }, [7, 11]],
  ["$ne wants no element equal", { a: { $ne: 1 } }, [1, 2, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]],
  [
    "$nin wants no element equal",
    { a: { $nin: [1, "text"] } },
    [1, 2, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 17, 18, 19, 20],
  ],
  ["nothing is in an empty list", { a: { $in: [] } }, []],
  [
    "everything is in no empty list",
    { a: { $nin: [] } },
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
  ],
  ["a regular expression in $in", { a: { $in: [1, regex("^te")] } }, [3, 6, 15, 16]],
  ["an array in $in", { a: { $in: [[1, 2], true] } }, [14, 17]],
  ["two conditions may be met by two elements", { a: { $gt: 0, $lt: 2 } }, [3, 6, 20]],
  ["two conditions on an array, each for itself", { a: { $gt: 1, $lt: 5 } }, [6, 20]],
  ["$elemMatch wants one element for both", { a: { $elemMatch: { $gt: 1, $lt: 5 } } }, [6]],
  ["$elemMatch wants one document for both", { a: { $elemMatch: { b: 2, c: 2 } } }, [12]],
  ["separate conditions may be met by two documents", { "a.b": 2, "a.c": 1 }, [12]],
  ["$elemMatch of documents passes over plain values", { a: { $elemMatch: { b: { $exists: false } } } }, [13, 14, 19]],
  [
    "$elemMatch of nothing matches a document or an array in the array",
    { a: { $elemMatch: {} } },
    [11, 12, 13, 14, 19],
  ],
  ["$elemMatch in $elemMatch", { a: { $elemMatch: { $elemMatch: { $gt: 2 } } } }, [14]],
  ["an array in the array has its positions for fields", { a: { $elemMatch: { "0": 1 } } }, [14]],
  ["$elemMatch with a logical operator", { a: { $elemMatch: { $or: [{ b: 2 }, { c: 1 }] } } }, [11, 12, 13]],
  ["$elemMatch with a negation", { a: { $elemMatch: { $ne: 1 } } }, [5, 6, 11, 12, 13, 14, 16, 19, 20]],
  ["$elemMatch with $not", { a: { $elemMatch: { $not: { $gt: 1 } } } }, [5, 6, 11, 12, 13, 14, 16, 19, 20]],
  ["a path through an array of documents", { "a.b": 1 }, [7, 9, 10, 11, 12]],
  ["a position on a path", { "a.0.b": 1 }, [11, 12, 19]],
  ["a position at the end", { "a.0": 1 }, [6]],
  ["a position in a position", { "a.0.0": 1 }, [14]],
  ["a position that holds an array", { "a.0": [1, 2] }, [14]],
  ["a position with an order", { "a.1.b": { $gt: 1 } }, [11, 12]],
  [
    "$not holds for no element and for what is missing",
    { a: { $not: { $gt: 1 } } },
    [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19],
  ],
  [
    "$not of two conditions",
    { a: { $not: { $gt: 0, $lt: 2 } } },
    [1, 2, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19],
  ],
  [
    "$not of a regular expression",
    { a: { $not: regex("^t") } },
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 17, 18, 19, 20],
  ],
  [
    "$not of $regex with options",
    { a: { $not: { $regex: "^T", $options: "i" } } },
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 17, 18, 19, 20],
  ],
  ["the size of the array", { a: { $size: 2 } }, [11, 12, 14, 16, 20]],
  ["no size without an array", { a: { $size: 0 } }, [4]],
  ["all of them", { a: { $all: [1, 3] } }, [6]],
  ["$all of one array is equality", { a: { $all: [[1, 2]] } }, [14]],
  ["nothing has all of nothing", { a: { $all: [] } }, []],
  ["$all null", { a: { $all: [null] } }, [1, 2, 5]],
  ["$all of $elemMatch", { a: { $all: [{ $elemMatch: { b: 1 } }, { $elemMatch: { c: 2 } }] } }, [12]],
  ["$all with a regular expression", { a: { $all: [regex("^t"), "x"] } }, [16]],
  ["the type of the field or of an element", { a: { $type: "array" } }, [4, 5, 6, 11, 12, 13, 14, 16, 19, 20]],
  ["any number", { a: { $type: "number" } }, [3, 6, 18, 20]],
  ["several types", { a: { $type: ["string", 8] } }, [15, 16, 17]],
  ["a type by number", { a: { $type: 10 } }, [2, 5]],
  ["the type on a path", { "a.b": { $type: "int" } }, [7, 9, 10, 11, 12]],
  ["remainder", { a: { $mod: [2, 1] } }, [3, 6, 20]],
  ["$or", { $or: [{ a: "text" }, { a: true }] }, [15, 16, 17]],
  ["$nor", { $nor: [{ a: { $exists: true } }, { _id: 1 }] }, []],
  ["$and", { $and: [{ a: 1 }, { a: 2 }] }, [6]],
  ["fields beside each other", { a: 1, _id: { $gt: 3 } }, [6]],
  ["$comment says nothing", { $comment: "why", a: true }, [17]],
  ["$alwaysFalse", { $alwaysFalse: 1 }, []],
  ["$alwaysTrue", { $alwaysTrue: 1, a: true }, [17]],
  ["an empty name is a field like any other", { "": 1 }, []],
  ["an empty segment too", { "a..b": 1 }, []],
  ["null below a plain value", { "a.b.c": null }, [1, 2, 3, 7, 8, 9, 10, 11, 12, 13, 15, 17, 18]],
];

describe("filters", () => {
  for (const [title, filter, ids] of filtersRows) {
    test(title, () => assert.deepEqual(matching(filtersDocuments, filter), ids));
  }
});
