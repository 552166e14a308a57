// Reads a command's arguments by a table of what it knows. What is not in the table is refused: an option that is
// ignored is a promise that is not kept.
import { CommandError, type ErrorName } from "../command-error.ts";
import { toDouble } from "../values/numbers.ts";
import { isDocument, isNumber, kindOf, type Value, type ValueDocument } from "../values/value.ts";

interface ArgumentTypes {
  readonly object: ValueDocument;
  readonly number: number;
  readonly bool: boolean;
  readonly string: string;
  readonly objects: readonly ValueDocument[];
  readonly any: Value;
  /** Taken and not used, on purpose: it cannot change the result. */
  readonly ignored: undefined;
  /** Known to MongoDB and not built here; a value that means "not wanted" is taken. */
  readonly refused: undefined;
  /** The same, whatever the value. */
  readonly forbidden: undefined;
}

export type ArgumentTable = Readonly<Record<string, keyof ArgumentTypes>>;

export type Arguments<T extends ArgumentTable> = { readonly [K in keyof T]: ArgumentTypes[T[K]] | undefined };

/** Arguments that any command may carry; judgeCommand looks at those that matter. */
const generic: ReadonlySet<string> = new Set([
  ...["$db", "$readPreference", "$clusterTime", "lsid", "readConcern", "writeConcern", "maxTimeMS", "comment"],
  ...["apiVersion", "apiStrict", "apiDeprecationErrors", "txnNumber", "startTransaction", "autocommit"],
]);

interface Place {
  /** The command or the list, for errors. */
  readonly where: string;
  /** A command's body: its first field is the command itself. Default true. */
  readonly isCommand?: boolean;
  /** MongoDB's code for an unknown field, where it has one of its own. */
  readonly unknownCode?: ErrorName | 40415;
}

/** The arguments of a command's body, or of one element of its list. Throws 40415 for an unknown field, TypeMismatch for a wrong type. */
export function readArguments<const T extends ArgumentTable>(
  document: ValueDocument,
  table: T,
  { where, isCommand = true, unknownCode = 40415 }: Place,
): Arguments<T> {
  const found: Record<string, unknown> = {};
  const names = Object.keys(document);
  for (const name of isCommand ? names.slice(1) : names) {
    const type = Object.hasOwn(table, name) ? table[name] : undefined;
    if (type === undefined) {
      if (isCommand && generic.has(name)) continue;
      throw new CommandError(unknownCode, `BSON field '${where}.${name}' is an unknown field.`);
    }
    found[name] = readArgument(document[name], type, `${where}.${name}`);
  }
  return found as Arguments<T>;
}

function readArgument(value: Value, type: keyof ArgumentTypes, path: string): unknown {
  switch (type) {
    case "ignored":
      return undefined;
    case "refused":
      if (isOff(value)) return undefined;
      throw notBuilt(path);
    case "forbidden":
      throw notBuilt(path);
    case "any":
      return value;
    case "number":
      if (isNumber(value)) return toDouble(value);
      break;
    case "bool":
      if (typeof value === "boolean") return value;
      if (isNumber(value)) return toDouble(value) !== 0;
      break;
    case "string":
      if (typeof value === "string") return value;
      break;
    case "object":
      if (isDocument(value)) return value;
      break;
    case "objects":
      if (Array.isArray(value) && value.every(isDocument)) return value;
      break;
  }
  const expected = type === "objects" ? "array" : type;
  throw new CommandError(
    "TypeMismatch",
    `BSON field '${path}' is the wrong type '${kindOf(value)}', expected type '${expected}'`,
  );
}

function notBuilt(path: string): CommandError {
  return new CommandError("NotImplemented", `${path}: the embedded store does not have this option`);
}

/** Drivers and mongosh send some options as false, null or {} for "not wanted". */
function isOff(value: Value): boolean {
  if (value === null || value === undefined || value === false) return true;
  return isDocument(value) && Object.keys(value).length === 0;
}

/** A whole number of 0 or more; `what` names it in the error (51024, as mongod says for negative ones). */
export function naturalOf(value: number | undefined, what: string): number | undefined {
  if (value === undefined) return undefined;
  const whole = Math.trunc(value);
  if (whole >= 0) return whole;
  throw new CommandError(51024, `BSON field '${what}' value must be >= 0, actual value '${value}'`);
}
