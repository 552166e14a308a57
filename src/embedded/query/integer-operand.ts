// Operands that have to be whole numbers, of whatever numeric type, with MongoDB's words for what is wrong with them.
import { Decimal128, Double } from "bson";
import { exactOf, isFiniteNumber, toDouble } from "../values/numbers.ts";
import { renderField } from "../values/render-value.ts";
import { isNumber, type NumberValue, type Value } from "../values/value.ts";

export type IntegerOperand =
  | { readonly ok: true; readonly value: bigint }
  | { readonly ok: false; readonly why: string };

/** A whole number of 64 bits; `name` is what the message calls it. */
export function parseLong(name: string, operand: Value): IntegerOperand {
  const text = renderField(name, operand);
  if (!isNumber(operand)) return refused(`Expected a number in: ${text}`);
  if (operand instanceof Double && Number.isNaN(operand.value)) {
    return refused(`Expected an integer, but found NaN in: ${text}`);
  }
  const value = wholeOf(operand);
  if (value === null && operand instanceof Double && Math.abs(operand.value) < 2 ** 63) {
    return refused(`Expected an integer: ${text}`);
  }
  if (value === null || BigInt.asIntN(64, value) !== value) {
    return refused(`Cannot represent as a 64-bit integer: ${text}`);
  }
  return { ok: true, value };
}

export function parseNonNegativeLong(name: string, operand: Value): IntegerOperand {
  const parsed = parseLong(name, operand);
  if (!parsed.ok || parsed.value >= 0n) return parsed;
  return refused(`Expected a non-negative number in: ${renderField(name, operand)}`);
}

export function parseNonNegativeInt(name: string, operand: Value): IntegerOperand {
  const parsed = parseLong(name, operand);
  if (parsed.ok && BigInt.asIntN(32, parsed.value) !== parsed.value) {
    return refused(`Cannot represent ${renderField(name, operand)} in an int`);
  }
  return parseNonNegativeLong(name, operand);
}

const refused = (why: string): IntegerOperand => ({ ok: false, why });

function wholeOf(value: NumberValue): bigint | null {
  if (!isFiniteNumber(value)) return null;
  const { digits, exponent } = exactOf(value);
  if (exponent >= 0) return exponent > 30 && digits !== 0n ? null : digits * 10n ** BigInt(exponent);
  const unit = 10n ** BigInt(-exponent);
  return digits % unit === 0n ? digits / unit : null;
}

/** Cut to 64 bits, towards zero; null for what is outside or no finite number. */
export function truncatedLong(value: NumberValue): bigint | null {
  if (!isFiniteNumber(value)) return null;
  if (!(value instanceof Decimal128) && Math.abs(toDouble(value)) > 2 ** 63) return null;
  const { digits, exponent } = exactOf(value);
  if (exponent > 30) return digits === 0n ? 0n : null;
  const whole = exponent >= 0 ? digits * 10n ** BigInt(exponent) : digits / 10n ** BigInt(-exponent);
  return BigInt.asIntN(64, whole) === whole ? whole : null;
}

/** Half to even; what is outside 64 bits, NaN too, becomes the least of them, as MongoDB's decimals do. */
export function roundedLong(value: Decimal128): bigint {
  const least = -(2n ** 63n);
  if (!isFiniteNumber(value)) return least;
  const { digits, exponent } = exactOf(value);
  if (exponent >= 0) return truncatedLong(value) ?? least;
  const unit = 10n ** BigInt(-exponent);
  const floor = (digits - (((digits % unit) + unit) % unit)) / unit;
  const twice = 2n * (digits - floor * unit);
  const up = twice > unit || (twice === unit && floor % 2n !== 0n);
  const whole = up ? floor + 1n : floor;
  return BigInt.asIntN(64, whole) === whole ? whole : least;
}
