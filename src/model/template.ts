// `{{KEY}}` and `{{KEY | filter}}` in the texts of an action: syntax, and substitution in one pass.
import { followHost } from "./follow-host.ts";
import type { Action, JsonValue } from "./job.ts";
import { applyFilter, type Filter, isFilter, percentEncode } from "./template-filters.ts";

/** Where values come from. A Map is one; the values of a run are computed only when asked for. */
export interface TemplateValues {
  get(key: string): JsonValue | undefined;
  keys(): Iterable<string>;
}

export interface Placeholder {
  readonly start: number;
  readonly end: number;
  readonly key: string;
  /** As it was written, known or not; null: none. */
  readonly filter: string | null;
}

/** Of one action. */
export const mostTemplates = 1_000;

/** Every text of an action in which templates are looked for, with its path inside the action. */
export function actionTexts(action: Action): readonly { readonly path: string; readonly text: string }[] {
  if (action.type === "unsupported") return [];
  if (action.type === "exec") {
    return [
      ...action.command.map((text, index) => ({ path: `command[${index}]`, text })),
      ...Object.entries(action.env).map(([name, text]) => ({ path: `env.${name}`, text })),
    ];
  }
  return [
    { path: "url", text: action.url },
    ...Object.entries(action.headers).map(([name, text]) => ({ path: `headers.${name}`, text })),
    ...Object.entries(action.params).map(([name, text]) => ({ path: `params.${name}`, text })),
    ...jsonTexts("body", action.body),
    ...Object.entries(action.form ?? {}).map(([name, text]) => ({ path: `form.${name}`, text })),
  ];
}

/** The keys of a text's templates, in order. */
export function templateKeys(text: string): readonly string[] {
  return placeholders(text).map(({ key }) => key);
}

/** The templates of a text, in order. */
export function placeholders(text: string): readonly Placeholder[] {
  const found: Placeholder[] = [];
  for (let start = text.indexOf("{{"); start !== -1; ) {
    const close = text.indexOf("}}", start + 2);
    if (close === -1) break;
    // The nearest {{ counts: "{{ a {{KEY}}" is an unclosed one and then KEY.
    start = Math.max(start, text.lastIndexOf("{{", close - 2));
    found.push({ start, end: close + 2, ...partsOf(text.slice(start + 2, close)) });
    start = text.indexOf("{{", close + 2);
  }
  return found;
}

/**
 * The text with every `{{KEY}}` replaced. Values are inserted as they are and never scanned again. A template without a
 * value or with an unknown filter stays as it was written: callers check with `textProblems` first.
 */
export function substitute(text: string, values: TemplateValues): string {
  return insert(text, values, applyFilter);
}

/**
 * A url: values up to and including the host part are inserted as they are (so `{{BASE_URL}}/report` works), later ones
 * percent-encoded unless a filter says otherwise, so that a value can't add a path segment or a parameter.
 */
export function substituteUrl(text: string, values: TemplateValues): string {
  const isPastHost = followHost();
  return insert(text, values, (filter, value, before) => {
    const written = isPastHost(before) ? inPath(filter, value) : applyFilter(filter, value);
    isPastHost(written);
    return written;
  });
}

/** A parameter's value: percent-encoded as a whole, but for what `| raw` and `| urlencode` insert. */
export function substituteParam(text: string, values: TemplateValues): string {
  let out = "";
  let from = 0;
  for (const one of placeholders(text)) {
    out += percentEncode(text.slice(from, one.start)) + substitutePercentEncoded(text, one, values);
    from = one.end;
  }
  return out + percentEncode(text.slice(from));
}

/** The keys whose values would stand before or in the host part of the rendered url: a bound secret must not. */
export function hostPartKeys(text: string, values: TemplateValues): readonly string[] {
  const keys: string[] = [];
  const isPastHost = followHost();
  insert(text, values, (filter, value, before, key) => {
    if (!isPastHost(before)) keys.push(key);
    const written = applyFilter(filter, value);
    isPastHost(written);
    return written;
  });
  return keys;
}

/**
 * The JSON value with its strings (not its keys) rendered: before serialising, so that no value can break out. A string
 * that is one template and nothing else becomes the value itself, with its type.
 */
export function substituteJson(value: JsonValue, values: TemplateValues): JsonValue {
  if (typeof value === "string") {
    const whole = wholeValue(value, values);
    return whole === undefined ? substitute(value, values) : whole;
  }
  if (Array.isArray(value)) return value.map((item) => substituteJson(item, values));
  if (typeof value !== "object" || value === null) return value;
  // fromEntries defines own properties, so a `__proto__` key stays data.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substituteJson(item, values)]));
}

/** Whether the texts together have more templates than one action may have: each costs some microseconds at every use. */
export function isCrowded(texts: readonly string[]): boolean {
  let count = 0;
  for (const text of texts) {
    for (let at = text.indexOf("{{"); at !== -1; at = text.indexOf("{{", at + 2)) {
      if (++count > mostTemplates) return true;
    }
  }
  return false;
}

/** Whether the texts together are longer than `most` with their templates replaced, before any further encoding. */
export function isRenderedLonger(texts: readonly string[], values: TemplateValues, most: number): boolean {
  let length = 0;
  for (const text of texts) {
    length += text.length;
    for (const one of placeholders(text)) {
      length += (render(one, values, applyFilter, "")?.length ?? 0) - (one.end - one.start);
      // Not counted to the end: thousands of templates may stand for thousands of characters each.
      if (length > most + text.length) return true;
    }
  }
  return length > most;
}

/** `before`: the text between the template before and this one. */
type Write = (filter: Filter | null, value: JsonValue, before: string, key: string) => string;

function insert(text: string, values: TemplateValues, write: Write): string {
  if (!text.includes("{{")) return text;
  let out = "";
  let from = 0;
  for (const one of placeholders(text)) {
    const before = text.slice(from, one.start);
    out += before + (render(one, values, write, before) ?? text.slice(one.start, one.end));
    from = one.end;
  }
  return out + text.slice(from);
}

/** undefined: there is no such value or filter. */
function render(
  { key, filter }: Placeholder,
  values: TemplateValues,
  write: Write,
  before: string,
): string | undefined {
  const value = values.get(key);
  if (value === undefined || (filter !== null && !isFilter(filter))) return undefined;
  return write(filter, value, before, key);
}

function inPath(filter: Filter | null, value: JsonValue): string {
  const text = applyFilter(filter, value);
  return filter === "raw" || filter === "urlencode" ? text : percentEncode(text);
}

function substitutePercentEncoded(text: string, one: Placeholder, values: TemplateValues): string {
  return render(one, values, inPath, "") ?? percentEncode(text.slice(one.start, one.end));
}

function wholeValue(text: string, values: TemplateValues): JsonValue | undefined {
  if (!text.startsWith("{{") || !text.endsWith("}}")) return undefined;
  const [first] = placeholders(text);
  return first?.start === 0 && first.end === text.length && first.filter === null ? values.get(first.key) : undefined;
}

function partsOf(inside: string): Pick<Placeholder, "key" | "filter"> {
  const bar = inside.indexOf("|");
  if (bar === -1) return { key: inside.trim(), filter: null };
  return { key: inside.slice(0, bar).trim(), filter: inside.slice(bar + 1).trim() };
}

function jsonTexts(path: string, value: JsonValue | null): readonly { readonly path: string; readonly text: string }[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => jsonTexts(`${path}[${index}]`, item));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => jsonTexts(`${path}.${key}`, item));
}
