// Index keys: bytes whose order is that of compareValues, and which are equal exactly for values that it calls equal.
// Stores hold them on disk, so a change of the encoding is a change of the file format.
import type { Binary, BSONRegExp, BSONSymbol, Code, ObjectId, Timestamp } from "bson";
import { bracketOf } from "./compare.ts";
import { KeyWriter } from "./key-writer.ts";
import { writeNumber } from "./number-key.ts";
import { type Kind, kindOf, type NumberValue, type Value, type ValueDocument } from "./value.ts";

/** Shared by all keys, as each is written to its end before the next begins. */
const key = new KeyWriter();

/**
 * One value per direction, -1 for a descending field. A missing field is given as null. Throws BadValue for a type
 * that this server does not know.
 */
export function encodeKey(values: readonly Value[], directions: readonly (1 | -1)[]): Uint8Array {
  key.clear();
  for (let at = 0; at < values.length; at++) {
    const start = key.length;
    writeValue(values[at]);
    if (directions[at] === -1) key.invertFrom(start);
  }
  return key.take();
}

/** What the keys of all values of this value's bracket begin with: all numbers, all strings and so on. */
export function encodeBracket(value: Value, direction: 1 | -1): Uint8Array {
  const tag = tagOf(value);
  return Uint8Array.of(direction === 1 ? tag : ~tag);
}

/** 1 to 129, so that 0 can end a list of values and no key begins with 255, in either direction. */
const tagOf = (value: Value): number => tagOfKind(kindOf(value));

const tagOfKind = (kind: Kind): number => bracketOf[kind] + 2;

function writeValue(value: Value): void {
  const kind = kindOf(value);
  key.byte(tagOfKind(kind));
  writers[kind](value as never);
}

const nothing = (): void => {};
const number = (value: NumberValue): void => writeNumber(key, value);

/** What follows the tag. */
const writers: Readonly<Record<Kind, (value: never) => void>> = {
  minKey: nothing,
  undefined: nothing,
  null: nothing,
  int: number,
  double: number,
  long: number,
  decimal: number,
  string: (value: string) => key.text(value),
  symbol: (value: BSONSymbol) => key.text(value.value),
  object: writeDocument,
  array: writeArray,
  binData: writeBinary,
  objectId: (value: ObjectId) => key.raw(value.id),
  bool: (value: boolean) => key.byte(value ? 1 : 0),
  date: (value: Date) => key.double(value.getTime()),
  timestamp: writeTimestamp,
  regex: writeRegex,
  javascript: writeCode,
  javascriptWithScope: (value: Code) => {
    writeCode(value);
    writeDocument((value.scope ?? {}) as ValueDocument);
  },
  maxKey: nothing,
};

/** The order compares the bracket of each field before its name. */
function writeDocument(document: ValueDocument): void {
  for (const name of Object.keys(document)) {
    const value = document[name];
    key.byte(tagOf(value));
    key.text(name);
    writeValue(value);
  }
  key.byte(0);
}

function writeArray(array: readonly Value[]): void {
  for (const element of array) writeValue(element);
  key.byte(0);
}

function writeBinary(binary: Binary): void {
  key.uint32(binary.length());
  key.byte(binary.sub_type);
  key.raw(binary.value());
}

function writeTimestamp(timestamp: Timestamp): void {
  key.uint32(timestamp.high >>> 0);
  key.uint32(timestamp.low >>> 0);
}

function writeRegex(regex: BSONRegExp): void {
  key.text(regex.pattern);
  key.text(regex.options);
}

function writeCode({ code }: Code): void {
  key.text(String(code));
}
