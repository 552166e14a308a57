import assert from "node:assert/strict";
import { test } from "node:test";
import { Double, Int32, MinKey } from "bson";
import { parseSort } from "../../../src/embedded/query/sort.ts";
import type { IndexDefinition } from "../../../src/embedded/storage/index-definition.ts";
import { planRead } from "../../../src/embedded/storage/plan.ts";
import type { ValueDocument } from "../../../src/embedded/values/value.ts";
import { indexOn } from "./index-on.ts";

const int = (value: number) => new Int32(value);

function isUsed(index: IndexDefinition, filter: ValueDocument, sort?: ValueDocument): boolean {
  const request = { filter, sort: sort === undefined ? null : parseSort(sort), indexes: [index] };
  return planRead(request).kind === "index";
}

/** The partial filter, what is asked beside `a`, and whether the index on `a` may answer. */
const partial: readonly (readonly [ValueDocument, ValueDocument, boolean])[] = [
  [{ b: "x" }, { b: "x" }, true],
  [{ b: "x" }, { b: { $eq: "x" } }, true],
  [{ b: "x" }, { b: { $in: ["x"] } }, true],
  [{ b: "x" }, { b: { $in: ["x", "y"] } }, false],
  [{ b: "x" }, { b: "y" }, false],
  [{ b: "x" }, {}, false],
  [{ b: "x" }, { $or: [{ b: "x" }] }, false],
  [{ b: "x" }, { $and: [{ b: "x" }] }, true],
  [{ b: { $in: ["x", "y"] } }, { b: "y" }, true],
  [{ b: { $in: ["x", "y"] } }, { b: { $in: ["y", "x"] } }, true],
  [{ b: "x", c: true }, { b: "x" }, false],
  [{ b: "x", c: true }, { b: "x", c: true }, true],
  [{ $and: [{ b: "x" }, { c: true }] }, { b: "x", c: true }, true],
  [{ b: { $gt: int(3) } }, { b: int(4) }, true],
  [{ b: { $gt: int(3) } }, { b: int(3) }, false],
  [{ b: { $gte: int(3) } }, { b: int(3) }, true],
  [{ b: { $gt: int(3) } }, { b: { $gt: int(3) } }, true],
  [{ b: { $gt: int(3) } }, { b: { $gte: int(3) } }, false],
  [{ b: { $gte: int(3) } }, { b: { $gt: int(3) } }, true],
  [{ b: { $gt: int(3) } }, { b: { $lt: int(9) } }, false],
  [{ b: { $lt: int(3) } }, { b: { $lte: int(2) } }, true],
  [{ b: { $lt: int(3) } }, { b: { $lte: int(3) } }, false],
  [{ b: { $gt: int(3) } }, { b: "x" }, false],
  [{ b: { $lt: int(3) } }, { b: new Double(Number.NaN) }, false],
  [{ b: { $gte: new Double(Number.NaN) } }, { b: int(3) }, false],
  [{ b: { $gt: int(3), $lt: int(9) } }, { b: int(5) }, true],
  [{ b: { $gt: int(3), $lt: int(9) } }, { b: { $gt: int(5) } }, false],
  [{ b: { $exists: true } }, { b: "x" }, true],
  [{ b: { $exists: true } }, { b: { $gt: int(1) } }, true],
  [{ b: { $exists: true } }, { b: { $exists: true } }, true],
  [{ b: { $exists: true } }, { b: null }, false],
  [{ b: { $exists: true } }, { b: { $in: ["x", null] } }, false],
  [{ b: { $exists: true } }, { b: { $ne: "x" } }, false],
  [{ b: { $exists: true } }, { b: { $gte: new MinKey() } }, false],
  [{ b: { $type: "string" } }, { b: { $type: "string" } }, true],
  // An equal symbol matches the filter and is no string.
  [{ b: { $type: "string" } }, { b: "x" }, false],
  [{ b: null }, { b: null }, true],
  [{ b: null }, { b: { $exists: false } }, false],
  [{ $or: [{ b: "x" }, { b: "y" }] }, { b: "x" }, false],
];

for (const [partialFilter, asked, expected] of partial) {
  test(`the index of ${JSON.stringify(partialFilter)} is ${expected ? "used" : "not used"} for ${JSON.stringify(asked)}`, () => {
    assert.equal(isUsed(indexOn({ a: 1 }, { partialFilter }), { a: int(1), ...asked }), expected);
  });
}

test("a sparse index is used where the filter asks for a value in one of its fields", () => {
  const index = indexOn({ a: 1, b: 1 }, { sparse: true });
  assert.equal(isUsed(index, { a: int(1) }), true);
  assert.equal(isUsed(index, { a: null, b: int(1) }), true);
  assert.equal(isUsed(index, { a: { $exists: true } }, { a: int(1) }), true);
  assert.equal(isUsed(index, { a: null }), false);
  assert.equal(isUsed(index, { a: { $in: [int(1), null] } }), false);
  assert.equal(isUsed(index, {}, { a: int(1) }), false);
});
