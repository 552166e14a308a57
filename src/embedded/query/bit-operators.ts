// $bitsAllSet, $bitsAllClear, $bitsAnySet, $bitsAnyClear, on whole numbers and on binary data.
import { Binary, Decimal128, Double } from "bson";
import { CommandError } from "../command-error.ts";
import { renderField } from "../values/render-value.ts";
import { isArray, isNumber, missing, type NumberValue, type Value } from "../values/value.ts";
import { parseNonNegativeInt, parseNonNegativeLong, roundedLong, truncatedLong } from "./integer-operand.ts";
import type { Element } from "./paths.ts";
import { type ParseContext, type Predicate, testOf } from "./predicate.ts";

type IsSet = (position: number) => boolean;
type Judge = (positions: readonly number[], isSet: IsSet) => boolean;

const judges = {
  $bitsAllSet: (positions, isSet) => positions.every(isSet),
  $bitsAllClear: (positions, isSet) => !positions.some(isSet),
  $bitsAnySet: (positions, isSet) => positions.some(isSet),
  $bitsAnyClear: (positions, isSet) => !positions.every(isSet),
} as const satisfies Record<string, Judge>;

export function parseBits(operator: keyof typeof judges): (operand: Value, context: ParseContext) => Predicate {
  const judge: Judge = judges[operator];
  return (operand, { path }) => {
    const positions = parsePositions(operator, operand, path);
    return testOf((element) => {
      const isSet = bitsOf(element);
      return isSet !== null && judge(positions, isSet);
    });
  };
}

function parsePositions(operator: string, operand: Value, path: string): readonly number[] {
  if (isArray(operand)) return operand.map((position, at) => parsePosition(String(at), position));
  if (operand instanceof Binary) return setPositions(operand.length() * 8, bitsOfBinary(operand));
  if (!isNumber(operand)) {
    const expected = `${path} takes an Array, a number, or a BinData`;
    throw new CommandError("BadValue", `${expected} but received: ${renderField(operator, operand)}`);
  }
  const mask = parseNonNegativeLong(operator, operand);
  if (!mask.ok) throw new CommandError("FailedToParse", mask.why);
  return setPositions(64, bitsOfInteger(mask.value));
}

function parsePosition(name: string, operand: Value): number {
  const position = parseNonNegativeInt(name, operand);
  if (position.ok) return Number(position.value);
  throw new CommandError("BadValue", `Failed to parse bit position. ${position.why}`);
}

const setPositions = (length: number, isSet: IsSet): readonly number[] =>
  Array.from({ length }, (_, position) => position).filter(isSet);

/** Null for what has no bits. */
function bitsOf(element: Element): IsSet | null {
  if (element === missing) return null;
  if (element instanceof Binary) return bitsOfBinary(element);
  return isNumber(element) ? bitsOfNumber(element) : null;
}

function bitsOfNumber(value: NumberValue): IsSet | null {
  if (value instanceof Double && !Number.isInteger(value.value)) return null;
  const whole = value instanceof Decimal128 ? roundedLong(value) : truncatedLong(value);
  return whole === null ? null : bitsOfInteger(whole);
}

/** A negative number goes on with its sign for ever. */
const bitsOfInteger =
  (value: bigint): IsSet =>
  (position) =>
    ((value >> BigInt(position)) & 1n) === 1n;

function bitsOfBinary(binary: Binary): IsSet {
  const bytes = binary.value();
  return (position) => (((bytes[position >> 3] ?? 0) >> (position & 7)) & 1) === 1;
}
