// A number of any of the four types as key bytes: the double next to it towards zero, and behind that, only where the two
// differ, the exact decimal. So 1, 1.0, NumberLong(1) and NumberDecimal("1") are one key, and no digit is lost.
import { Decimal128, Double, Long } from "bson";
import type { KeyWriter } from "./key-writer.ts";
import { compareNumbers, exactOf, isFiniteNumber, toDouble } from "./numbers.ts";
import type { NumberValue } from "./value.ts";

/** What follows the double: it is the number, or the number is further from zero, below or above. */
const exact = 0x80;
const below = 0x7f;
const above = 0x81;

export function writeNumber(key: KeyWriter, value: NumberValue): void {
  if (value instanceof Long || value instanceof Decimal128) writeWide(key, value);
  else writeExact(key, value.value);
}

function writeExact(key: KeyWriter, value: number): void {
  key.double(value);
  key.byte(exact);
}

function writeWide(key: KeyWriter, value: Long | Decimal128): void {
  const nearest = toDouble(value);
  const isSafe = value instanceof Long && Number.isSafeInteger(nearest);
  const double = isSafe || !isFiniteNumber(value) ? nearest : doubleTowardsZero(value, nearest);
  if (isSafe || compareNumbers(value, new Double(double)) === 0) {
    writeExact(key, double);
    return;
  }
  const isNegative = exactOf(value).digits < 0n;
  key.double(double);
  key.byte(isNegative ? below : above);
  const start = key.length;
  writeDecimal(key, value);
  if (isNegative) key.invertFrom(start);
}

function doubleTowardsZero(value: NumberValue, nearest: number): number {
  if (!Number.isFinite(nearest)) return Math.sign(nearest) * Number.MAX_VALUE;
  const past = compareNumbers(new Double(nearest), value) * Math.sign(nearest);
  return past > 0 ? neighbourTowardsZero(nearest) : nearest;
}

/** The bits of a double, read as an integer, count the doubles from zero. */
function neighbourTowardsZero(double: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, double);
  view.setBigUint64(0, view.getBigUint64(0) - 1n);
  return view.getFloat64(0);
}

/** Decimal128's digits, which are more than a Long has, and its smallest exponent. */
const mostDigits = 34;
const leastExponent = -6176;

/** The magnitude: power of ten of the first digit, then all digits as one integer, 2 + 16 bytes. */
function writeDecimal(key: KeyWriter, value: NumberValue): void {
  const { digits, exponent } = exactOf(value);
  const magnitude = digits < 0n ? -digits : digits;
  const count = magnitude.toString().length;
  const aligned = magnitude * 10n ** BigInt(mostDigits - count);
  key.uint16(exponent + count - 1 - leastExponent);
  key.uint64(aligned >> 64n);
  key.uint64(BigInt.asUintN(64, aligned));
}
