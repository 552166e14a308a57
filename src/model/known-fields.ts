// Which fields an object may have. A field that would be ignored is refused: a job must do all that it says, or not run.
import type { FieldReader } from "./field-readers.ts";
import { nearest } from "./nearest.ts";
import { fieldPath, renderKind } from "./problem-list.ts";

export interface KnownFields {
  readonly known: readonly string[];
  /** Fields of later versions, with what to call them in `… not supported by this version`. */
  readonly unsupported?: Readonly<Record<string, string>>;
  /** Fields that belong somewhere else, with where. */
  readonly elsewhere?: Readonly<Record<string, string>>;
}

/** What people write when they mean another field, where the spelling alone doesn't tell. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ["timezone", "tz"],
  ["time_zone", "tz"],
  ["zone", "tz"],
  ["interval", "every_sec"],
  ["interval_sec", "every_sec"],
  ["every", "every_sec"],
  ["crontab", "cron"],
  ["expression", "cron"],
  ["start", "start_at"],
  ["end", "end_at"],
  ["splay", "jitter_sec"],
  ["timeout", "timeout_sec"],
  ["query", "params"],
  ["data", "body"],
  ["json", "body"],
  ["payload", "body"],
  ["steps", "actions"],
  ["schedule", "schedules"],
  ["delay", "delay_sec"],
  ["max_delay", "max_delay_sec"],
  ["count", "retries"],
  ["disabled", "enabled"],
]);

/**
 * Reports every field that is not known, with what was probably meant. Keys that begin with `//` are comments. Returns
 * the names of known fields that unknown ones were probably meant to be: so that these aren't reported as missing too.
 */
export function checkFields(reader: FieldReader, table: KnownFields): ReadonlySet<string> {
  const { known, unsupported = {} } = table;
  const meant = new Set<string>();
  for (const [key, value] of reader.fields) {
    if (known.includes(key) || key.startsWith("//")) continue;
    const path = fieldPath(reader.path, key);
    const subject = Object.hasOwn(unsupported, key) ? unsupported[key] : undefined;
    if (subject !== undefined) {
      const expected = `no such field: ${subject} not supported by this version`;
      reader.problems.add({ path, expected, got: renderKind(value) });
      continue;
    }
    const likely = likelyName(key, known);
    if (likely !== null) meant.add(likely);
    // The kind only: nobody knows what a misspelt field was meant to hold.
    reader.problems.add({ path, expected: "no such field", got: renderKind(value), hint: hintFor(key, likely, table) });
  }
  return meant;
}

function likelyName(key: string, known: readonly string[]): string | null {
  const synonym = synonyms.get(key.toLowerCase());
  if (synonym !== undefined && known.includes(synonym)) return synonym;
  // Field names are short: a longer key can't be near one, and comparing it would take long.
  return key.length > 40 ? null : nearest(key, known);
}

function hintFor(key: string, likely: string | null, { elsewhere = {} }: KnownFields): string | undefined {
  if (Object.hasOwn(elsewhere, key)) return `it belongs into ${elsewhere[key]}`;
  return likely === null ? undefined : `did you mean "${likely}"?`;
}
