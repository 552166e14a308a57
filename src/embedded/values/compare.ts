// MongoDB's order over all types: first the bracket of the type, then the value.
import { type Binary, type BSONRegExp, BSONSymbol, type Code, Long, type ObjectId, type Timestamp } from "bson";
import { compareDoubles, compareNumbers } from "./numbers.ts";
import { type Kind, kindOf, type NumberValue, type Value, type ValueDocument } from "./value.ts";

/** Types of one bracket compare with each other by value; others by bracket alone. Missing counts as null. */
export const bracketOf: Readonly<Record<Kind, number>> = {
  minKey: -1,
  undefined: 0,
  null: 5,
  int: 10,
  double: 10,
  long: 10,
  decimal: 10,
  string: 15,
  symbol: 15,
  object: 20,
  array: 25,
  binData: 30,
  objectId: 35,
  bool: 40,
  date: 45,
  timestamp: 47,
  regex: 50,
  javascript: 60,
  javascriptWithScope: 65,
  maxKey: 127,
};

export const typeBracket = (value: Value): number => bracketOf[kindOf(value)];

/** Negative, 0 or positive. 0 = equal as MongoDB understands it: `1`, `1.0` and `NumberLong(1)` are. */
export function compareValues(a: Value, b: Value): number {
  const bracket = typeBracket(a);
  const byBracket = bracket - typeBracket(b);
  if (byBracket !== 0) return byBracket;
  switch (bracket) {
    case bracketOf.int:
      return compareNumbers(a as NumberValue, b as NumberValue);
    case bracketOf.string:
      return compareStrings(textOf(a as string | BSONSymbol), textOf(b as string | BSONSymbol));
    case bracketOf.object:
      return compareDocuments(a as ValueDocument, b as ValueDocument);
    case bracketOf.array:
      return compareArrays(a as Value[], b as Value[]);
    case bracketOf.binData:
      return compareBinary(a as Binary, b as Binary);
    case bracketOf.objectId:
      return Buffer.compare((a as ObjectId).id, (b as ObjectId).id);
    case bracketOf.bool:
      return Number(a) - Number(b);
    case bracketOf.date:
      return compareDoubles((a as Date).getTime(), (b as Date).getTime());
    case bracketOf.timestamp:
      return compareUnsigned(a as Timestamp, b as Timestamp);
    case bracketOf.regex:
      return compareRegexes(a as BSONRegExp, b as BSONRegExp);
    case bracketOf.javascript:
      return compareCode(a as Code, b as Code);
    case bracketOf.javascriptWithScope:
      return compareCode(a as Code, b as Code) || compareDocuments(scopeOf(a as Code), scopeOf(b as Code));
    default:
      return 0;
  }
}

export const equalValues = (a: Value, b: Value): boolean => compareValues(a, b) === 0;

const textOf = (value: string | BSONSymbol): string => (value instanceof BSONSymbol ? value.value : value);

/** By bytes of UTF-8, which is the order of code points: JavaScript's own `<` puts U+FF5E after an emoji. */
function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const x = a.charCodeAt(at);
    const y = b.charCodeAt(at);
    if (x === y) continue;
    const surrogates = Number(isSurrogate(x)) - Number(isSurrogate(y));
    return surrogates === 0 ? x - y : surrogates;
  }
  return a.length - b.length;
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;

/** Field by field in their order: bracket of the value, then name, then value; the shorter one is less. */
function compareDocuments(a: ValueDocument, b: ValueDocument): number {
  const aNames = Object.keys(a);
  const bNames = Object.keys(b);
  for (let at = 0; at < aNames.length && at < bNames.length; at++) {
    const aName = aNames[at] as string;
    const bName = bNames[at] as string;
    const byField =
      typeBracket(a[aName]) - typeBracket(b[bName]) ||
      compareStrings(aName, bName) ||
      compareValues(a[aName], b[bName]);
    if (byField !== 0) return byField;
  }
  return aNames.length - bNames.length;
}

function compareArrays(a: readonly Value[], b: readonly Value[]): number {
  for (let at = 0; at < a.length && at < b.length; at++) {
    const byElement = compareValues(a[at], b[at]);
    if (byElement !== 0) return byElement;
  }
  return a.length - b.length;
}

/** Length first, then subtype, then bytes. */
function compareBinary(a: Binary, b: Binary): number {
  return a.length() - b.length() || a.sub_type - b.sub_type || Buffer.compare(a.value(), b.value());
}

function compareUnsigned(a: Timestamp, b: Timestamp): number {
  return Long.fromBits(a.low, a.high, true).compare(Long.fromBits(b.low, b.high, true));
}

function compareRegexes(a: BSONRegExp, b: BSONRegExp): number {
  return compareStrings(a.pattern, b.pattern) || compareStrings(a.options, b.options);
}

const compareCode = (a: Code, b: Code): number => compareStrings(String(a.code), String(b.code));
const scopeOf = ({ scope }: Code): ValueDocument => (scope ?? {}) as ValueDocument;
