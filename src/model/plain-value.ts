// A value of a document as the parsers see it: copied once, so that nothing in it can act, change or lie any more.

export type Plain = null | boolean | number | string | Date | Odd | Plain[] | PlainFields;

/** A Map, because keys such as `constructor` mean nothing to it. */
export type PlainFields = ReadonlyMap<string, Plain>;

/** A value no field of a job takes; `odd` is how it is shown to people: `Decimal128 9.7`. */
export interface Odd {
  readonly odd: string;
}

/**
 * A value that is no list and no object of fields, with the number types of BSON as plain numbers; undefined when it
 * is one of these two. `value` may be anything.
 */
export function plainScalar(value: unknown): Exclude<Plain, Plain[] | PlainFields> | undefined {
  if (value === null || typeof value === "boolean" || typeof value === "number" || typeof value === "string")
    return value;
  if (typeof value === "bigint") return wholeOrOdd(value, "bigint");
  if (value === undefined) return { odd: "nothing" };
  if (typeof value !== "object") return { odd: `a ${typeof value}` };
  if (Array.isArray(value)) return undefined;
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (tag === "Date") return new Date(Date.prototype.getTime.call(value));
  const type = bsonTypeOf(value);
  if (type !== null) return plainBson(type, value);
  return tag === "Object" ? undefined : { odd: `a ${tag.slice(0, 20)}` };
}

/** Text of a job's `_id` (ObjectId, text, UUID or whole number), or null for anything else. `value` may be anything. */
export function idTextOf(value: unknown): string | null {
  try {
    if (typeof value === "string") return isIdText(value) ? value : null;
    const objectId = objectIdText(value);
    if (objectId !== null) return objectId;
    const uuid = uuidText(value);
    if (uuid !== null) return uuid;
    const long = longOf(value);
    if (long !== null) return String(long);
    const plain = plainScalar(value);
    return typeof plain === "number" && Number.isSafeInteger(plain) ? String(plain) : null;
  } catch {
    return null;
  }
}

const longestId = 200;

function isIdText(value: string): boolean {
  return value.length > 0 && value.length <= longestId && !hasControlCharacters(value);
}

/** Whether the text holds characters that would break a log line or a header, or that no encoding can carry. */
export function hasControlCharacters(text: string): boolean {
  return /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text);
}

function plainBson(type: string, value: object): number | Odd {
  const long = longOf(value);
  if (long !== null) return wholeOrOdd(long, "Long");
  if (type === "Int32" || type === "Double") {
    const number: unknown = Reflect.get(value, "value");
    return typeof number === "number" ? number : { odd: `a broken ${type}` };
  }
  if (type === "Decimal128") return { odd: `Decimal128 ${String(value)}`.slice(0, 60) };
  const id = objectIdText(value) ?? uuidText(value);
  return { odd: id === null ? `a BSON ${type.slice(0, 20)}` : `${type === "ObjectId" ? type : "UUID"} ${id}` };
}

/** Read by their `_bsontype` as the driver's own serialiser does: classes of another copy of it are no `instanceof`. */
function bsonTypeOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  const type: unknown = Reflect.get(value, "_bsontype");
  return typeof type === "string" ? type : null;
}

function wholeOrOdd(value: bigint, type: string): number | Odd {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : { odd: `${type} ${value}`.slice(0, 60) };
}

function longOf(value: unknown): bigint | null {
  if (typeof value === "bigint") return BigInt.asIntN(64, value) === value ? value : null;
  if (bsonTypeOf(value) !== "Long") return null;
  const { low, high, unsigned } = value as Readonly<Record<string, unknown>>;
  if (!Number.isInteger(low) || !Number.isInteger(high)) return null;
  const bits = (BigInt(high as number) << 32n) | BigInt.asUintN(32, BigInt(low as number));
  return unsigned === true ? BigInt.asUintN(64, bits) : BigInt.asIntN(64, bits);
}

function objectIdText(value: unknown): string | null {
  if (bsonTypeOf(value) !== "ObjectId") return null;
  const text: unknown = (value as { toHexString?: () => unknown }).toHexString?.();
  return typeof text === "string" && /^[0-9a-f]{24}$/.test(text) ? text : null;
}

function uuidText(value: unknown): string | null {
  if (bsonTypeOf(value) !== "Binary") return null;
  const { sub_type: subtype, buffer, position } = value as Readonly<Record<string, unknown>>;
  if (subtype !== 4 || !(buffer instanceof Uint8Array) || (position ?? buffer.length) !== 16) return null;
  const hex = Buffer.from(buffer.subarray(0, 16)).toString("hex");
  return hex.length === 32 ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5") : null;
}
