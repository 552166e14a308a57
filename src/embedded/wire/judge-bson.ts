// Looks through BSON from a client before anything decodes it. Every later step is recursive and trusts lengths, so the
// nesting and every length are judged here, in one loop that needs no stack of its own making.
import { isUtf8 } from "node:buffer";
import { CommandError } from "../command-error.ts";

/** MongoDB's limit for any document on the wire. */
const deepest = 200;

export interface Element {
  readonly type: number;
  readonly name: string;
  /** Where the element begins, with its type. */
  readonly start: number;
  /** Where its value begins. */
  readonly value: number;
  readonly end: number;
}

export const bsonTypes = { string: 2, document: 3, array: 4, scope: 15, long: 18 } as const;

/** The document's length, once it is known to lie between `from` and `limit`. Throws InvalidBSON. */
function documentLength(bytes: Buffer, from: number, limit: number): number {
  const length = limit - from < 4 ? 0 : bytes.readInt32LE(from);
  if (length < 5) throw invalid("BSON data has to be at least 5 bytes");
  if (length > limit - from) throw invalid("Incorrect BSON length");
  return length;
}

/** Throws InvalidBSON, or Overflow for a document that is nested too deep. Gives where the document ends. */
export function judgeBson(bytes: Buffer, from: number, limit: number): number {
  const ends = [from + documentLength(bytes, from, limit)];
  let at = from + 4;
  for (;;) {
    const end = ends.at(-1) ?? 0;
    const type = bytes[at++];
    if (type === 0) {
      if (at !== end) throw invalid("a document does not end where its length says");
      ends.pop();
      if (ends.length === 0) return end;
      continue;
    }
    // The document's own end takes the last byte.
    const value = afterCString(bytes, at, end - 1);
    const inner = innerDocument(bytes, type, value, end - 1);
    if (inner === null) at = valueEnd(bytes, type, value, end - 1);
    else {
      if (ends.length > deepest) throw new CommandError("Overflow", "BSONObj exceeds maximum nested object depth");
      ends.push(inner + documentLength(bytes, inner, end - 1));
      at = inner + 4;
    }
  }
}

/** The elements of a document that was judged, without what is in them. */
export function* elementsOf(bytes: Buffer, from: number): Generator<Element, void> {
  const end = from + bytes.readInt32LE(from);
  for (let start = from + 4; start < end - 1; ) {
    const type = bytes[start] ?? 0;
    const value = afterCString(bytes, start + 1, end - 1);
    const inner = innerDocument(bytes, type, value, end - 1);
    const next = inner === null ? valueEnd(bytes, type, value, end - 1) : inner + bytes.readInt32LE(inner);
    yield { type, name: bytes.toString("utf8", start + 1, value - 1), start, value, end: next };
    start = next;
  }
}

/** Where a value holds a document: at once, or after its code. */
function innerDocument(bytes: Buffer, type: number | undefined, value: number, limit: number): number | null {
  if (type === bsonTypes.document || type === bsonTypes.array) return value;
  if (type !== bsonTypes.scope) return null;
  const total = int32(bytes, value, limit);
  const inner = stringEnd(bytes, value + 4, limit);
  if (total !== inner - value + documentLength(bytes, inner, limit)) throw invalid("a scope of another length");
  return inner;
}

function valueEnd(bytes: Buffer, type: number | undefined, value: number, limit: number): number {
  const end = anyValueEnd(bytes, type, value, limit);
  if (end > limit) throw invalid("BSON size is larger than buffer size");
  return end;
}

function anyValueEnd(bytes: Buffer, type: number | undefined, value: number, limit: number): number {
  switch (type) {
    case 6: // undefined
    case 10: // null
    case 0xff: // minKey
    case 0x7f: // maxKey
      return value;
    case 8: // bool
      if ((bytes[value] ?? 2) > 1) throw invalid("BSON bool is neither false nor true");
      return value + 1;
    case 16: // int
      return value + 4;
    case 9: // date
      if (value + 8 <= limit) judgeDate(bytes.readBigInt64LE(value));
      return value + 8;
    case 1: // double
    case 17: // timestamp
    case bsonTypes.long:
      return value + 8;
    case 7: // objectId
      return value + 12;
    case 19: // decimal
      return value + 16;
    case bsonTypes.string:
    case 13: // code
    case 14: // symbol
      return stringEnd(bytes, value, limit);
    case 12: // dbPointer
      return stringEnd(bytes, value, limit) + 12;
    case 5: // binData
      return value + 5 + natural(int32(bytes, value, limit));
    case 11: // regex
      return afterCString(bytes, afterCString(bytes, value, limit), limit);
    default:
      throw invalid(`Unrecognized BSON type ${type}`);
  }
}

function stringEnd(bytes: Buffer, at: number, limit: number): number {
  const end = at + 4 + natural(int32(bytes, at, limit));
  if (end > limit) throw invalid("BSON size is larger than buffer size");
  if (end === at + 4 || bytes[end - 1] !== 0) throw invalid("Not null terminated string");
  return end;
}

/** Decoding replaces what is no UTF-8 in a name without a word, so that two fields could become one. */
function afterCString(bytes: Buffer, at: number, limit: number): number {
  let seen = 0;
  for (let i = at; i < limit; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === 0) {
      if (seen > 0x7f && !isUtf8(bytes.subarray(at, i))) throw invalid("a name is not UTF-8");
      return i + 1;
    }
    seen |= byte;
  }
  throw invalid("Not null terminated string");
}

/** What a Date can hold; beyond it the instant would change when it is written again. */
const lastInstant = 8_640_000_000_000_000n;

function judgeDate(ms: bigint): void {
  if (ms > lastInstant || ms < -lastInstant)
    throw invalid(`a date of ${ms} ms is beyond what the embedded store keeps`);
}

function int32(bytes: Buffer, at: number, limit: number): number {
  if (at + 4 > limit) throw invalid("BSON size is larger than buffer size");
  return bytes.readInt32LE(at);
}

function natural(length: number): number {
  if (length < 0) throw invalid("BSON size is larger than buffer size");
  return length;
}

const invalid = (message: string) => new CommandError("InvalidBSON", message);
