// $bit: and, or, xor on whole numbers of 32 and 64 bits.
import { Int32, Long } from "bson";
import { CommandError } from "../command-error.ts";
import { renderField } from "../values/render-value.ts";
import { isDocument, kindOf, type Value } from "../values/value.ts";
import { idText, type Modifier, nameAt, type Place, unchanged } from "./modifier.ts";

type Integer = Int32 | Long;
type BitName = "and" | "or" | "xor";

interface BitOperation {
  readonly name: BitName;
  readonly operand: Integer;
}

const format = "The format is: {$bit: {field: {and/or/xor: #}}";

export function parseBit(operand: Value): Modifier {
  const operations = parseOperations(operand);
  const apply = (value: Integer) => operations.reduce(compute, value);
  return {
    change: (value, place) => {
      if (!isInteger(value)) throw notIntegral(value, place);
      const result = apply(value);
      return kindOf(result) === kindOf(value) && toBigInt(result) === toBigInt(value) ? unchanged : result;
    },
    create: () => apply(new Int32(0)),
  };
}

function parseOperations(operand: Value): readonly BitOperation[] {
  if (!isDocument(operand)) {
    const embedded = "You must pass in an embedded document: {$bit: {field: {and/or/xor: #}}";
    throw refused(`The $bit modifier is not compatible with a ${kindOf(operand)}. ${embedded}`);
  }
  const operations = Object.entries(operand).map(([name, value]) => parseOperation(name, value));
  if (operations.length === 0) throw refused(`You must pass in at least one bitwise operation. ${format}`);
  return operations;
}

function parseOperation(name: string, operand: Value): BitOperation {
  const text = `{${renderField(name, operand)}}`;
  if (name !== "and" && name !== "or" && name !== "xor") {
    const known = "The $bit modifier only supports 'and', 'or', and 'xor'";
    throw refused(`${known}, not '${name}' which is an unknown operator: ${text}`);
  }
  if (isInteger(operand)) return { name, operand };
  const rule = "The $bit modifier field must be an Integer(32/64 bit)";
  throw refused(`${rule}; a '${kindOf(operand)}' is not supported here: ${text}`);
}

/** The result is as wide as the wider of the two; an int is extended by its sign. */
function compute(value: Integer, { name, operand }: BitOperation): Integer {
  const [a, b] = [toBigInt(value), toBigInt(operand)];
  const result = name === "and" ? a & b : name === "or" ? a | b : a ^ b;
  return value instanceof Int32 && operand instanceof Int32 ? new Int32(Number(result)) : Long.fromBigInt(result);
}

const toBigInt = (value: Integer): bigint => (value instanceof Int32 ? BigInt(value.value) : value.toBigInt());

function isInteger(value: Value): value is Integer {
  const kind = kindOf(value);
  return kind === "int" || kind === "long";
}

function notIntegral(value: Value, place: Place): CommandError {
  const field = `${idText(place)} has the field ${nameAt(place)} of non-integer type ${kindOf(value)}`;
  return refused(`Cannot apply $bit to a value of non-integral type.${field}`);
}

const refused = (message: string) => new CommandError("BadValue", message);
