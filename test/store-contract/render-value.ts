// A value with its BSON type as one line of text, as mongosh might show it: 5 is an int, 5.0 a double, Long(5) a long.
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from "mongodb";

/** Reads documents with their types kept, as `renderValue` needs them. */
export const typed = { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true } as const;

export function renderValue(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[${value.map(renderValue).join(", ")}]`;
  if (Object.getPrototypeOf(value) !== Object.prototype) return renderBson(value);
  const fields = Object.entries(value).map(([name, field]) => `${renderName(name)}: ${renderValue(field)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

function renderName(name: string): string {
  return /^[\w$]+$/.test(name) ? name : JSON.stringify(name);
}

function renderBson(value: object): string {
  if (value instanceof Int32) return String(value.value);
  if (value instanceof Double) return renderDouble(value.value);
  // A Timestamp is a Long to `instanceof`.
  if (value instanceof Timestamp) return `Timestamp(${value.t}, ${value.i})`;
  if (value instanceof Long) return `Long(${value})`;
  if (value instanceof Decimal128) return `Decimal(${value})`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Date(invalid)" : `Date(${value.toISOString()})`;
  if (value instanceof ObjectId) return `ObjectId(${value.toHexString()})`;
  if (value instanceof Binary) return `Binary(${value.sub_type}, ${Buffer.from(value.value()).toString("hex")})`;
  if (value instanceof BSONRegExp) return `/${value.pattern}/${value.options}`;
  if (value instanceof BSONSymbol) return `Symbol(${value.value})`;
  if (value instanceof Code) return `Code(${value.code}${value.scope === null ? "" : `, ${renderValue(value.scope)}`})`;
  if (value instanceof MinKey) return "MinKey";
  if (value instanceof MaxKey) return "MaxKey";
  throw new Error(`no text for ${value.constructor.name}`);
}

function renderDouble(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value);
}
