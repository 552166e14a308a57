// Reading one object of a document: each reader returns the value, or undefined when it is missing or broken (reported).
import type { Plain, PlainFields } from "./plain-value.ts";
import { hasControlCharacters } from "./plain-value.ts";
import { fieldPath, type ProblemList, renderKind } from "./problem-list.ts";

export interface FieldReader {
  /** Of this object in the document; "" is the document itself. */
  readonly path: string;
  readonly fields: PlainFields;
  readonly problems: ProblemList;
}

export interface NumberRange {
  readonly from: number;
  readonly to: number;
  /** `from` itself is refused. */
  readonly above?: boolean;
}

/** A reader for the object in field `key`. */
export function readObject(reader: FieldReader, key: string, expected: string): FieldReader | undefined {
  const value = reader.fields.get(key);
  if (value === undefined) return undefined;
  return readerAt(reader, { path: fieldPath(reader.path, key), value, expected });
}

/** The same for an object whose texts may be secret: of anything else in its place only the kind is shown. */
export function readPrivateObject(reader: FieldReader, key: string, expected: string): FieldReader | undefined {
  const value = reader.fields.get(key);
  if (value === undefined) return undefined;
  const path = fieldPath(reader.path, key);
  if (value instanceof Map) return { path, fields: value, problems: reader.problems };
  reader.problems.add({ path, expected, got: renderKind(value) });
  return undefined;
}

/** A reader for an object anywhere in the document. */
export function readerAt(
  { problems }: FieldReader,
  { path, value, expected, hint }: { path: string; value: Plain; expected: string; hint?: string | undefined },
): FieldReader | undefined {
  if (value instanceof Map) return { path, fields: value, problems };
  problems.add({ path, expected, value, hint });
  return undefined;
}

/** The items of the list in field `key`, of which there must be 1 to `most`. */
export function readList(
  reader: FieldReader,
  key: string,
  { expected, most }: { readonly expected: string; readonly most: number },
): readonly { readonly path: string; readonly value: Plain }[] | undefined {
  const value = reader.fields.get(key);
  if (value === undefined) return undefined;
  const path = fieldPath(reader.path, key);
  if (!Array.isArray(value) || value.length === 0 || value.length > most) {
    const count = Array.isArray(value) && value.length > 0 ? { got: `a list of ${value.length}` } : { value };
    reader.problems.add({ path, expected, ...count });
    return undefined;
  }
  return value.map((item, index) => ({ path: `${path}[${index}]`, value: item }));
}

export function readWhole(reader: FieldReader, key: string, { from, to }: NumberRange): number | undefined {
  const value = reader.fields.get(key);
  if (value === undefined) return undefined;
  if (isWhole(value) && value >= from && value <= to) return value;
  const expected =
    to === Number.MAX_SAFE_INTEGER ? `a whole number of at least ${from}` : `a whole number ${from}-${to}`;
  return refuse(reader, { key, expected, hint: quotesHint(value) });
}

export function readNumber(reader: FieldReader, key: string, { from, to, above }: NumberRange): number | undefined {
  const value = reader.fields.get(key);
  if (value === undefined) return undefined;
  const isInRange = typeof value === "number" && value <= to && (above === true ? value > from : value >= from);
  if (isInRange) return value;
  const expected = above === true ? `a number above ${from}, at most ${to}` : `a number ${from}-${to}`;
  return refuse(reader, { key, expected, hint: quotesHint(value) });
}

/** Text of 1 to `most` characters without control characters, not only blanks. */
export function readLine(reader: FieldReader, key: string, most: number): string | undefined {
  const value = reader.fields.get(key);
  if (value === undefined) return undefined;
  if (typeof value === "string" && value.trim() !== "" && value.length <= most && !hasControlCharacters(value))
    return value;
  return refuse(reader, { key, expected: `a text of 1-${most} characters without control characters` });
}

/** Any text. */
export function readText(reader: FieldReader, key: string): string | undefined {
  const value = reader.fields.get(key);
  return value === undefined || typeof value === "string" ? value : refuse(reader, { key, expected: "a text" });
}

export function readBoolean(reader: FieldReader, key: string): boolean | undefined {
  const value = reader.fields.get(key);
  return value === undefined || typeof value === "boolean" ? value : refuse(reader, { key, expected: "true or false" });
}

/** The object in field `key` with scalars for values, as texts; one that is none is reported and left empty. */
export function readScalars(
  reader: FieldReader,
  key: string,
  expected: string,
): Readonly<Record<string, string>> | undefined {
  const object = readPrivateObject(reader, key, expected);
  if (object === undefined) return undefined;
  return Object.fromEntries([...object.fields.keys()].map((name) => [name, readScalar(object, name) ?? ""]));
}

/** A text, or a number or boolean as one. */
export function readScalar(reader: FieldReader, key: string): string | undefined {
  const value = reader.fields.get(key);
  const isScalar = typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
  return isScalar ? String(value) : refuse(reader, { key, expected: "a text, a number, true or false" });
}

/**
 * A whole number, or kindly the same as a text of one or two digits, with a hint. `or` names what else the field takes.
 */
export function readClockNumber(
  { problems }: FieldReader,
  {
    path,
    value,
    from = 0,
    most,
    or = "",
    hint,
  }: { path: string; value: Plain; from?: number; most: number; or?: string; hint?: string | undefined },
): number | undefined {
  const isText = typeof value === "string" && /^\d{1,2}$/.test(value);
  const number = isText ? Number(value) : value;
  if (!isWhole(number) || number < from || number > most) {
    problems.add({ path, expected: `a whole number ${from}-${most}${or}`, value, hint });
    return undefined;
  }
  if (isText) problems.hint(`${path}: read the text "${value}" as the number ${number}`);
  return number;
}

function isWhole(value: Plain): value is number {
  return typeof value === "number" && Number.isSafeInteger(value);
}

/** Reports the value of field `key`. */
export function refuse(
  { path, fields, problems }: FieldReader,
  { key, expected, hint }: { readonly key: string; readonly expected: string; readonly hint?: string | undefined },
): undefined {
  problems.add({ path: fieldPath(path, key), expected, value: fields.get(key), hint });
}

function quotesHint(value: Plain): string | undefined {
  return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? "write it without quotes" : undefined;
}
