// A cron expression: five fields, six with seconds first, or a nickname.
import { type CronFieldValue, cronFields } from "./cron-field.ts";
import { expandNickname } from "./cron-nicknames.ts";
import { type CronRefusal, isRefusal, parseCronField } from "./cron-parse-field.ts";
import { type CronPattern, compilePattern } from "./cron-pattern.ts";
import { nextLocalTime } from "./cron-search.ts";
import { renderGot } from "./problem-list.ts";

export interface Cron {
  /** As it was written, with single blanks between its fields. */
  readonly expression: string;
  readonly pattern: CronPattern;
  /** In the order of an expression with six; the second is 0 where there are five. */
  readonly fields: readonly CronFieldValue[];
  /** A remark on something that is accepted. */
  readonly hint: string | null;
}

export type ParsedCron = { readonly cron: Cron } | { readonly refusals: readonly CronRefusal[] };

const longestExpression = 256;
const fieldCount = "5 fields (minute, hour, day of month, month, day of week), or 6 with the second first";

/** Fleets repeat few expressions: each is parsed once, and its jobs share what came of it. */
const parsed = new Map<string, Cron>();
const patterns = new Map<string, CronPattern>();
const mostKept = 10_000;

/** `spreadBy`: what `H` is spread by, the text of the job's id. All fields that are wrong are reported at once. */
export function parseCron(text: string, spreadBy: string): ParsedCron {
  const known = parsed.get(text);
  if (known !== undefined) return { cron: known };
  const found = parseText(text, spreadBy);
  // An expression with `H` is another one for each job.
  if ("cron" in found && !/(^|[\s,])H/i.test(text)) keep(parsed, text, found.cron);
  return found;
}

function parseText(text: string, spreadBy: string): ParsedCron {
  if (text.length > longestExpression) {
    return refused(`at most ${longestExpression} characters`, `${text.length} characters`);
  }
  const texts = text.trim().split(/\s+/);
  // One line, whatever blanks and line ends it was written with.
  const expression = texts.join(" ");
  if (/^(CRON_)?TZ=/i.test(expression))
    return refused("no zone in the expression", renderGot(text), "write it into tz");
  if (!expression.startsWith("@")) return parseFields(expression, texts, spreadBy);
  const expanded = expandNickname(expression);
  return "expected" in expanded
    ? { refusals: [expanded] }
    : parseFields(expression, expanded.text.split(" "), spreadBy);
}

function parseFields(expression: string, texts: readonly string[], spreadBy: string): ParsedCron {
  const read = readFields(expression, texts, spreadBy);
  if ("cron" in read) return read;
  const [first, ...others] = read.refusals;
  if (first === undefined || (first.hint !== null && first.isMisplaced !== true)) return read;
  const meant = otherOrders(texts).find((order) => "cron" in readFields("", order, spreadBy));
  if (meant === undefined) return read;
  return { refusals: [{ ...first, hint: `did you mean "${meant.join(" ")}"?` }, ...others] };
}

function readFields(expression: string, texts: readonly string[], spreadBy: string): ParsedCron {
  const isEmpty = texts.length === 1 && texts[0] === "";
  if (texts.length === 7) return refused(fieldCount, "7 fields", "years are not supported; start_at and end_at bound");
  if (texts.length !== 5 && texts.length !== 6) return refused(fieldCount, isEmpty ? "nothing" : counted(texts.length));
  const six = texts.length === 6 ? texts : ["0", ...texts];
  const values = cronFields.map((field, i) => parseCronField(field, six[i] ?? "", spreadBy));
  const refusals = values.filter(isRefusal);
  if (refusals.length > 0) return { refusals };
  const fields = values as CronFieldValue[];
  const pattern = patternOf(fields);
  const refusal = ambiguousDays(fields) ?? impossibleDate(fields, pattern);
  if (refusal !== null) return { refusals: [refusal] };
  return { cron: { expression, pattern, fields, hint: texts.length === 6 ? secondsHint(texts) : null } };
}

/** Vixie's cron means both fields by it, others either: nobody can know what the writer expects. */
function ambiguousDays(fields: readonly CronFieldValue[]): CronRefusal | null {
  for (const [stepped, other] of [
    [3, 5],
    [5, 3],
  ] as const) {
    const field = fields[stepped];
    if (!field?.isStepped || field.isOpen || fields[other]?.isOpen !== false) continue;
    const { name } = cronFields[stepped] ?? { name: "" };
    const range = stepped === 3 ? "1-31" : "0-6";
    return {
      expected: `a ${name} without * before its step, as the ${cronFields[other]?.name} is restricted too`,
      got: renderGot(field.text),
      hint: `for days that either field means: ${field.text.replaceAll("*/", `${range}/`)}`,
    };
  }
  return null;
}

function impossibleDate(fields: readonly CronFieldValue[], pattern: CronPattern): CronRefusal | null {
  // The Gregorian calendar repeats within the search's bound, wherever it starts.
  if (nextLocalTime(pattern, Date.UTC(2000, 0, 1)) !== null) return null;
  const [, , , day, month] = fields;
  return {
    expected: `a day of month that comes in month ${month?.text}`,
    got: renderGot(day?.text),
    hint: "L is the last day of a month, whatever its length",
  };
}

/** Six fields that begin with `*` are due by the second: nearly always five were meant. */
function secondsHint(texts: readonly string[]): string | null {
  const [second = "", minute] = texts;
  if (!/^\*(\/\d+)?$/.test(second) || minute !== "*") return null;
  const rest = texts.slice(2).join(" ");
  return `"${second}" is the second: 6 fields begin with it; for minutes write "0 ${second} ${rest}"`;
}

/** What people mix up: the ending left away, hour before minute, seconds last, all of it backwards. */
function otherOrders(texts: readonly string[]): readonly (readonly string[])[] {
  if (texts.length < 5) return [[...texts, ...Array<string>(5 - texts.length).fill("*")]];
  const at = texts.length - 5;
  const swapped = texts.with(at, texts[at + 1] ?? "").with(at + 1, texts[at] ?? "");
  // A `*` in the end is no second: one field too many.
  const secondLast = texts.at(-1) === "*" ? texts.slice(0, -1) : [...texts.slice(-1), ...texts.slice(0, -1)];
  return texts.length === 6 ? [secondLast, swapped, texts.toReversed()] : [swapped, texts.toReversed()];
}

/** Expressions that mean the same share a pattern: also those that `H` spreads. */
function patternOf(fields: readonly CronFieldValue[]): CronPattern {
  const key = JSON.stringify(fields.map(({ text: _, isStepped: __, ...meaning }) => meaning));
  const known = patterns.get(key);
  if (known !== undefined) return known;
  const pattern = compilePattern(fields);
  keep(patterns, key, pattern);
  return pattern;
}

function keep<Value>(cache: Map<string, Value>, key: string, value: Value): void {
  if (cache.size >= mostKept) cache.clear();
  cache.set(key, value);
}

function refused(expected: string, got: string, hint: string | null = null): ParsedCron {
  return { refusals: [{ expected, got, hint }] };
}

function counted(count: number): string {
  return `${count} ${count === 1 ? "field" : "fields"}`;
}
