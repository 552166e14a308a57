// From an action to a request: templates rendered, headers completed, secrets kept from hosts they are not bound to.
import { hash } from "node:crypto";
import { isHeaderName, reservedHeaders, unsendableCharacter } from "../model/header.ts";
import { type HttpAction, renderProblem } from "../model/job.ts";
import type { StepError } from "../model/run.ts";
import { secretRefusal } from "../model/secret.ts";
import {
  actionTexts,
  hostPartKeys,
  isCrowded,
  isRenderedLonger,
  substitute,
  substituteJson,
  substituteParam,
  substituteUrl,
  type TemplateValues,
  templateKeys,
} from "../model/template.ts";
import { percentEncode } from "../model/template-filters.ts";
import { actionProblems } from "../model/template-problems.ts";
import { templateValues } from "../model/template-values.ts";
import type { ChainContext } from "./chain-context.ts";
import type { HttpRequest } from "./http-attempt.ts";

const longestUrl = 65_536;
const longestRequest = 1_048_576;

export type PreparedRequest =
  | { readonly request: HttpRequest; readonly error: null }
  | { readonly request: null; readonly error: StepError };

/**
 * The request of an action, alike for all tries, or why it must not be sent: `template` (broken text, unknown key, a
 * value that can't stand where it is put) or `blocked` (a secret bound to other hosts).
 */
