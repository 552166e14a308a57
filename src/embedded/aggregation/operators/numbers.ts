// Numbers of expressions: an int grows to a long, a long to a double; a double stays one.
import { Decimal128, Double, Int32, Long } from "bson";
import { CommandError } from "../../command-error.ts";
import { computeNumber, exactOf, toDouble } from "../../values/numbers.ts";
import { isNumber, type NumberValue } from "../../values/value.ts";
import type { Result } from "../expression.ts";
import { renderNumber } from "../render-value.ts";

/** Int32 where both were, else Long; a double where 64 bits are too few. */
export function integerOf(value: bigint, isLong: boolean): NumberValue {
  if (!isLong && BigInt.asIntN(32, value) === value) return new Int32(Number(value));
  return BigInt.asIntN(64, value) === value ? Long.fromBigInt(value) : new Double(Number(value));
}

const isInteger = (value: NumberValue): value is Int32 | Long => value instanceof Int32 || value instanceof Long;

export const bigOf = (value: Int32 | Long): bigint => (value instanceof Int32 ? BigInt(value.value) : value.toBigInt());

export function subtractNumbers(a: NumberValue, b: NumberValue): NumberValue {
  if (a instanceof Decimal128 || b instanceof Decimal128) return computeDecimal("add", a, negated(b));
  if (isInteger(a) && isInteger(b)) return integerOf(bigOf(a) - bigOf(b), a instanceof Long || b instanceof Long);
  return new Double(toDouble(a) - toDouble(b));
}

export interface RunningProduct {
  multiply(value: NumberValue): void;
  product(): NumberValue;
}

/** Integers exactly while they fit into 64 bits; from then on, or with a double among them, a double. */
export function runningProduct(): RunningProduct {
  let integers: bigint | null = 1n;
  let isLong = false;
  let double = 1;
  let decimals: NumberValue | null = null;
  const withoutDecimals = () => (integers === null ? new Double(double) : integerOf(integers, isLong));
  return {
    multiply(value) {
      if (value instanceof Decimal128 || decimals !== null) {
        decimals = computeDecimal("multiply", decimals ?? withoutDecimals(), value);
        return;
      }
      double *= toDouble(value);
      isLong ||= value instanceof Long;
      const exact: bigint | null = integers === null || !isInteger(value) ? null : integers * bigOf(value);
      integers = exact !== null && BigInt.asIntN(64, exact) === exact ? exact : null;
    },
    product: () => decimals ?? withoutDecimals(),
  };
}

const computeDecimal = (operation: "add" | "multiply", a: NumberValue, b: NumberValue): NumberValue =>
  computeNumber(operation, a, b) as Decimal128;

const negated = (value: NumberValue): NumberValue => computeDecimal("multiply", value, Decimal128.fromString("-1"));

/** A sum of doubles enters one of decimals with all its digits, unlike a double that is added by itself. */
function exactly(value: NumberValue): NumberValue {
  if (!(value instanceof Double) || !Number.isFinite(value.value)) return value;
  const { digits, exponent } = exactOf(value);
  return Decimal128.fromStringWithRounding(`${digits}E${exponent}`);
}

/** As a whole number of 64 bits. Throws 31109 for a double that is none. */
export function truncated(value: NumberValue): number {
  const number = toDouble(value);
  if (Math.abs(number) < 2 ** 63) return Math.trunc(number);
  throw new CommandError(31109, `Can't coerce out of range value ${renderNumber(value)} to long`);
}

/** A sum that is read at its end: integers exactly, doubles in more than their precision, so that ten times 0.1 is 1. */
export interface RunningTotal {
  add(value: NumberValue): void;
  /** Int or long while all were and it fits, decimal if one was, else double. */
  sum(): NumberValue;
  /** Refuses decimals. */
  double(): number;
  /** Refuses decimals. */
  whole(): number;
}

export function runningTotal(): RunningTotal {
  const doubles = doubleTotal();
  let integers = 0n;
  let kind: "int" | "long" | "double" = "int";
  let decimals: NumberValue | null = null;
  const withoutDecimals = (): NumberValue => {
    const fits = kind !== "double" && BigInt.asIntN(64, integers) === integers;
    return fits ? integerOf(integers, kind === "long") : new Double(doubles.total());
  };
  return {
    add(value) {
      if (value instanceof Decimal128) {
        decimals = decimals === null ? value : computeDecimal("add", decimals, value);
        return;
      }
      if (value instanceof Long) for (const part of halves(value)) doubles.add(part);
      else doubles.add(value.value);
      if (isInteger(value)) integers += bigOf(value);
      if (value instanceof Double) kind = "double";
      else if (value instanceof Long && kind === "int") kind = "long";
    },
    sum: () => (decimals === null ? withoutDecimals() : computeDecimal("add", decimals, exactly(withoutDecimals()))),
    double() {
      if (decimals !== null) withoutDecimal("$avg", decimals);
      return doubles.total();
    },
    whole() {
      if (decimals !== null) withoutDecimal("$add to a date", decimals);
      return doubles.whole();
    },
  };
}

/** Two doubles that are exactly the long, the lower first. */
function halves(value: Long): readonly [number, number] {
  const high = (value.toBigInt() / 2n ** 32n) * 2n ** 32n;
  return [Number(value.toBigInt() - high), Number(high)];
}

/**
 * MongoDB's own summation, to the last bit: what an addition loses is kept aside and added to the next number, and what
 * the last one lost is lost.
 */
function doubleTotal() {
  let plain = 0;
  let sum = 0;
  let kept = 0;
  return {
    add(value: number): void {
      plain += value;
      const [number, lost] = twoSum(value, kept);
      const [next, rest] = twoSum(sum, number);
      sum = next;
      kept = rest + lost;
    },
    total: () => (Number.isNaN(sum) ? plain : sum),
    /** Rounded twice, as MongoDB does: half a unit away from zero, and what that was too much back again. */
    whole(): number {
      const rounded = roundAway(sum);
      return rounded + roundAway(sum - rounded + kept);
    },
  };
}

const roundAway = (value: number): number => Math.sign(value) * Math.round(Math.abs(value));

/** Knuth's: the rounded sum and what the rounding took away. */
function twoSum(a: number, b: number): readonly [number, number] {
  const sum = a + b;
  const part = sum - a;
  return [sum, a - (sum - part) + (b - part)];
}

/** Only what is exact is answered: an operator without its decimal form refuses decimals. */
export function withoutDecimal(operator: string, value: NumberValue): Int32 | Long | Double {
  if (!(value instanceof Decimal128)) return value;
  throw new CommandError("NotImplemented", `the embedded store has no ${operator} of a decimal`);
}

/** The number as a 32-bit integer where it is one, else null. */
export function int32Of(value: Result): number | null {
  if (value === undefined || typeof value === "symbol" || !isNumber(value)) return null;
  const double = toDouble(value);
  return (double | 0) === double ? double | 0 : null;
}
