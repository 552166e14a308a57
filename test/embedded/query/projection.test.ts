import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Document, EJSON } from "bson";
import { parseProjection } from "../../../src/embedded/query/projection.ts";
import { type Refusal, refusalOf, scope, stored } from "./query-fixtures.ts";

const document = stored({
  _id: 1,
  a: 1,
  b: { c: 1, d: [1, { e: 2 }], f: [[{ g: 1, h: 2 }, 3], 4] },
  arr: [1, 2, 3, 4],
  n: [{ x: 1, y: 2 }, { x: 2, y: 3 }, 5],
  z: null,
});

/** What a real mongod 6.0.5 made of the document. */
const rows: readonly (readonly [title: string, projection: Document, projected: Document])[] = [
  ["inclusion brings _id", { a: 1 }, { _id: 1, a: 1 }],
  ["but for _id: 0", { _id: 0, a: 1 }, { a: 1 }],
  ["_id alone", { _id: 1 }, { _id: 1 }],
  [
    "_id left out",
    { _id: 0 },
    {
      a: 1,
      b: { c: 1, d: [1, { e: 2 }], f: [[{ g: 1, h: 2 }, 3], 4] },
      arr: [1, 2, 3, 4],
      n: [{ x: 1, y: 2 }, { x: 2, y: 3 }, 5],
      z: null,
    },
  ],
  ["exclusion", { a: 0, b: 0, n: 0 }, { _id: 1, arr: [1, 2, 3, 4], z: null }],
  ["_id kept in an exclusion", { _id: 1, b: 0, n: 0 }, { _id: 1, a: 1, arr: [1, 2, 3, 4], z: null }],
  ["the order is the document's", { z: 1, a: true }, { _id: 1, a: 1, z: null }],
  ["a dotted path", { "b.c": 1 }, { _id: 1, b: { c: 1 } }],
  ["the same nested", { b: { c: 1 } }, { _id: 1, b: { c: 1 } }],
  [
    "a dotted path left out",
    { "b.c": 0, n: 0, arr: 0 },
    { _id: 1, a: 1, b: { d: [1, { e: 2 }], f: [[{ g: 1, h: 2 }, 3], 4] }, z: null },
  ],
  ["documents in an array, without what is no document", { "n.x": 1 }, { _id: 1, n: [{ x: 1 }, { x: 2 }] }],
  [
    "left out of documents in an array",
    { "n.x": 0, b: 0 },
    { _id: 1, a: 1, arr: [1, 2, 3, 4], n: [{ y: 2 }, { y: 3 }, 5], z: null },
  ],
  ["arrays in arrays", { "b.f.g": 1 }, { _id: 1, b: { f: [[{ g: 1 }]] } }],
  [
    "left out of arrays in arrays",
    { "b.f.g": 0, n: 0 },
    { _id: 1, a: 1, b: { c: 1, d: [1, { e: 2 }], f: [[{ h: 2 }, 3], 4] }, arr: [1, 2, 3, 4], z: null },
  ],
  ["below a plain value is nothing", { "a.x": 1 }, { _id: 1 }],
  ["documents stay, empty", { "n.q": 1 }, { _id: 1, n: [{}, {}] }],
  ["a path below _id", { "_id.x": 1, a: 1 }, { a: 1 }],
  ["the first of an array", { arr: { $slice: 2 }, b: 0, n: 0 }, { _id: 1, a: 1, arr: [1, 2], z: null }],
  ["the last", { arr: { $slice: -2 }, a: 1 }, { _id: 1, a: 1, arr: [3, 4] }],
  ["from the second", { arr: { $slice: [1, 2] }, a: 1 }, { _id: 1, a: 1, arr: [2, 3] }],
  ["from the third last", { arr: { $slice: [-3, 2] }, a: 1 }, { _id: 1, a: 1, arr: [2, 3] }],
  ["from before the beginning", { arr: { $slice: [-10, 2] }, a: 1 }, { _id: 1, a: 1, arr: [1, 2] }],
  ["none", { arr: { $slice: 0 }, a: 1 }, { _id: 1, a: 1, arr: [] }],
  [
    "a slice alone keeps everything else",
    { arr: { $slice: 1 } },
    {
      _id: 1,
      a: 1,
      b: { c: 1, d: [1, { e: 2 }], f: [[{ g: 1, h: 2 }, 3], 4] },
      arr: [1],
      n: [{ x: 1, y: 2 }, { x: 2, y: 3 }, 5],
      z: null,
    },
  ],
  ["a slice beside _id does not", { _id: 1, arr: { $slice: 1 } }, { _id: 1, arr: [1] }],
  ["a slice on a path", { "b.d": { $slice: 1 }, "b.c": 1 }, { _id: 1, b: { c: 1, d: [1] } }],
  ["a slice of no array", { a: { $slice: 1 }, z: 1 }, { _id: 1, a: 1, z: null }],
  ["the first element that matches", { n: { $elemMatch: { x: 2 } } }, { _id: 1, n: [{ x: 2, y: 3 }] }],
  [
    "stands behind the included fields",
    { n: { $elemMatch: { x: 2 } }, z: 1 },
    { _id: 1, z: null, n: [{ x: 2, y: 3 }] },
  ],
  [
    "and in its place otherwise",
    { n: { $elemMatch: { x: 2 } }, b: 0 },
    { _id: 1, a: 1, arr: [1, 2, 3, 4], n: [{ x: 2, y: 3 }], z: null },
  ],
  ["of plain values", { arr: { $elemMatch: { $gt: 2 } } }, { _id: 1, arr: [3] }],
  ["or none", { n: { $elemMatch: { x: 9 } }, a: 1 }, { _id: 1, a: 1 }],
  [
    "beside a slice everything is kept",
    { n: { $elemMatch: { x: 2 } }, arr: { $slice: 1 } },
    {
      _id: 1,
      a: 1,
      b: { c: 1, d: [1, { e: 2 }], f: [[{ g: 1, h: 2 }, 3], 4] },
      arr: [1],
      n: [{ x: 2, y: 3 }],
      z: null,
    },
  ],
  ["a literal", { a: "text" }, { _id: 1, a: "text" }],
  ["null is a literal too", { a: null, z: 1 }, { _id: 1, z: null, a: null }],
  ["a computed field", { q: "$a" }, { _id: 1, q: 1 }],
  ["computed in every element of an array", { "n.w": "$a" }, { _id: 1, n: [{ w: 1 }, { w: 1 }, { w: 1 }] }],
  ["computed in place of a plain value", { "b.c.w": "$a" }, { _id: 1, b: { c: { w: 1 } } }],
  ["computed beside an included field", { b: { c: 1, w: "$a" } }, { _id: 1, b: { c: 1, w: 1 } }],
  ["computed where nothing was", { "q.w": "$a" }, { _id: 1, q: { w: 1 } }],
  ["nothing computed", { q: "$nope", a: 1 }, { _id: 1, a: 1 }],
];

