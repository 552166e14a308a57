// What differs between two definitions of a job, field by field.
import { jsonDocument } from "./json-document.ts";

export interface FieldChange {
  /** `headers.Authorization`, `actions[1].url`. */
  readonly path: string;
  /** In JSON's terms; undefined: the field was not there. */
  readonly before: unknown;
  /** undefined: the field is gone. */
  readonly after: unknown;
}

/** Apart from `_id`. The order of fields does not count; a list of another length counts as a whole. */
export function diffJob(before: object, after: object): readonly FieldChange[] {
  return diff("", withoutId(before), withoutId(after));
}

function diff(path: string, before: unknown, after: unknown): readonly FieldChange[] {
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => diff(path === "" ? key : `${path}.${key}`, before[key], after[key]));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((item, i) => diff(`${path}[${i}]`, item, after[i]));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

function withoutId(document: object): unknown {
  const { _id, ...fields } = jsonDocument(document) as Readonly<Record<string, unknown>>;
  return fields;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
