// Where an answer with a Location leads, and what of the request may go there.
import { privateHeaders } from "../model/header.ts";
import { type Secrets, secretRefusal } from "../model/secret.ts";
import type { Failure } from "./describe-failure.ts";
import type { HttpRequest } from "./http-attempt.ts";
import { createMasker } from "./masking.ts";

export interface RedirectRules {
  /** Redirects followed at most. */
  readonly most: number;
  /** What the request may hold, and must not carry to another origin. */
  readonly secrets: Secrets;
}

export type Hop = { readonly request: HttpRequest } | { readonly failure: Failure };

const redirectStatuses: readonly number[] = [301, 302, 303, 307, 308];

/**
 * The next request of an answer with the status and Location, or why it is not sent; null when the answer is no redirect
 * to follow. `trail`: all requests so far, the last one answered. To another origin (scheme, host or port) no header goes
 * that is private or holds a secret, and no body that holds one: such a redirect is refused, since a request without its
 * body would be another one.
 */
export function nextHop(trail: readonly HttpRequest[], status: number | null, location: string | null): Hop | null {
  const request = trail.at(-1);
  const rules = request?.redirects;
  if (request === undefined || rules === undefined || status === null || !redirectStatuses.includes(status))
    return null;
  const fail = (text: string): Hop => ({ failure: failureOf("status", `status ${status}: ${text}`) });
  if (location === null) return fail("a redirect without a Location");
  const url = URL.parse(location, request.url);
  if (url === null || !/^https?:$/.test(url.protocol)) return fail("the Location is no http or https url");
  if (url.username !== "" || url.password !== "") return fail("the Location holds a user name or a password");
  url.hash = "";
  const refusal = boundSecretIn(url, rules.secrets);
  if (refusal !== null) return { failure: failureOf("blocked", `blocked: ${refusal}`) };
  const next = redirected(request, status, url);
  if (trail.some(({ method, url }) => method === next.method && url === next.url)) return fail("redirects in a circle");
  if (trail.length > rules.most) return fail(`more redirects than follow_redirects allows, which is ${rules.most}`);
  if (url.origin === new URL(request.url).origin) return { request: next };
  return forOtherOrigin(next, rules.secrets, url);
}

/** As browsers do it: 303 asks for the result by GET, and so do 301 and 302 after a POST. */
function redirected(request: HttpRequest, status: number, { href }: URL): HttpRequest {
  const isPost = request.method === "POST" && (status === 301 || status === 302);
  const isOther = status === 303 && request.method !== "GET" && request.method !== "HEAD";
  if (!isPost && !isOther) return { ...request, url: href };
  const headers = withoutHeaders(request.headers, (name) => name.startsWith("content-"));
  return { ...request, method: "GET", body: null, headers, url: href };
}

function forOtherOrigin(request: HttpRequest, secrets: Secrets, { host }: URL): Hop {
  const holdsSecret = secretFinder(secrets);
  if (request.body !== null && holdsSecret(request.body)) {
    const text = `blocked: a redirect to ${host}, another origin, for a request whose body holds a secret`;
    return { failure: failureOf("blocked", text) };
  }
  const isPrivate = (name: string, value: string) => privateHeaders.has(name) || holdsSecret(value);
  return { request: { ...request, headers: withoutHeaders(request.headers, isPrivate) } };
}

/** Also those too short to be masked: here a header too few is better than one too many. */
function secretFinder(secrets: Secrets): (text: string) => boolean {
  const mask = createMasker(secrets);
  const values = [...secrets.values()].map(({ value }) => value);
  return (text) => mask(text) !== text || values.some((value) => text.includes(value));
}

/** A target that knows a bound secret must not make us carry it elsewhere. */
function boundSecretIn(url: URL, secrets: Secrets): string | null {
  for (const [key, secret] of secrets) {
    const refusal = secretRefusal(key, secret, url);
    if (refusal !== null && createMasker(new Map([[key, secret]]))(url.href) !== url.href) return refusal;
  }
  return null;
}

function withoutHeaders(
  headers: HttpRequest["headers"],
  isDropped: (name: string, value: string) => boolean,
): HttpRequest["headers"] {
  return Object.fromEntries(Object.entries(headers).filter(([name, value]) => !isDropped(name.toLowerCase(), value)));
}

function failureOf(code: "status" | "blocked", message: string): Failure {
  return { code, message, retryable: false };
}
