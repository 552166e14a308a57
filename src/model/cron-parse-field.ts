// One field of a cron expression: a list of values, ranges, steps and, for days, of rules such as `LW` or `FRI#2`.
import { parseDateRule, parseWeekdayRule } from "./cron-day-rules.ts";
import { addRange, type CronDraft, emptyDraft, finishDraft } from "./cron-draft.ts";
import type { CronField, CronFieldValue } from "./cron-field.ts";
import { hintForMisplaced, hintForRange, hintForStep, hintForValue } from "./cron-hints.ts";
import { renderGot } from "./problem-list.ts";
import { stableHash } from "./stable-hash.ts";

/** What is wrong with one field, or with the whole expression. */
export interface CronRefusal {
  readonly expected: string;
  readonly got: string;
  readonly hint: string | null;
  /** It would be right in another field: perhaps the order is wrong. */
  readonly isMisplaced?: boolean;
}

/** `spreadBy`: what `H` is spread by, the job's id. */
export function parseCronField(field: CronField, text: string, spreadBy: string): CronFieldValue | CronRefusal {
  const draft = emptyDraft();
  for (const item of text.split(",")) {
    const refusal = parseItem(field, item, { draft, spreadBy });
    if (refusal !== null) return refusal;
  }
  return finishDraft(text, draft);
}

export function isRefusal(value: object): value is CronRefusal {
  return "expected" in value;
}

interface Reading {
  readonly draft: CronDraft;
  readonly spreadBy: string;
}

function parseItem(field: CronField, item: string, { draft, spreadBy }: Reading): CronRefusal | null {
  if (item === "") return { expected: field.expected, got: "nothing between commas", hint: "take the comma away" };
  if (item.includes("/")) return parseStepped(field, item, { draft, spreadBy });
  if (item === "*" || (item === "?" && isDayField(field))) {
    draft.isOpen = true;
    addRange(field, draft, { from: field.from, to: lastOf(field), step: 1 });
    return null;
  }
  if (field.name === "day of month" && parseDateRule(item, draft)) return null;
  if (field.name === "day of week" && parseWeekdayRule(item, draft)) return null;
  const range = rangeOf(field, item);
  if (range === null) return refuseValue(field, item);
  if ("expected" in range) return range;
  if (range.isSpread) {
    const { from, to } = range;
    const value = from + (spread(field, spreadBy) % (to - from + 1));
    addRange(field, draft, { from: value, to: value, step: 1 });
  } else addRange(field, draft, { ...range, step: 1 });
  return null;
}

function parseStepped(field: CronField, item: string, { draft, spreadBy }: Reading): CronRefusal | null {
  const slash = item.indexOf("/");
  const base = item.slice(0, slash);
  const stepText = item.slice(slash + 1);
  const step = /^\d{1,3}$/.test(stepText) ? Number(stepText) : 0;
  if (step < 1 || step > field.size) {
    const expected = `a step 1-${field.size} after the / (${field.name})`;
    return { expected, got: renderGot(item), hint: hintForStep(field, stepText) };
  }
  if (base === "*") {
    if (step === 1) draft.isOpen = true;
    else draft.isStepped = true;
    addRange(field, draft, { from: field.from, to: lastOf(field), step });
    return null;
  }
  const range = rangeOf(field, base);
  if (range === null) return refuseValue(field, base);
  if ("expected" in range) return range;
  if (range.isSpread) {
    const first = spread(field, spreadBy) % Math.min(step, range.to - range.from + 1);
    addRange(field, draft, { from: range.from + first, to: range.to, step });
    return null;
  }
  if (!base.includes("-")) {
    const expected = `a range before the / (${field.name})`;
    const hint = `did you mean "${base}-${lastOf(field)}/${step}" or "*/${step}"?`;
    return { expected, got: renderGot(item), hint };
  }
  addRange(field, draft, { ...range, step });
  return null;
}

interface Range {
  readonly from: number;
  /** Smaller than `from` where names go around the end. */
  readonly to: number;
  /** `H`: one value of the range, chosen by the job's id. */
  readonly isSpread: boolean;
}

/** `5`, `MON`, `1-5`, `FRI-MON`, `H` or `H(0-15)`; null when it is none of them. */
function rangeOf(field: CronField, text: string): Range | CronRefusal | null {
  const inner = /^H\((.*)\)$/i.exec(text)?.[1];
  if (/^H$/i.test(text)) return { ...spreadRange(field), isSpread: true };
  const [first = "", last = first, ...more] = (inner ?? text).split("-");
  if (more.length > 0) return null;
  const from = numberOf(field, first);
  const to = numberOf(field, last);
  if (from === null || to === null) return refuseValue(field, text, from === null ? first : last);
  const goesAround = inner === undefined && !isNumber(first) && !isNumber(last);
  if (from > to && !goesAround) {
    const expected = `a range that goes up (${field.name})`;
    return { expected, got: renderGot(text), hint: hintForRange(field, text, { from, to }) };
  }
  return { from, to, isSpread: inner !== undefined };
}

/** Every month has the days up to 28: a job whose day is chosen for it shall not lose months by that choice. */
function spreadRange(field: CronField): { from: number; to: number } {
  return { from: field.from, to: field.name === "day of month" ? 28 : lastOf(field) };
}

function spread(field: CronField, spreadBy: string): number {
  return stableHash(`${field.name} ${spreadBy}`);
}

function numberOf(field: CronField, text: string): number | null {
  if (isNumber(text)) return Number(text) >= field.from && Number(text) <= field.to ? Number(text) : null;
  const index = field.names.indexOf(text.toUpperCase());
  return index < 0 ? null : field.from + index;
}

function isNumber(text: string): boolean {
  return /^\d{1,3}$/.test(text);
}

function isDayField({ name }: CronField): boolean {
  return name === "day of month" || name === "day of week";
}

function lastOf({ from, size }: CronField): number {
  return from + size - 1;
}

/** `part`: what of it can't be, for the hint. */
function refuseValue(field: CronField, text: string, part = text): CronRefusal {
  const got = text === "" ? "nothing" : renderGot(text);
  const elsewhere = hintForMisplaced(field, part);
  if (elsewhere !== null) return { expected: field.expected, got, hint: elsewhere, isMisplaced: true };
  return { expected: field.expected, got, hint: hintForValue(field, part) };
}