export function prepareRequest(
  context: ChainContext,
  action: HttpAction,
  options: { readonly index: number; readonly userAgent: string },
): PreparedRequest {
  const values = templateValues(context);
  const problem =
    actionProblems(action, values).map(renderProblem)[0] ??
    lengthProblem(action, context) ??
    headerProblem(action, context);
  if (problem !== undefined) return refused("template", problem);

  const text = renderUrl(context, action);
  const url = URL.parse(text);
  if (url === null || !/^https?:[/\\]{2}[^/\\?#]/i.test(text)) {
    return refused("template", `url: expected an absolute http or https url, got ${JSON.stringify(text)}`);
  }
  if (url.username !== "" || url.password !== "") {
    return refused("template", "url: expected no user name or password, use an Authorization header");
  }
  const misuse = secretMisuse(context, action, url);
  if (misuse !== null) return refused("blocked", misuse);

  const request: HttpRequest = {
    method: action.method,
    url: text,
    headers: completeHeaders(context, action, options),
    body: renderBody(context, action),
    timeoutMs: action.timeoutSec * 1000,
    network: context.network,
    ...(action.followRedirects > 0 ? { redirects: { most: action.followRedirects, secrets: context.secrets } } : {}),
  };
  return { request, error: null };
}

/**
 * Url and params as they will be sent; keys without a value stay as written, and so does all of a url that would be too
 * long: so that it can be shown in any case.
 */
export function renderUrl(context: ChainContext, action: HttpAction): string {
  const values = templateValues(context);
  if (isUrlTooLong(action, values) || isCrowded([action.url, ...Object.values(action.params)])) return action.url;
  const [url = ""] = substituteUrl(action.url, values).split("#", 1);
  const params = Object.entries(action.params).map(
    ([name, text]) => `${percentEncode(name)}=${substituteParam(text, values)}`,
  );
  if (params.length === 0) return url;
  return `${url}${url.includes("?") ? "&" : "?"}${params.join("&")}`;
}

/** One key for all tries of a step, whoever makes them. Sendable in a header. */
export function idempotencyKey(runId: string, index: number): string {
  return `${runId}/${index}`.replace(/[^\x21-\x24\x26-\x7e]+/g, percentEncode);
}

/** The headers that tell tries apart: `X-FleetCron-Attempt` (1, 2, …) and a W3C `traceparent`, unless the action set them. */
export function headersOfTry(context: ChainContext, request: HttpRequest, index: number, attempt: number): HttpRequest {
  // Derived from the run's id: every try, also one after a takeover, belongs to one trace.
  const trace = hexHash(context.runId, 32);
  const span = hexHash(`${context.runId}/${index}/${context.attempt}/${attempt}`, 16);
  const defaults = { "X-FleetCron-Attempt": String(attempt), traceparent: `00-${trace}-${span}-01` };
  return { ...request, headers: mergeHeaders(defaults, request.headers) };
}

/** Values may be long and stand in many places: what a request grows to is bounded before it is made. */
function lengthProblem(action: HttpAction, context: ChainContext): string | undefined {
  const values = templateValues(context);
  if (isUrlTooLong(action, values)) return `url: expected at most ${longestUrl} characters with its params, got more`;
  const texts = actionTexts(action).map(({ text }) => text);
  const isTooLong = isRenderedLonger(texts, values, longestRequest);
  return isTooLong ? `expected a request of at most ${longestRequest} characters, got more` : undefined;
}

function isUrlTooLong({ url, params }: HttpAction, values: TemplateValues): boolean {
  return isRenderedLonger([url, ...Object.entries(params).flat()], values, longestUrl);
}

function headerProblem(action: HttpAction, context: ChainContext): string | undefined {
  const values = templateValues(context);
  for (const [name, text] of Object.entries(action.headers)) {
    if (!isHeaderName(name)) return `headers: ${JSON.stringify(name)} is no header name`;
    if (reservedHeaders.has(name.toLowerCase())) return `headers.${name}: this header can't be set`;
    const bad = unsendableCharacter(substitute(text, values));
    if (bad !== null) return `headers.${name}: the value holds ${bad}, which a header can't carry`;
  }
  return undefined;
}

function secretMisuse(context: ChainContext, action: HttpAction, url: URL): string | null {
  const inHost = new Set(hostPartKeys(action.url, templateValues(context)));
  const used = new Set(actionTexts(action).flatMap(({ text }) => templateKeys(text)));
  for (const key of used) {
    const secret = context.secrets.get(key);
    if (secret === undefined || secret.hosts === null) continue;
    if (inHost.has(key)) return `secret ${key} is bound to hosts and can't be part of a url's host`;
    const refusal = secretRefusal(key, secret, url);
    if (refusal !== null) return refusal;
  }
  return null;
}

function completeHeaders(
  context: ChainContext,
  action: HttpAction,
  { index, userAgent }: { readonly index: number; readonly userAgent: string },
): Readonly<Record<string, string>> {
  const values = templateValues(context);
  const own = Object.entries(action.headers).map(([name, text]) => [name, substitute(text, values)]);
  const defaults = {
    "User-Agent": userAgent,
    "Idempotency-Key": idempotencyKey(context.runId, index),
    ...contentType(action),
  };
  return mergeHeaders(defaults, Object.fromEntries(own));
}

function contentType({ body, form }: HttpAction): Readonly<Record<string, string>> {
  if (form !== null) return { "Content-Type": "application/x-www-form-urlencoded" };
  if (body === null) return {};
  return { "Content-Type": typeof body === "string" ? "text/plain; charset=utf-8" : "application/json" };
}

function renderBody(context: ChainContext, { body, form }: HttpAction): string | null {
  const values = templateValues(context);
  if (form !== null) {
    const fields = Object.entries(form).map(([name, text]) => [name, substitute(text, values)] as const);
    return new URLSearchParams(Object.fromEntries(fields)).toString();
  }
  if (body === null) return null;
  const rendered = substituteJson(body, values);
  return typeof rendered === "string" ? rendered : JSON.stringify(rendered);
}

/** `own` wins over `defaults`, whatever the case of the names. */
function mergeHeaders(
  defaults: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const set = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const missing = Object.entries(defaults).filter(([name]) => !set.has(name.toLowerCase()));
  return { ...Object.fromEntries(missing), ...own };
}

function refused(code: "template" | "blocked", message: string): PreparedRequest {
  return { request: null, error: { code, message: `${code}: ${message}` } };
}

function hexHash(text: string, digits: number): string {
  return hash("sha256", text, "hex").slice(0, digits);
}
