// `{{KEY}}` in the texts of an action: syntax, the check without running, and substitution in one pass.
import type { Action, JsonValue, Problem } from "./job.ts";
import { nearest } from "./nearest.ts";

/** Where values come from. A Map is one; the values of a run are computed only when asked for. */
export interface TemplateValues {
  get(key: string): string | undefined;
  keys(): Iterable<string>;
}

interface Placeholder {
  readonly start: number;
  readonly end: number;
  readonly key: string;
}

/** Problems of every template of the actions, paths as in the document (`actions[1].headers.Authorization`). */
export function templateProblems(actions: readonly Action[], knownKeys: Iterable<string>): readonly Problem[] {
  const known = new Map([...knownKeys].map((key) => [key, ""]));
  return actions.flatMap((action, index) =>
    actionTexts(action).flatMap(({ path, text }) => textProblems(`actions[${index}].${path}`, text, known)),
  );
}

/** Every text of an action in which templates are looked for, with its path inside the action. */
export function actionTexts(action: Action): readonly { readonly path: string; readonly text: string }[] {
  if (action.type !== "http") return [];
  return [
    { path: "url", text: action.url },
    ...Object.entries(action.headers).map(([name, text]) => ({ path: `headers.${name}`, text })),
    ...Object.entries(action.params).map(([name, text]) => ({ path: `params.${name}`, text })),
    ...jsonTexts("body", action.body),
  ];
}

/** What is wrong in one text: broken syntax, what this version can't do, unknown keys with the nearest known one. */
export function textProblems(path: string, text: string, known: TemplateValues): readonly Problem[] {
  if (!text.includes("{{")) return [];
  const found = placeholders(text);
  const problems = found.flatMap(({ key }) => keyProblem(path, key, known));
  const rest = found.reduceRight((left, { start, end }) => left.slice(0, start) + left.slice(end), text);
  if (!rest.includes("{{")) return problems;
  const tail = rest.slice(rest.indexOf("{{"), rest.indexOf("{{") + 40);
  return [...problems, { path, expected: "}} after every {{", got: JSON.stringify(tail) }];
}

/** The keys of a text's templates, in order. */
export function templateKeys(text: string): readonly string[] {
  return text.includes("{{") ? placeholders(text).map(({ key }) => key) : [];
}

/**
 * The text with every `{{KEY}}` replaced. Values are inserted as they are and never scanned again. A key without a value
 * stays as it was written: callers check with `textProblems` first.
 */
export function substitute(text: string, values: TemplateValues): string {
  return insert(text, values, (value) => value);
}

/**
 * A url: values up to and including the host part are inserted as they are (so `{{BASE_URL}}/report` works), later ones
 * percent-encoded, so that a value can't add a path segment or a parameter.
 */
export function substituteUrl(text: string, values: TemplateValues): string {
  return insert(text, values, (value, before) => (isPastHost(before) ? percentEncode(value) : value));
}

/** The keys whose values would stand before or in the host part of the rendered url: a bound secret must not. */
export function hostPartKeys(text: string, values: TemplateValues): readonly string[] {
  const keys: string[] = [];
  insert(text, values, (value, before, key) => {
    if (!isPastHost(before)) keys.push(key);
    return isPastHost(before) ? percentEncode(value) : value;
  });
  return keys;
}

/** The JSON value with its strings (not its keys) rendered: before serialising, so that no value can break out. */
export function substituteJson(value: JsonValue, values: TemplateValues): JsonValue {
  if (typeof value === "string") return substitute(value, values);
  if (Array.isArray(value)) return value.map((item) => substituteJson(item, values));
  if (typeof value !== "object" || value === null) return value;
  // fromEntries defines own properties, so a `__proto__` key stays data.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substituteJson(item, values)]));
}

/** encodeURIComponent that takes any string: lone surrogates become U+FFFD instead of an exception. */
export function percentEncode(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

function placeholders(text: string): readonly Placeholder[] {
  const found: Placeholder[] = [];
  for (let start = text.indexOf("{{"); start !== -1; ) {
    const close = text.indexOf("}}", start + 2);
    if (close === -1) break;
    // The nearest {{ counts: "{{ a {{KEY}}" is an unclosed one and then KEY.
    start = Math.max(start, text.lastIndexOf("{{", close - 2));
    found.push({ start, end: close + 2, key: text.slice(start + 2, close).trim() });
    start = text.indexOf("{{", close + 2);
  }
  return found;
}

function keyProblem(path: string, key: string, known: TemplateValues): readonly Problem[] {
  if (known.get(key) !== undefined) return [];
  const got = `{{${key.slice(0, 100)}}}`;
  if (key === "") return [{ path, expected: "a key between {{ and }}", got }];
  if (key.includes("|")) {
    return [{ path, expected: "a key without filters: they are not supported by this version", got }];
  }
  if (key.startsWith("outputs.")) {
    return [{ path, expected: "no outputs: they are not supported by this version", got }];
  }
  const near = nearest(key, [...known.keys()]);
  const problem = { path, expected: "a key of secrets or a built-in key", got };
  return [near === null ? problem : { ...problem, hint: `did you mean {{${near}}}?` }];
}

function insert(
  text: string,
  values: TemplateValues,
  encode: (value: string, before: string, key: string) => string,
): string {
  if (!text.includes("{{")) return text;
  let out = "";
  let from = 0;
  for (const { start, end, key } of placeholders(text)) {
    out += text.slice(from, start);
    const value = values.get(key);
    out += value === undefined ? text.slice(start, end) : encode(value, out, key);
    from = end;
  }
  return out + text.slice(from);
}

/** Backslashes count as slashes: the URL parser reads them so in http urls. */
function isPastHost(before: string): boolean {
  return /^[^:/?#\\]*:[/\\]{2}[^/?#\\]*[/?#\\]/.test(before);
}

function jsonTexts(path: string, value: JsonValue | null): readonly { readonly path: string; readonly text: string }[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => jsonTexts(`${path}[${index}]`, item));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => jsonTexts(`${path}.${key}`, item));
}
