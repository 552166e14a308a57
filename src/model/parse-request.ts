// What an action sends: method, url, headers, params, body or form; and how often it may be redirected, and whether it may
// be sent again. Texts are templates; their keys are checked elsewhere.
import {
  type FieldReader,
  readPrivateObject,
  readScalar,
  readScalars,
  readText,
  readWhole,
  refuse,
} from "./field-readers.ts";
import { isHeaderName, reservedHeaders, unsendableCharacter } from "./header.ts";
import type { HttpAction } from "./job.ts";
import { parseBody } from "./parse-body.ts";
import { parseOnCrash } from "./parse-on-crash.ts";
import { fieldPath, renderGot, renderKind } from "./problem-list.ts";

export type RequestFields = Pick<
  HttpAction,
  "method" | "url" | "headers" | "params" | "body" | "form" | "followRedirects" | "onCrash"
>;

const methods: readonly string[] = ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS"];

const longestUrl = 8192;
const mostRedirects = 5;

/** `meant`: fields that misspelt ones were meant to be, which are then not reported as missing. */
export function parseRequest(reader: FieldReader, meant: ReadonlySet<string>): RequestFields {
  const method = parseMethod(reader);
  return {
    method,
    url: parseUrl(reader, meant),
    headers: parseHeaders(reader),
    params: readScalars(reader, "params", "an object of parameter names and values") ?? {},
    ...parseBody(reader, method),
    followRedirects: readWhole(reader, "follow_redirects", { from: 0, to: mostRedirects }) ?? 0,
    onCrash: parseOnCrash(reader, notIdempotent.includes(method) ? "fail" : "retry"),
  };
}

/** HTTP says of every other method that sending it twice does what sending it once does. */
const notIdempotent: readonly string[] = ["POST", "PATCH"];

function parseMethod(reader: FieldReader): string {
  const value = reader.fields.get("method");
  if (value === undefined) return "GET";
  const method = typeof value === "string" ? value.toUpperCase() : "";
  if (!methods.includes(method)) refuse(reader, { key: "method", expected: `one of ${methods.join(", ")}` });
  return method;
}

function parseUrl(reader: FieldReader, meant: ReadonlySet<string>): string {
  const url = readUrl(reader, "url");
  if (!reader.fields.has("url") && !meant.has("url")) {
    const expected = reader.path === "" ? "the url to request, or actions" : "the url to request";
    refuse(reader, { key: "url", expected });
  }
  return url ?? "";
}

/** An http or https url, or a template that may become one; undefined when missing or no text (reported). */
export function readUrl(reader: FieldReader, key: string): string | undefined {
  const url = readText(reader, key);
  if (url === undefined) return undefined;
  const expected = urlExpectation(url);
  // A url may carry a password or a token: no more of it is shown than the host.
  const got = url.length > longestUrl ? `${url.length} characters` : renderGot(shownUrl(url));
  if (expected !== null) reader.problems.add({ path: fieldPath(reader.path, key), expected, got });
  return url;
}

/** What the url should have been, or null when nothing is wrong that can be seen before its templates are filled in. */
function urlExpectation(url: string): string | null {
  if (url.length > longestUrl) return `at most ${longestUrl} characters`;
  if (/\p{Cc}/u.test(url)) return "a url without control characters";
  if (!/^(https?:\/\/[^/?#]|\{\{)/i.test(url)) return "a url that begins with http://, https:// or a template";
  if (/^https?:\/\/[^/?#]*@/i.test(url)) return "no user name or password: use an Authorization header";
  return url.includes("{{") || URL.canParse(url) ? null : "a url with a valid host and port";
}

function shownUrl(url: string): string {
  return url.replace(/^([^:/?#]*:\/\/)?[^/?#]*@/, "$1***@").replace(/[?#].*$/s, (rest) => `${rest[0]}…`);
}

function parseHeaders(reader: FieldReader): Readonly<Record<string, string>> {
  const headers = readPrivateObject(reader, "headers", "an object of header names and values");
  if (headers === undefined) return {};
  const seen = new Set<string>();
  const texts: [string, string][] = [];
  for (const [name, value] of headers.fields) {
    const text = readScalar(headers, name);
    const expected = headerNameExpectation(name, seen) ?? (text === undefined ? null : headerTextExpectation(text));
    if (expected !== null)
      headers.problems.add({ path: fieldPath(headers.path, name), expected, got: renderKind(value) });
    seen.add(name.toLowerCase());
    if (text !== undefined) texts.push([name, text]);
  }
  return Object.fromEntries(texts);
}

function headerNameExpectation(name: string, seen: ReadonlySet<string>): string | null {
  if (!isHeaderName(name)) return "a header name of letters, digits and -";
  if (reservedHeaders.has(name.toLowerCase())) return "no such header: the connection sets it itself";
  return seen.has(name.toLowerCase()) ? "each header once, upper and lower case being the same" : null;
}

function headerTextExpectation(text: string): string | null {
  const bad = unsendableCharacter(text);
  return bad === null ? null : `a value without the character ${bad}`;
}
