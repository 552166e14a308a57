// $convert and its short forms. What does not convert fails with 241, which `onError` catches.
import { type Decimal128, ObjectId } from "bson";
import { CommandError } from "../../command-error.ts";
import { toDouble } from "../../values/numbers.ts";
import { type Kind, kindOf, type NumberValue, type Value } from "../../values/value.ts";
import { listOf, readNamed } from "../arguments.ts";
import {
  type Evaluate,
  type ExpressionScope,
  isNullish,
  type Operator,
  type Operators,
  type Result,
} from "../expression.ts";
import { kindName, renderDate, renderNumber } from "../render-value.ts";
import { isTruthy } from "../truth.ts";
import { numberToDate, parseDate, timeOf } from "./date-values.ts";
import {
  type Conversion,
  conversionFailure,
  decimalFrom,
  doubleFrom,
  intFrom,
  longFrom,
} from "./number-conversions.ts";

export const conversion: Operators = {
  $convert: parseConvert,
  $toInt: shortForm("$toInt", "int"),
  $toLong: shortForm("$toLong", "long"),
  $toDouble: shortForm("$toDouble", "double"),
  $toDecimal: shortForm("$toDecimal", "decimal"),
  $toBool: shortForm("$toBool", "bool"),
  $toString: shortForm("$toString", "string"),
  $toDate: shortForm("$toDate", "date"),
  $toObjectId: shortForm("$toObjectId", "objectId"),
};

/** By the kind of the result, then by that of the input. */
const conversions: Readonly<Partial<Record<Kind, Readonly<Partial<Record<Kind, Conversion>>>>>> = {
  int: intFrom,
  long: longFrom,
  double: doubleFrom,
  decimal: decimalFrom,
  string: {
    string: (value) => value,
    int: (value) => renderNumber(value as NumberValue),
    long: (value) => renderNumber(value as NumberValue),
    double: (value) => textOfDouble(toDouble(value as NumberValue)) ?? renderNumber(value as NumberValue),
    decimal: (value) => (value as Decimal128).toString(),
    bool: String,
    objectId: (value) => (value as ObjectId).toHexString(),
    date: (value) => renderDate(value as Date),
  },
  date: {
    date: (value) => value,
    double: numberToDate,
    long: numberToDate,
    decimal: numberToDate,
    string: (value) => parseDate(value as string),
    objectId: (value) => new Date(timeOf(value)),
    timestamp: (value) => new Date(timeOf(value)),
  },
  objectId: { objectId: (value) => value, string: parseObjectId },
};

const textOfDouble = (value: number): string | null => (Number.isFinite(value) ? null : String(value));

function parseObjectId(value: Value): ObjectId {
  const text = value as string;
  const failed = `Failed to parse objectId '${text}' in $convert with no onError value`;
  const length = Buffer.byteLength(text);
  if (length !== 24) {
    throw conversionFailure(`${failed}: Invalid string length for parsing to OID, expected 24 but found ${length}`);
  }
  if (/^[0-9a-f]{24}$/i.test(text)) return new ObjectId(text);
  const strange = /[^0-9a-f]/i.exec(text)?.[0];
  throw conversionFailure(`${failed}: Invalid character found in hex string: ${strange}`);
}

function convert(value: Value, to: Kind): Value {
  if (to === "bool") return typeof value === "boolean" ? value : isTruthy(value);
  const from = kindOf(value);
  const compute = conversions[to]?.[from];
  if (compute !== undefined) return compute(value);
  throw conversionFailure(`Unsupported conversion from ${from} to ${to} in $convert with no onError value`);
}

function shortForm(name: string, to: Kind): Operator {
  return (argument, scope) => {
    const list = listOf(argument);
    if (list.length !== 1) throw new CommandError(50723, `${name} requires a single argument, got ${list.length}`);
    const input = scope.parse(list[0]);
    return (frame) => {
      const value = input(frame);
      return isNullish(value) ? null : convert(value, to);
    };
  };
}

function parseConvert(argument: Value, scope: ExpressionScope): Evaluate {
  const given = readNamed(argument, {
    required: {
      input: [9, () => "Missing 'input' parameter to $convert"],
      to: [9, () => "Missing 'to' parameter to $convert"],
    },
    optional: ["onError", "onNull"],
    notDocument: [9, (kind) => `$convert expects an object of named arguments but found: ${kind}`],
    unknown: [9, (name) => `$convert found an unknown argument: ${name}`],
  });
  const input = scope.parse(given.get("input"));
  const to = scope.parse(given.get("to"));
  const onNull = given.has("onNull") ? scope.parse(given.get("onNull")) : () => null;
  const onError = given.has("onError") ? scope.parse(given.get("onError")) : null;
  return (frame) => {
    const kind = parseKind(to(frame));
    const value = input(frame);
    if (isNullish(value)) return onNull(frame);
    if (kind === null) return null;
    if (onError === null) return convert(value, kind);
    return convertOr(value, kind, () => onError(frame));
  };
}

/** Only a failure of the conversion itself is caught, not one of the input's expression. */
function convertOr(value: Value, kind: Kind, onError: () => Result): Result {
  try {
    return convert(value, kind);
  } catch (error) {
    if (error instanceof CommandError && error.code === 241) return onError();
    throw error;
  }
}

function parseKind(to: Result): Kind | null {
  if (isNullish(to)) return null;
  if (typeof to === "string") {
    if (kindNames.has(to)) return to as Kind;
    throw new CommandError("BadValue", `Unknown type name: ${to}`);
  }
  const kind = kindName(to);
  if (kind !== "int" && kind !== "long" && kind !== "double" && kind !== "decimal") {
    throw new CommandError("FailedToParse", `$convert's 'to' argument must be a string or number, but is ${kind}`);
  }
  const code = toDouble(to as NumberValue);
  if (!Number.isInteger(code)) {
    throw new CommandError("FailedToParse", "In $convert, numeric 'to' argument is not an integer");
  }
  const named = kindsByCode[code];
  // There is nothing to convert to such a one, which convert then says.
  if (named !== undefined) return named as Kind;
  const problem = "In $convert, numeric value for 'to' does not correspond to a BSON type";
  throw new CommandError("FailedToParse", `${problem}: ${code}`);
}

const kindsByCode: Readonly<Record<number, Kind | "missing">> = {
  [-1]: "minKey",
  0: "missing",
  1: "double",
  2: "string",
  3: "object",
  4: "array",
  5: "binData",
  6: "undefined",
  7: "objectId",
  8: "bool",
  9: "date",
  10: "null",
  11: "regex",
  13: "javascript",
  14: "symbol",
  16: "int",
  17: "timestamp",
  18: "long",
  19: "decimal",
  127: "maxKey",
};

const kindNames: ReadonlySet<string> = new Set(["dbPointer", "javascriptWithScope", ...Object.values(kindsByCode)]);