const projected = (projection: Document) => parseProjection(stored(projection), scope).apply(document);

describe("projections", () => {
  for (const [title, projection, expected] of rows) {
    // As text, because the order of the fields counts.
    test(title, () => assert.equal(EJSON.stringify(projected(projection)), JSON.stringify(expected)));
  }
});

/** As mongod 6.0.5 refuses. */
const refusals: readonly (readonly [projection: Document, refusal: Refusal])[] = [
  [{ a: 1, b: 0 }, [31254, "Cannot do exclusion on field b in inclusion projection"]],
  [{ b: 0, a: 1 }, [31253, "Cannot do inclusion on field a in exclusion projection"]],
  [{ b: 1, "b.c": 1 }, [31249, "Path collision at b.c remaining portion c"]],
  [{ "b.c": 1, b: 1 }, [31250, "Path collision at b"]],
  [{ a: {} }, [51270, "An empty sub-projection is not a valid value. Found empty object at path"]],
  [{ a: 0, q: "x" }, [31310, 'Cannot use an expression q: "x" in an exclusion projection']],
  [{ a: 0, q: { $add: [1, 2] } }, [31252, "Cannot use expression other than $meta in exclusion projection"]],
  [{ "": 1 }, [40352, "FieldPath cannot be constructed with empty string"]],
  [{ "a.": 1 }, [40353, "FieldPath must not end with a '.'."]],
  [{ "a..b": 1 }, [15998, "FieldPath field names may not be empty strings."]],
  [{ $a: 1 }, [16410, "FieldPath field names may not start with '$'. Consider using $getField or $setField."]],
  [{ "a.$b": 1 }, [16410, "FieldPath field names may not start with '$'. Consider using $getField or $setField."]],
  [{ "b.d": { $elemMatch: { e: 2 } } }, [31275, "Cannot use $elemMatch projection on a nested field."]],
  [{ n: { $elemMatch: 1 } }, [31274, "elemMatch: Invalid argument, object required, but got int"]],
  [{ n: { $elemMatch: { $foo: 1 } } }, [2, "unknown operator: $foo"]],
  [
    { a: { x: 1, $add: [1] } },
    [16410, "FieldPath field names may not start with '$'. Consider using $getField or $setField."],
  ],
  [
    { arr: { $slice: "x" } },
    [
      28667,
      'Invalid $slice syntax. The given syntax { $slice: "x" } did not match the find() syntax because :: Location31273: $slice only supports numbers and [skip, limit] arrays :: The given syntax did not match the expression $slice syntax. :: caused by :: Expression $slice takes at least 2 arguments, and at most 3, but 1 were passed in.',
    ],
  ],
];

describe("projections that are refused", () => {
  for (const [projection, refusal] of refusals) {
    test(JSON.stringify(projection), () =>
      assert.deepEqual(
        refusalOf(() => projected(projection)),
        refusal,
      ),
    );
  }
});

test("differs: positional projection, $meta, and expressions where there is no evaluator are not supported", () => {
  assert.equal(refusalOf(() => projected({ "n.$": 1 }))[0], 238);
  assert.equal(refusalOf(() => projected({ q: { $meta: "recordId" } }))[0], 238);
  assert.equal(refusalOf(() => parseProjection({ q: "$a" }, { ...scope, evaluate: null }))[0], 238);
});

test("the document stays as it was", () => {
  const before = EJSON.stringify(document);
  for (const [, projection] of rows) projected(projection);
  assert.equal(EJSON.stringify(document), before);
});

test("a field named __proto__ is projected as a field", () => {
  const own = stored({ ["__proto__"]: { x: 1 }, a: 1 });
  const kept = parseProjection(stored({ ["__proto__"]: 1 }), scope).apply(own);
  assert.deepEqual(Object.keys(kept), ["__proto__"]);
  assert.equal(Object.getPrototypeOf(kept), Object.prototype);
});
