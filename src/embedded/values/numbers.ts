// Numbers of BSON's four types compared and computed exactly: a Long beyond 2^53 is no double.
import { Decimal128, Double, Int32, Long } from "bson";
import type { NumberValue } from "./value.ts";

/** NaN is less than every number and equal to itself. */
export function compareNumbers(a: NumberValue, b: NumberValue): number {
  if (isExactDouble(a) && isExactDouble(b)) return compareDoubles(toDouble(a), toDouble(b));
  return compareExact(a, b);
}

/** The nearest double. */
export function toDouble(value: NumberValue): number {
  if (value instanceof Long) return value.toNumber();
  if (value instanceof Decimal128) return Number(value.toString());
  return value.value;
}

/** True where `toDouble` loses nothing. */
function isExactDouble(value: NumberValue): boolean {
  if (value instanceof Long) return Number.isSafeInteger(value.toNumber());
  return !(value instanceof Decimal128);
}

/** NaN first, as above; an out-of-range Date is NaN too. */
export function compareDoubles(a: number, b: number): number {
  if (a === b) return 0;
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
  if (Number.isNaN(b)) return 1;
  return a < b ? -1 : 1;
}

/** Finite in its own type: 1E+6000 is a Decimal128 and beyond every double. */
export function isFiniteNumber(value: NumberValue): boolean {
  return value instanceof Decimal128 ? /\d/.test(value.toString()) : Number.isFinite(toDouble(value));
}

function compareExact(a: NumberValue, b: NumberValue): number {
  if (!isFiniteNumber(a) || !isFiniteNumber(b)) return compareDoubles(outermost(a), outermost(b));
  const [first, second] = [exactOf(a), exactOf(b)];
  const scale = Math.min(first.exponent, second.exponent);
  const left = first.digits * 10n ** BigInt(first.exponent - scale);
  const right = second.digits * 10n ** BigInt(second.exponent - scale);
  return left === right ? 0 : left < right ? -1 : 1;
}

/** Stands for the value beside an infinity or NaN: what is finite lies between. */
const outermost = (value: NumberValue): number => (isFiniteNumber(value) ? 0 : toDouble(value));

export interface Exact {
  readonly digits: bigint;
  /** Of ten. */
  readonly exponent: number;
}

/** The value as digits × 10^exponent, of a finite number: every double and every Decimal128 is one exactly. */
export function exactOf(value: NumberValue): Exact {
  if (value instanceof Long) return { digits: value.toBigInt(), exponent: 0 };
  if (value instanceof Decimal128) return exactOfText(value.toString());
  return exactOfDouble(value.value);
}

function exactOfText(text: string): Exact {
  const [mantissa = "0", exponent = "0"] = text.toLowerCase().split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

/** A double is an integer × 2^-n, and 2^-n is 5^n × 10^-n. */
function exactOfDouble(value: number): Exact {
  let mantissa = value;
  let halvings = 0;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    halvings++;
  }
  return { digits: BigInt(mantissa) * 5n ** BigInt(halvings), exponent: -halvings };
}

type Operation = "add" | "multiply";

/**
 * MongoDB's arithmetic of `$inc` and `$mul`: the result has the wider of the two types, int grows to long. Null where
 * two longs overflow, which MongoDB refuses.
 */
export function computeNumber(operation: Operation, a: NumberValue, b: NumberValue): NumberValue | null {
  if (a instanceof Decimal128 || b instanceof Decimal128) return computeDecimal(operation, a, b);
  if (a instanceof Double || b instanceof Double) {
    const [x, y] = [toDouble(a), toDouble(b)];
    return new Double(operation === "add" ? x + y : x * y);
  }
  const [x, y] = [exactOf(a).digits, exactOf(b).digits];
  const result = operation === "add" ? x + y : x * y;
  if (a instanceof Int32 && b instanceof Int32 && BigInt.asIntN(32, result) === result)
    return new Int32(Number(result));
  return BigInt.asIntN(64, result) === result ? Long.fromBigInt(result) : null;
}

function computeDecimal(operation: Operation, a: NumberValue, b: NumberValue): Decimal128 {
  if (!isFiniteNumber(a) || !isFiniteNumber(b)) {
    const [x, y] = [infinityOrSign(a), infinityOrSign(b)];
    const result = operation === "add" ? x + y : x * y;
    return Decimal128.fromString(Number.isNaN(result) ? "NaN" : result > 0 ? "Infinity" : "-Infinity");
  }
  const [first, second] = [asDecimal(a), asDecimal(b)];
  if (operation === "multiply") {
    return decimalOf({ digits: first.digits * second.digits, exponent: first.exponent + second.exponent });
  }
  const exponent = Math.min(first.exponent, second.exponent);
  const align = ({ digits, exponent: own }: Exact) => digits * 10n ** BigInt(own - exponent);
  return decimalOf({ digits: align(first) + align(second), exponent });
}

/** Beside an infinity only the sign of what is finite counts: 1E-6000 is no zero. */
function infinityOrSign(value: NumberValue): number {
  if (!isFiniteNumber(value)) return toDouble(value);
  const { digits } = exactOf(value);
  return digits === 0n ? 0 : digits > 0n ? 1 : -1;
}

/** A double has 15 digits here, as MongoDB converts it for arithmetic: 0.1 is 0.100000000000000. */
function asDecimal(value: NumberValue): Exact {
  return value instanceof Double && value.value !== 0 ? exactOfText(value.value.toExponential(14)) : exactOf(value);
}

const mostDigits = 34;
const leastExponent = -6176;
const mostExponent = 6111;

/** Rounded half to even where it has more digits or a smaller exponent than a Decimal128 can have. */
function decimalOf({ digits, exponent }: Exact): Decimal128 {
  const length = String(digits < 0n ? -digits : digits).length;
  const surplus = Math.max(length - mostDigits, leastExponent - exponent);
  if (surplus > 0) return decimalOf({ digits: roundedAway(digits, surplus), exponent: exponent + surplus });
  if (digits === 0n) return Decimal128.fromString(`0E${Math.min(exponent, mostExponent)}`);
  if (exponent + length > mostExponent + mostDigits) {
    return Decimal128.fromString(digits > 0n ? "Infinity" : "-Infinity");
  }
  return Decimal128.fromString(`${digits}E${exponent}`);
}

function roundedAway(digits: bigint, places: number): bigint {
  const unit = 10n ** BigInt(places);
  const cut = digits / unit;
  const twice = 2n * (digits % unit);
  const size = twice < 0n ? -twice : twice;
  const isUp = size > unit || (size === unit && cut % 2n !== 0n);
  return isUp ? cut + (digits < 0n ? -1n : 1n) : cut;
}
