import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Decimal128, Double, Int32, Long } from "bson";
import { computeNumber, isFiniteNumber } from "../../../src/embedded/values/numbers.ts";
import type { NumberValue } from "../../../src/embedded/values/value.ts";

type Row = readonly [operation: "add" | "multiply", a: string, b: string, result: string | null];

/** What `$inc` and `$mul` of a real mongod 6.0.5 make; null where they refuse. */
const rows: readonly Row[] = [
  ["add", "int:1", "int:2", "int:3"],
  ["add", "int:2147483647", "int:1", "long:2147483648"],
  ["multiply", "int:65536", "int:65536", "long:4294967296"],
  ["multiply", "int:3", "long:4", "long:12"],
  ["add", "long:9223372036854775807", "int:1", null],
  ["multiply", "long:9223372036854775807", "int:-1", "long:-9223372036854775807"],
  ["multiply", "long:4611686018427387904", "int:2", null],
  ["add", "int:1", "double:0.5", "double:1.5"],
  ["add", "long:9007199254740993", "double:0", "double:9007199254740992"],
  ["add", "double:Infinity", "double:-Infinity", "double:NaN"],
  ["multiply", "double:1e308", "int:10", "double:Infinity"],
  ["add", "decimal:0.1", "decimal:0.20", "decimal:0.30"],
  ["multiply", "decimal:1.50", "int:2", "decimal:3.00"],
  ["add", "decimal:1", "double:0.1", "decimal:1.100000000000000"],
  ["multiply", "decimal:3", "double:0.1", "decimal:0.300000000000000"],
  ["add", "decimal:1234567890123456789012345678901234", "decimal:0.5", "decimal:1234567890123456789012345678901234"],
  ["add", "decimal:1234567890123456789012345678901233", "decimal:0.5", "decimal:1234567890123456789012345678901234"],
  ["multiply", "decimal:9.999999999999999999999999999999999E+6144", "int:10", "decimal:Infinity"],
  ["multiply", "decimal:1E-6176", "decimal:0.1", "decimal:0E-6176"],
  ["multiply", "decimal:Infinity", "decimal:1E-6176", "decimal:Infinity"],
  ["multiply", "decimal:Infinity", "int:0", "decimal:NaN"],
  ["add", "decimal:NaN", "int:1", "decimal:NaN"],
];

function numberOf(text: string): NumberValue {
  const [type, digits = ""] = text.split(":");
  if (type === "int") return new Int32(Number(digits));
  if (type === "long") return Long.fromString(digits);
  return type === "double" ? new Double(Number(digits)) : Decimal128.fromString(digits);
}

function textOf(value: NumberValue): string {
  if (value instanceof Int32) return `int:${value.value}`;
  if (value instanceof Long) return `long:${value}`;
  return value instanceof Double ? `double:${value.value}` : `decimal:${value}`;
}

describe("arithmetic keeps the wider type", () => {
  for (const [operation, a, b, result] of rows) {
    test(`${operation} ${a} ${b}`, () => {
      const computed = computeNumber(operation, numberOf(a), numberOf(b));
      assert.equal(computed && textOf(computed), result);
    });
  }
});

test("a decimal beyond the doubles is finite", () => {
  const finite = ["decimal:1E+6000", "double:1e308", "long:1", "decimal:-0"].map(numberOf).every(isFiniteNumber);
  const infinite = ["decimal:Infinity", "decimal:NaN", "double:NaN"].map(numberOf).some(isFiniteNumber);
  assert.deepEqual([finite, infinite], [true, false]);
});
