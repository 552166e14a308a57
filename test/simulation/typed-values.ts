// Between the driver's values and the embedded store's, which know their BSON type: what two ends of a connection make
// of each other's bytes, made without them. Only what BSON alone knows how to read takes the way through bytes.
import { Double, Int32 } from "bson";
import { BSON, type Document } from "mongodb";
import { decode, encode, setField, type Value, type ValueDocument } from "../../src/embedded/values/value.ts";

/** A copy of what the driver sends, as the server reads it: what is undefined was sent as null. */
export function typed(document: Document): ValueDocument {
  const copy: ValueDocument = {};
  for (const field of Object.keys(document)) setField(copy, field, typedValue(document[field]));
  return copy;
}

function typedValue(value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return isInt32(value) ? new Int32(value) : new Double(value);
  if (Array.isArray(value)) return value.map(typedValue);
  if (value instanceof Date) return new Date(value);
  if (isPlain(value)) return typed(value);
  return decode(BSON.serialize({ value })).value;
}

/** What the server answers, as the driver gives it to its caller: what is undefined was not sent. */
export function untyped(document: ValueDocument): Document {
  const copy: Document = {};
  for (const [field, value] of Object.entries(document)) {
    if (value !== undefined) setField(copy, field, untypedValue(value) as Value);
  }
  return copy;
}

function untypedValue(value: Value): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (value instanceof Int32 || value instanceof Double) return value.value;
  if (Array.isArray(value)) return value.map(untypedValue);
  if (value instanceof Date) return new Date(value);
  if (isPlain(value)) return untyped(value as ValueDocument);
  return BSON.deserialize(encode({ value })).value;
}

const isInt32 = (value: number): boolean => (value | 0) === value && !Object.is(value, -0);

const isPlain = (value: unknown): value is Document =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
