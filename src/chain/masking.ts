// The one choke point through which every text of a chain passes before it is stored, logged or returned.
import { type Secrets, shortestMasked } from "../model/secret.ts";

/**
 * Replaces secrets in a text by `{{KEY}}`. `cut`: the text ends where reading stopped, so its end may hold the first
 * part of a secret, which is replaced too.
 */
export type Mask = (text: string, options?: { readonly cut: boolean }) => string;

interface Form {
  readonly text: string;
  /** What stands in its place: `{{KEY}}`. */
  readonly label: string;
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/** Quotes and backslashes double with each level of nesting. */
const jsonDepth = 4;

/**
 * A mask for the given secrets: each of 4 characters or more is found raw, percent-encoded, base64 and base64url at any
 * alignment, JSON-escaped (also nested) and HTML-escaped. At one place the longest form wins; overlapping ones merge.
 */
export function createMasker(secrets: Secrets): Mask {
  const forms = [...secrets].flatMap(([key, { value }]) =>
    formsOf(value).map((text) => ({ text, label: `{{${key}}}` })),
  );
  if (forms.length === 0) return (text) => text;
  forms.sort((a, b) => b.text.length - a.text.length);
  const index = buildIndex(forms);
  return (text, options) => {
    const spans = findSpans(index, text);
    const tail = options?.cut ? findCutTail(forms, text) : null;
    return replaceSpans(text, tail === null ? spans : mergeTail(spans, tail));
  };
}

/** Every way in which a value may come back from a target; all at least 4 characters long. */
function formsOf(value: string): readonly string[] {
  if (value.length < shortestMasked) return [];
  const wellFormed = value.toWellFormed();
  const utf8 = Buffer.from(wellFormed);
  const forms = [wellFormed, ...percentForms(wellFormed), ...jsonForms(wellFormed), htmlForm(wellFormed)];
  // As a filter of a template writes it into a url.
  forms.push(...[inJson(wellFormed), ...base64Forms(utf8)].flatMap(percentForms));
  // As part of a host name it comes back in lower case, in our own messages too.
  forms.push(wellFormed.toLowerCase());
  forms.push(...base64Forms(utf8));
  // Headers carry Latin-1: an echo read as UTF-8 shows its bytes as replacement characters.
  const latin1 = Buffer.from(wellFormed, "latin1");
  if (!latin1.equals(utf8)) forms.push(latin1.toString("utf8"), ...base64Forms(latin1));
  return [...new Set(forms)].filter((form) => form.length >= shortestMasked);
}

/** Encoders differ in what they leave alone and in the case of the hex digits. */
function percentForms(value: string): readonly string[] {
  const component = encodeURIComponent(value);
  const strict = component.replace(/[!'()*]/g, hexEscape);
  const upper = [
    component,
    component.replaceAll("'", "%27"),
    strict,
    strict.replaceAll("~", "%7E"),
    encodeURI(value),
    new URLSearchParams([["", value]]).toString().slice(1),
  ];
  const spaced = upper.flatMap((form) => [form, form.replaceAll("%20", "+")]);
  return spaced.flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())]);
}

function hexEscape(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** Inside a JSON string, which may itself be in a JSON string: our body, echoed in a body, quoted in a body. */
function jsonForms(value: string): readonly string[] {
  const plain = inJson(value);
  const slashed = plain.replaceAll("/", "\\/");
  const ascii = plain.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return [plain, slashed, ascii].flatMap((form) => {
    const nested = [form];
    while (nested.length < jsonDepth) nested.push(inJson(nested.at(-1) ?? ""));
    return nested;
  });
}

function inJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

function htmlForm(value: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return value.replace(/[&<>"']/g, (char) => entities[char] ?? char);
}

/** The characters that the bytes alone decide, at each of the three places where they can fall in a longer base64. */
function base64Forms(bytes: Buffer): readonly string[] {
  const forms = [0, 1, 2].map((lead) => {
    const encoded = Buffer.concat([Buffer.alloc(lead), bytes]).toString("base64");
    return encoded.slice(Math.ceil((lead * 8) / 6), Math.floor(((lead + bytes.length) * 8) / 6));
  });
  return forms.flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]);
}

interface FormIndex {
  /** One byte per hash of four characters: 1 where a form may start. */
  readonly filter: Uint8Array;
  /** First four characters → forms, longest first. */
  readonly byStart: ReadonlyMap<string, readonly Form[]>;
}

function buildIndex(forms: readonly Form[]): FormIndex {
  const filter = new Uint8Array(65_536);
  const byStart = new Map<string, Form[]>();
  for (const form of forms) {
    const start = form.text.slice(0, shortestMasked);
    let hash = 0;
    for (let i = 0; i < shortestMasked; i++) hash = nextHash(hash, start.charCodeAt(i));
    filter[hash] = 1;
    const others = byStart.get(start);
    if (others === undefined) byStart.set(start, [form]);
    else others.push(form);
  }
  return { filter, byStart };
}

/** Four steps shift a character out of the 16 bits: the hash depends on the last four characters only. */
function nextHash(hash: number, charCode: number): number {
  return ((hash << 4) ^ (charCode * 0x9e5)) & 0xffff;
}

/** A hash filter instead of a regular expression: hundreds of forms over 64 KiB in well under a millisecond. */
function findSpans({ filter, byStart }: FormIndex, text: string): Span[] {
  const spans: Span[] = [];
  let hash = 0;
  for (let i = 0; i < text.length; i++) {
    hash = nextHash(hash, text.charCodeAt(i));
    if (filter[hash] === 0 || i < shortestMasked - 1) continue;
    const start = i - shortestMasked + 1;
    const form = byStart.get(text.slice(start, i + 1))?.find((candidate) => text.startsWith(candidate.text, start));
    if (form !== undefined) addSpan(spans, { start, end: start + form.text.length, label: form.label });
  }
  return spans;
}

/** Merges with the last span when they overlap: masking one secret must not leave the rest of another in the open. */
function addSpan(spans: Span[], span: Span): void {
  const last = spans.at(-1);
  if (last === undefined || span.start >= last.end) {
    spans.push(span);
  } else if (span.end > last.end) {
    const label = last.label.endsWith(span.label) ? last.label : last.label + span.label;
    spans[spans.length - 1] = { start: last.start, end: span.end, label };
  }
}

/** The longest beginning of a form with which the text ends. */
function findCutTail(forms: readonly Form[], text: string): Span | null {
  let best: Span | null = null;
  for (const { text: form, label } of forms) {
    const shortest = best === null ? shortestMasked : text.length - best.start + 1;
    for (let length = Math.min(form.length - 1, text.length); length >= shortest; length--) {
      if (!text.endsWith(form.slice(0, length))) continue;
      best = { start: text.length - length, end: text.length, label };
      break;
    }
  }
  return best;
}

/** The tail may begin before the last spans (a short secret inside a cut long one): then it takes their place. */
function mergeTail(spans: readonly Span[], tail: Span): readonly Span[] {
  const before = spans.filter((span) => span.end <= tail.start);
  const overlapping = spans.filter((span) => span.end > tail.start);
  const start = Math.min(tail.start, overlapping[0]?.start ?? tail.start);
  return [...before, { start, end: tail.end, label: tail.label }];
}

function replaceSpans(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text;
  let out = "";
  let from = 0;
  for (const { start, end, label } of spans) {
    out += text.slice(from, start) + label;
    from = end;
  }
  return out + text.slice(from);
}
