// How the tables of recorded answers write BSON: a whole number is an int, a broken one a double, the rest has a name.
import { Binary, BSONRegExp, Decimal128, Double, EJSON, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from "bson";
import { setField, type Value, type ValueDocument } from "../../../src/embedded/values/value.ts";

/** What a table holds; `typed` makes a Value of it. */
export type Plain = Value | number | readonly Plain[] | { readonly [field: string]: Plain };

export const double = (value: number): Double => new Double(value);
export const long = (digits: string): Long => Long.fromString(digits);
export const decimal = (digits: string): Decimal128 => Decimal128.fromString(digits);
export const date = (iso: string): Date => new Date(iso);
export const objectId = (hex: string): ObjectId => new ObjectId(hex);
export const binary = (text: string): Binary => new Binary(Buffer.from(text), 0);
export const regex = (pattern: string, options: string): BSONRegExp => new BSONRegExp(pattern, options);
export const timestamp = (t: number, i: number): Timestamp => new Timestamp({ t, i });
export const minKey = new MinKey();
export const maxKey = new MaxKey();

export function typed(plain: Plain): Value {
  if (typeof plain === "number") return Number.isInteger(plain) ? new Int32(plain) : new Double(plain);
  if (Array.isArray(plain)) return plain.map(typed);
  return isPlainDocument(plain) ? typedDocument(plain) : (plain as Value);
}

export function typedDocument(plain: { readonly [field: string]: Plain }): ValueDocument {
  const document: ValueDocument = {};
  for (const [name, value] of Object.entries(plain)) setField(document, name, typed(value));
  return document;
}

const isPlainDocument = (plain: Plain): plain is { readonly [field: string]: Plain } =>
  typeof plain === "object" && plain !== null && Object.getPrototypeOf(plain) === Object.prototype;

/** One text per value and type: 1 and 1.0 differ, and so do two orders of fields. */
export const exact = (value: Value): string => EJSON.stringify({ value }, { relaxed: false });

/** The answer that is an error; without a message any will do. */
export class Refused {
  readonly code: number;
  readonly message: string | null;

  constructor(code: number, message: string | null) {
    this.code = code;
    this.message = message;
  }
}

export const refused = (code: number, message: string | null = null): Refused => new Refused(code, message);

/** The answer of an expression whose value is missing. */
export const nothing = Symbol("nothing");
