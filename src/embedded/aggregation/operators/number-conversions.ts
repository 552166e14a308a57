// What becomes a number and how: a fraction is cut off, what does not fit fails.
import { Decimal128, Double, Int32, Long } from "bson";
import { CommandError } from "../../command-error.ts";
import { exactOf, toDouble } from "../../values/numbers.ts";
import type { Kind, NumberValue, Value } from "../../values/value.ts";
import { renderNumber } from "../render-value.ts";
import { roundedDigits } from "./rounding.ts";

export type Conversion = (value: Value) => Value;
type Conversions = Readonly<Partial<Record<Kind, Conversion>>>;

export const conversionFailure = (problem: string): CommandError => new CommandError("ConversionFailure", problem);

const noOnError = "in $convert with no onError value";

export const intFrom: Conversions = {
  int: (value) => value,
  long: (value) => fitted(value, 32),
  double: (value) => fitted(value, 32),
  decimal: (value) => fitted(value, 32),
  bool: (value) => new Int32(Number(value)),
  string: (value) => new Int32(Number(parseInteger(value as string, 32))),
};

export const longFrom: Conversions = {
  int: (value) => Long.fromInt((value as Int32).value),
  long: (value) => value,
  double: (value) => fitted(value, 64),
  decimal: (value) => fitted(value, 64),
  bool: (value) => Long.fromInt(Number(value)),
  string: (value) => Long.fromBigInt(parseInteger(value as string, 64)),
  date: (value) => Long.fromNumber((value as Date).getTime()),
};

export const doubleFrom: Conversions = {
  int: (value) => new Double(toDouble(value as NumberValue)),
  long: (value) => new Double(toDouble(value as NumberValue)),
  double: (value) => value,
  decimal: (value) => new Double(toDouble(value as NumberValue)),
  bool: (value) => new Double(Number(value)),
  string: (value) => new Double(parseDouble(value as string)),
  date: (value) => new Double((value as Date).getTime()),
};

export const decimalFrom: Conversions = {
  int: (value) => Decimal128.fromString(String((value as Int32).value)),
  long: (value) => Decimal128.fromString((value as Long).toString()),
  double: (value) => decimalOfDouble((value as Double).value),
  decimal: (value) => value,
  bool: (value) => Decimal128.fromString(String(Number(value))),
  string: (value) => parseDecimal(value as string),
  date: (value) => Decimal128.fromString(String((value as Date).getTime())),
};

type Bits = 32 | 64;

function fitted(value: Value, bits: Bits): Int32 | Long {
  const whole = integerPart(value as NumberValue);
  // A double is compared before its fraction goes: 2147483647.9 does not fit.
  const isTooLarge = bits === 32 && value instanceof Double && (value.value > 2147483647 || value.value < -2147483648);
  if (!isTooLarge && BigInt.asIntN(bits, whole) === whole)
    return bits === 32 ? new Int32(Number(whole)) : Long.fromBigInt(whole);
  // MongoDB names the value only where it is no integer.
  const named = value instanceof Long ? "" : renderNumber(value as NumberValue);
  throw conversionFailure(`Conversion would overflow target type ${noOnError}: ${named}`);
}

export function integerPart(value: NumberValue): bigint {
  const double = toDouble(value);
  if (Number.isNaN(double)) throw conversionFailure(`Attempt to convert NaN value to integer type ${noOnError}`);
  if (!Number.isFinite(double)) {
    throw conversionFailure(`Attempt to convert infinity value to integer type ${noOnError}`);
  }
  const { digits, exponent } = exactOf(value);
  return exponent < 0 ? digits / 10n ** BigInt(-exponent) : digits * 10n ** BigInt(exponent);
}

function parseInteger(text: string, bits: Bits): bigint {
  refuseHexadecimal(text);
  if (!/^[+-]?\d+$/.test(text)) {
    throw notParsed(text, /^[+-]?$/.test(text) ? "No digits" : "Did not consume whole string.");
  }
  const number = BigInt(text.replace(/^\+/, ""));
  if (BigInt.asIntN(bits, number) === number) return number;
  throw notParsed(text, "Overflow");
}

function refuseHexadecimal(text: string): void {
  if (/^0x/i.test(text)) throw conversionFailure(`Illegal hexadecimal input ${noOnError}: ${text}`);
}

const notParsed = (text: string, why: string): CommandError =>
  conversionFailure(`Failed to parse number '${text}' ${noOnError}: ${why}`);

function parseDouble(text: string): number {
  refuseHexadecimal(text);
  if (text === "") throw notParsed(text, "Empty string");
  if (/^\s/.test(text)) throw notParsed(text, "Leading whitespace");
  const special = /^([+-]?)(inf(?:inity)?|nan)$/i.exec(text);
  if (special !== null) return (special[1] === "-" ? -1 : 1) * (/^n/i.test(special[2] ?? "") ? Number.NaN : Infinity);
  const digits = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf|nan)/i.exec(text)?.[0];
  if (digits === undefined) throw notParsed(text, "Did not consume any digits");
  if (digits !== text) throw notParsed(text, "Did not consume whole string.");
  const number = Number(text);
  const isZero = !/[1-9]/.test(text.replace(/e.*/i, ""));
  if (!Number.isFinite(number) || (Math.abs(number) < smallestNormal && !isZero)) throw notParsed(text, "Out of range");
  return number;
}

/** Below it a double loses digits, which counts as out of range. */
const smallestNormal = 2 ** -1022;

function parseDecimal(text: string): Decimal128 {
  refuseHexadecimal(text);
  if (text === "") throw notParsed(text, "Empty string");
  try {
    return Decimal128.fromStringWithRounding(text);
  } catch {
    throw notParsed(text, "Failed to parse string to decimal");
  }
}

/** Fifteen digits, as MongoDB trusts a double with. */
function decimalOfDouble(value: number): Decimal128 {
  if (value === 0) return Decimal128.fromString(Object.is(value, -0) ? "-0" : "0");
  if (!Number.isFinite(value)) return Decimal128.fromString(String(value));
  const { digits, exponent } = exactOf(new Double(value));
  const drop = lengthOf(digits) - 15;
  const kept = drop > 0 ? roundedDigits("$round", digits, drop) : digits * 10n ** BigInt(-drop);
  // Rounding up may have made a digit more.
  const carried = lengthOf(kept) - 15;
  return Decimal128.fromString(`${kept / 10n ** BigInt(carried)}E${exponent + drop + carried}`);
}

const lengthOf = (digits: bigint): number => String(digits).replace("-", "").length;
