// A stored value in memory, with its BSON type kept: an Int32 stays an Int32 through an update. Only own properties of a
// document count, so that a field named `__proto__` or `constructor` is a field like any other.
import {
  type Binary,
  type BSONRegExp,
  type BSONSymbol,
  type Code,
  type Decimal128,
  type Double,
  deserialize,
  type Int32,
  type Long,
  type MaxKey,
  type MinKey,
  type ObjectId,
  serialize,
  type Timestamp,
} from "bson";
import { CommandError } from "../command-error.ts";

export type Value =
  | null
  | undefined
  | boolean
  | string
  | Int32
  | Double
  | Long
  | Decimal128
  | Date
  | ObjectId
  | Binary
  | BSONRegExp
  | BSONSymbol
  | Timestamp
  | MinKey
  | MaxKey
  | Code
  | Value[]
  | ValueDocument;

export interface ValueDocument {
  [field: string]: Value;
}

/** The names that `$type` knows; `undefined` in a Value means MongoDB's deprecated type of that name. */
export type Kind =
  | "minKey"
  | "undefined"
  | "null"
  | "int"
  | "double"
  | "long"
  | "decimal"
  | "string"
  | "symbol"
  | "object"
  | "array"
  | "binData"
  | "objectId"
  | "bool"
  | "date"
  | "timestamp"
  | "regex"
  | "javascript"
  | "javascriptWithScope"
  | "maxKey";

/** Documents from a client or from the disk. Throws InvalidBSON. */
export function decode(bytes: Uint8Array): ValueDocument {
  try {
    return deserialize(bytes, {
      promoteValues: false,
      promoteLongs: false,
      promoteBuffers: false,
      bsonRegExp: true,
    }) as ValueDocument;
  } catch (error) {
    throw new CommandError("InvalidBSON", error instanceof Error ? error.message : String(error));
  }
}

/** bson writes into a buffer of this size. A string that does not fit is cut off without an error. */
const encodeBytes = 17 * 1024 * 1024;

/** Throws BSONObjectTooLarge from 17 MiB on, BadValue for what bson can't write. */
export function encode(document: ValueDocument): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = serialize(document, { ignoreUndefined: true });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge();
    throw new CommandError("BadValue", error instanceof Error ? error.message : String(error));
  }
  if (bytes.length >= encodeBytes) throw tooLarge();
  return bytes;
}

const tooLarge = () =>
  new CommandError("BSONObjectTooLarge", `a document of ${encodeBytes} bytes or more, or one that is nested too deep`);

export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case "string":
      return "string";
    case "boolean":
      return "bool";
    case "undefined":
      return "undefined";
    default:
      return value === null ? "null" : kindOfObject(value);
  }
}

function kindOfObject(value: Exclude<Value, null | undefined | boolean | string>): Kind {
  if (Array.isArray(value)) return "array";
  if (value instanceof Date) return "date";
  if (!isBsonType(value)) return "object";
  const kind = kindOfBsonType[value._bsontype];
  if (kind === "javascript" && (value as Code).scope != null) return "javascriptWithScope";
  if (kind === undefined) throw new CommandError("BadValue", `unsupported BSON type ${value._bsontype}`);
  return kind;
}

const kindOfBsonType: Readonly<Record<string, Kind>> = {
  Int32: "int",
  Double: "double",
  Long: "long",
  Decimal128: "decimal",
  BSONSymbol: "symbol",
  Binary: "binData",
  ObjectId: "objectId",
  Timestamp: "timestamp",
  BSONRegExp: "regex",
  Code: "javascript",
  MinKey: "minKey",
  MaxKey: "maxKey",
};

/** By prototype, not by a property: a document's own field named `_bsontype` must not make it an ObjectId. */
function isBsonType(value: object): value is { readonly _bsontype: string } {
  return Object.getPrototypeOf(value) !== Object.prototype && "_bsontype" in value;
}

export const isDocument = (value: Value): value is ValueDocument => kindOf(value) === "object";
export const isArray = (value: Value): value is Value[] => Array.isArray(value);

export type NumberValue = Int32 | Double | Long | Decimal128;

/** A Timestamp is a Long to `instanceof`, but no number. */
export function isNumber(value: Value): value is NumberValue {
  return typeof value === "object" && value !== null && numericKinds.has(kindOf(value));
}

const numericKinds: ReadonlySet<Kind> = new Set(["int", "double", "long", "decimal"]);

/** The field's own value; `missing` where the document has none: null and missing differ in some rules. */
export const missing = Symbol("missing");

export function fieldOf(document: ValueDocument, field: string): Value | typeof missing {
  return Object.hasOwn(document, field) ? document[field] : missing;
}

/** Sets an own field whatever its name; `document[field] = value` would set the prototype for `__proto__`. */
export function setField(document: ValueDocument, field: string, value: Value): void {
  if (field !== "__proto__") document[field] = value;
  else Object.defineProperty(document, field, { value, writable: true, enumerable: true, configurable: true });
}
