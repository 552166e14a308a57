// `{{KEY | filter}}`: how a value is written where it is inserted. One filter at most: what a chain of them makes of a
// secret could no longer be found and masked.
import type { JsonValue } from "./job.ts";

const filters = {
  urlencode: (value) => percentEncode(textOf(value)),
  json: (value) => JSON.stringify(value),
  base64: (value) => Buffer.from(textOf(value)).toString("base64"),
  raw: (value) => textOf(value),
} satisfies Record<string, (value: JsonValue) => string>;

export type Filter = keyof typeof filters;

export const filterNames = Object.keys(filters) as readonly Filter[];

export function isFilter(name: string): name is Filter {
  return Object.hasOwn(filters, name);
}

/** The value as text; `null`: no filter. */
export function applyFilter(filter: Filter | null, value: JsonValue): string {
  return filter === null ? textOf(value) : filters[filter](value);
}

/** encodeURIComponent that takes any string: lone surrogates become U+FFFD instead of an exception. */
export function percentEncode(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

/** A text is inserted as it is, anything else as JSON writes it. */
function textOf(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
