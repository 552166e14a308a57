import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { BSONSymbol, Decimal128, Double, Int32, Long } from "bson";
import { compareValues } from "../../../src/embedded/values/compare.ts";
import { encodeBracket, encodeKey } from "../../../src/embedded/values/key-encoding.ts";
import type { Value } from "../../../src/embedded/values/value.ts";
import { randomValue, seededRandom } from "./random-values.ts";

const decimal = (text: string) => Decimal128.fromString(text);

/** Each row ascends; a row within a row is a set of equals. The order of the numbers is as mongod 6.0.5 sorts them. */
const orders: readonly (readonly [string, readonly (readonly Value[])[]])[] = [
  [
    "numbers of all types",
    [
      [new Double(Number.NaN), decimal("NaN")],
      [new Double(-Infinity), decimal("-Infinity")],
      [decimal("-1E+401")],
      [decimal("-1E+400")],
      [Long.fromString("-9007199254740993"), decimal("-9007199254740993")],
      [Long.fromString("-9007199254740992"), new Double(-9007199254740992)],
      [decimal("-1E-4000")],
      [new Double(0), new Double(-0), new Int32(0), Long.fromNumber(0), decimal("0"), decimal("-0"), decimal("0E+10")],
      [decimal("1E-4000")],
      [decimal("0.1"), decimal("0.10")],
      [decimal("0.1000000000000000055511151231257827")],
      [new Double(0.1)],
      [decimal("0.1000000000000000055511151231257828")],
      [new Int32(1), new Double(1), Long.fromNumber(1), decimal("1"), decimal("1.00")],
      [Long.fromString("9007199254740992"), new Double(9007199254740992), decimal("9007199254740992")],
      [Long.fromString("9007199254740993"), decimal("9007199254740993")],
      [Long.fromString("9223372036854775807")],
      [new Double(2 ** 63), decimal("9223372036854775808")],
      [new Double(Number.MAX_VALUE)],
      [decimal("1E+400")],
      [decimal("1E+401")],
      [new Double(Infinity), decimal("Infinity")],
    ],
  ],
  [
    "strings, by UTF-8",
    [
      [""],
      ["\0"],
      ["\0a"],
      ["\u0001"],
      ["a", new BSONSymbol("a")],
      ["a\0"],
      ["a\u0001"],
      ["aa"],
      ["é"],
      ["～"],
      ["😀"],
    ],
  ],
  ["documents, a shorter one first", [[{}], [{ a: new Int32(1) }], [{ a: new Int32(1), b: null }], [{ a: "x" }]]],
];

for (const [name, order] of orders) {
  for (const direction of [1, -1] as const) {
    test(`keys of ${name} are in order and equal for equals, direction ${direction}`, () => {
      const ranked = order.flatMap((equals, rank) => equals.map((value) => ({ rank, value })));
      for (const a of ranked) {
        for (const b of ranked) {
          const compared = Buffer.compare(encodeKey([a.value], [direction]), encodeKey([b.value], [direction]));
          assert.equal(compared, directed(a.rank - b.rank, direction), `${a.value} and ${b.value}`);
          assert.equal(directed(compareValues(a.value, b.value), direction), compared);
        }
      }
    });
  }
}

test("the order of keys is the order of values, whatever their types", () => {
  const random = seededRandom(1);
  const values = Array.from({ length: 700 }, () => randomValue(random));
  for (const direction of [1, -1] as const) {
    const keys = values.map((value) => encodeKey([value], [direction]));
    forAllPairs(values, (a, b) => {
      const expected = directed(compareValues(values[a], values[b]), direction);
      if (Buffer.compare(keys[a] as Uint8Array, keys[b] as Uint8Array) === expected) return;
      assert.fail(`${inspect(values[a])} and ${inspect(values[b])} must compare as ${expected}`);
    });
  }
});

test("the first field that differs decides the order of compound keys, each in its own direction", () => {
  const random = seededRandom(2);
  const pool = Array.from({ length: 24 }, () => randomValue(random, 1));
  for (const directions of [[1, -1] as const, [-1, 1, -1] as const, [-1, -1] as const]) {
    const tuples = Array.from({ length: 300 }, () => directions.map(() => random.pick(pool)));
    const keys = tuples.map((tuple) => encodeKey(tuple, directions));
    forAllPairs(tuples, (a, b) => {
      const orders = directions.map((direction, at) =>
        directed(compareValues(tuples[a]?.[at], tuples[b]?.[at]), direction),
      );
      const expected = orders.find((order) => order !== 0) ?? 0;
      assert.equal(Buffer.compare(keys[a] as Uint8Array, keys[b] as Uint8Array), expected);
    });
  }
});

test("a key begins with the tag of its value's bracket, and never with the byte 255", () => {
  const random = seededRandom(3);
  for (let count = 0; count < 500; count++) {
    const value = randomValue(random);
    for (const direction of [1, -1] as const) {
      const key = encodeKey([value], [direction]);
      assert.equal(key[0], encodeBracket(value, direction)[0]);
      assert.notEqual(key[0], 255);
    }
  }
});

test("a key of a megabyte does not spoil the next one", () => {
  const before = encodeKey(["a", new Int32(1)], [1, -1]);
  assert.equal(encodeKey(["é".repeat(500_000)], [1]).length, 1_000_002);
  assert.deepEqual(encodeKey(["a", new Int32(1)], [1, -1]), before);
});

test("a key that could not be finished does not spoil the next one", () => {
  const before = encodeKey([new Int32(1)], [1]);
  class Unknown {
    readonly _bsontype = "Unknown";
  }
  assert.throws(() => encodeKey(["begun", new Unknown() as unknown as Value], [1, 1]), { codeName: "BadValue" });
  assert.deepEqual(encodeKey([new Int32(1)], [1]), before);
});

/** As Buffer.compare says it: -1, 0 or 1, and never -0. */
const directed = (order: number, direction: 1 | -1): number => (order === 0 ? 0 : Math.sign(order) * direction);

function forAllPairs(of: readonly unknown[], check: (a: number, b: number) => void): void {
  for (let a = 0; a < of.length; a++) {
    for (let b = a; b < of.length; b++) check(a, b);
  }
}
