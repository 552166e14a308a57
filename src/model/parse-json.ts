// A value of a document that is meant as JSON: a body, or what a part of an answer is compared with.
import type { FieldReader } from "./field-readers.ts";
import type { JsonValue } from "./job.ts";
import type { Plain } from "./plain-value.ts";
import { fieldPath } from "./problem-list.ts";

/** The value at `path`; what JSON does not know is reported. Dates become RFC 3339. */
export function jsonOf(reader: FieldReader, path: string, value: Plain): JsonValue {
  if (Array.isArray(value)) return value.map((item, index) => jsonOf(reader, `${path}[${index}]`, item));
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, item]) => [key, jsonOf(reader, fieldPath(path, key), item)]));
  }
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  const isJson = value === null || ["string", "boolean"].includes(typeof value) || Number.isFinite(value);
  if (isJson) return value as JsonValue;
  reader.problems.add({ path, expected: "a value that JSON knows", value });
  return null;
}
