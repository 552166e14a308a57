// Which edition of a job a run executed.
import { createHash } from "node:crypto";
import type { Plain, PlainFields } from "./plain-value.ts";

/** 16 hex digits that change with the definition, not with `_id`, the order of fields or the type of a number. */
export function revOf(document: PlainFields): string {
  const definition = new Map([...document].filter(([key]) => key !== "_id"));
  return createHash("sha256").update(canonical(definition)).digest("hex").slice(0, 16);
}

/** Text that two values share only when they mean the same. */
function canonical(value: Plain): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Date) return `date(${value.getTime()})`;
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value instanceof Map) {
    const sorted = [...value].sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${sorted.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join()}}`;
  }
  return `odd(${JSON.stringify(value)})`;
}
