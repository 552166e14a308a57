import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from "bson";
import { compareValues, equalValues } from "../../../src/embedded/values/compare.ts";
import type { Value } from "../../../src/embedded/values/value.ts";

const int = (value: number) => new Int32(value);
const binary = (bytes: readonly number[], subtype = 0) => new Binary(Buffer.from(bytes), subtype);

/** One row for values that are equal, in the order in which mongod 6.0.5 sorts them. */
const order: readonly (readonly Value[])[] = [
  [new MinKey()],
  [undefined],
  [null],
  [new Double(Number.NaN), Decimal128.fromString("NaN")],
  [new Double(Number.NEGATIVE_INFINITY), Decimal128.fromString("-Infinity")],
  [Decimal128.fromString("-1E+400")],
  [new Double(-1.5), Decimal128.fromString("-1.50")],
  [int(0), new Double(-0), Long.ZERO, Decimal128.fromString("-0")],
  [Decimal128.fromString("1E-6176")],
  [Decimal128.fromString("0.1")],
  [new Double(0.1)],
  [int(1), new Double(1), Long.ONE, Decimal128.fromString("1.0")],
  [new Double(2 ** 53), Long.fromString("9007199254740992")],
  [Long.fromString("9007199254740993"), Decimal128.fromString("9007199254740993")],
  [Long.MAX_VALUE],
  [new Double(2 ** 63)],
  [Decimal128.fromString("1E+6000")],
  [Decimal128.fromString("1E+6001")],
  [new Double(Number.POSITIVE_INFINITY), Decimal128.fromString("Infinity")],
  [""],
  ["a", new BSONSymbol("a")],
  ["ab"],
  ["\uff5e"],
  ["😀"],
  [{}],
  [{ b: int(1) }],
  [{ b: int(1), a: int(0) }],
  [{ b: int(2) }],
  [{ c: int(0) }],
  [{ a: "text" }],
  [[]],
  [[int(1)]],
  [[int(1), int(0)]],
  [[int(2)]],
  [binary([9])],
  [binary([1], 5)],
  [binary([1, 2])],
  [binary([1, 3])],
  [new ObjectId("000000000000000000000000")],
  [new ObjectId("ff0000000000000000000000")],
  [false],
  [true],
  [new Date(-1)],
  [new Date(0)],
  [new Timestamp({ t: 1, i: 2 })],
  [new Timestamp({ t: 0xffffffff, i: 1 })],
  [new BSONRegExp("a")],
  [new BSONRegExp("a", "i")],
  [new BSONRegExp("b")],
  [new Code("f")],
  [new Code("g")],
  [new Code("f", {})],
  [new Code("f", { a: int(1) })],
  [new MaxKey()],
];

const ranked = order.flatMap((equals, rank) => equals.map((value) => ({ rank, value })));

describe("the order of all values", () => {
  test("is the same from both sides, for every pair", () => {
    for (const a of ranked) {
      for (const b of ranked) {
        const compared = Math.sign(compareValues(a.value, b.value));
        assert.equal(compared, Math.sign(a.rank - b.rank), `row ${a.rank} with row ${b.rank}`);
      }
    }
  });

  test("the order of the fields of a document counts", () => {
    assert.ok(!equalValues({ a: int(1), b: int(2) }, { b: int(2), a: int(1) }));
  });

  test("a document with a field named _bsontype is a document", () => {
    const document = { _bsontype: "ObjectId", id: "x" };
    assert.ok(equalValues(document, { ...document }));
    assert.ok(compareValues(document, []) < 0);
  });
});
