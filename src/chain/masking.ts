// The one choke point through which every text of a chain passes before it is stored, logged or returned.
import { type Secrets, shortestMasked } from "../model/secret.ts";
import { secretForms } from "./secret-forms.ts";
import { type Layer, unescapeLayer, withoutCutEscape } from "./unescape.ts";

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

/** JSON in JSON in JSON, in a percent-encoded url, in HTML: more is nobody's everyday. */
const mostEscapes = 7;

/**
 * A mask for the given secrets: each of 4 characters or more is found raw, in base64, base64url (at any alignment) and
 * hexadecimal, all of them also escaped in up to seven layers as in `unescape.ts`. At one place the longest form wins;
 * overlapping ones merge.
 */
export function createMasker(secrets: Secrets): Mask {
  const forms = [...secrets].flatMap(([key, { value }]) =>
    secretForms(value).map((text) => ({ text, label: `{{${key}}}` })),
  );
  if (forms.length === 0) return (text) => text;
  forms.sort((a, b) => b.text.length - a.text.length);
  const index = buildIndex(forms);
  return (text, options) => {
    const spans: Span[] = [];
    let layer: Layer | null = { text, origins: null };
    for (let escapes = 0; layer !== null && escapes <= mostEscapes; escapes++) {
      const { origins } = layer;
      const originOf = (at: number) => origins?.[at] ?? at;
      findForms(index, layer.text, (start, end, { label }) =>
        spans.push({ start: originOf(start), end: originOf(end), label }),
      );
      if (options?.cut) {
        const whole = withoutCutEscape(layer);
        // What looks like a cut escape may be the secret's own characters.
        for (const end of new Set([layer.text, whole.text])) {
          findCutForm(forms, end, (start, { label }) =>
            spans.push({ start: originOf(start), end: text.length, label }),
          );
        }
        layer = whole;
      }
      layer = unescapeLayer(layer);
    }
    return replaceSpans(text, mergeSpans(spans));
  };
}

interface FormIndex {
  /** One byte per hash of four characters: 1 where a form may start. */
  readonly filter: Uint8Array;
  /** Hash of the first four characters → forms, longest first. */
  readonly byHash: ReadonlyMap<number, readonly Form[]>;
}

function buildIndex(forms: readonly Form[]): FormIndex {
  const byHash = Map.groupBy(forms, ({ text }) => {
    let hash = 0;
    for (let i = 0; i < shortestMasked; i++) hash = nextHash(hash, text.charCodeAt(i));
    return hash;
  });
  const filter = new Uint8Array(65_536);
  for (const hash of byHash.keys()) filter[hash] = 1;
  return { filter, byHash };
}

/** Four steps shift a character out of the 16 bits: the hash depends on the last four characters only. */
function nextHash(hash: number, charCode: number): number {
  return ((hash << 4) ^ (charCode * 0x9e5)) & 0xffff;
}

/** A hash filter instead of a regular expression: hundreds of forms over 64 KiB in well under a millisecond. */
function findForms(
  { filter, byHash }: FormIndex,
  text: string,
  found: (start: number, end: number, form: Form) => void,
): void {
  let hash = 0;
  for (let i = 0; i < text.length; i++) {
    hash = nextHash(hash, text.charCodeAt(i));
    if (filter[hash] === 0 || i < shortestMasked - 1) continue;
    const start = i - shortestMasked + 1;
    const form = byHash.get(hash)?.find((candidate) => text.startsWith(candidate.text, start));
    if (form !== undefined) found(start, start + form.text.length, form);
  }
}

/** The longest beginning of a form with which the text ends. */
function findCutForm(forms: readonly Form[], text: string, found: (start: number, form: Form) => void): void {
  const last = text.charCodeAt(text.length - 1);
  let longest = shortestMasked - 1;
  let best: Form | null = null;
  for (const form of forms) {
    for (let length = Math.min(form.text.length - 1, text.length); length > longest; length--) {
      if (form.text.charCodeAt(length - 1) !== last || !text.endsWith(form.text.slice(0, length))) continue;
      longest = length;
      best = form;
    }
  }
  if (best !== null) found(text.length - longest, best);
}

/** In order, overlapping ones made one: masking one secret must not leave the rest of another in the open. */
function mergeSpans(spans: Span[]): readonly Span[] {
  const merged: Span[] = [];
  for (const span of spans.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) {
      merged.push(span);
    } else if (span.end > last.end) {
      const label = last.label.endsWith(span.label) ? last.label : last.label + span.label;
      merged[merged.length - 1] = { start: last.start, end: span.end, label };
    }
  }
  return merged;
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
