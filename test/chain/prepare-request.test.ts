import assert from "node:assert/strict";
import { test } from "node:test";
import { headersOfTry, prepareRequest } from "../../src/chain/prepare-request.ts";
import type { HttpAction } from "../../src/model/job.ts";
import { chainContext, httpAction } from "../helpers/chain-fixtures.ts";

const secrets = new Map([
  ["OPEN", { value: "open value", hosts: null }],
  ["BOUND", { value: "bound", hosts: ["api.example.com", "localhost:8080"] }],
  ["LINES", { value: "a\r\nX-Evil: 1", hosts: null }],
  ["KANJI", { value: "鍵", hosts: null }],
  ["SITE", { value: "https://site.example/base", hosts: null }],
]);

function prepare(changes: Partial<HttpAction>, runId = "nightly@1") {
  const action = httpAction({ url: "https://api.example.com/", ...changes });
  return prepareRequest(chainContext([action], { secrets, runId }), action, { index: 3, userAgent: "fleetcron/1.2.3" });
}

const refusals: readonly [string, Partial<HttpAction>, RegExp][] = [
  ["no url", { url: "report" }, /^template: url: expected an absolute http or https url, got "report"$/],
  ["another scheme", { url: "ftp://h/" }, /^template: url: expected an absolute http/],
  ["a url without slashes", { url: "https:h/x" }, /^template: url: expected an absolute http/],
  ["a url with too many slashes", { url: "https:///h/x" }, /^template: url: expected an absolute http/],
  ["a user name in the url", { url: "https://me:pw@h/" }, /^template: url: .*Authorization header$/],
  ["a line break in a header", { headers: { "X-A": "{{LINES}}" } }, /^template: headers\.X-A: the value holds U\+000D/],
  ["a character no header carries", { headers: { "X-A": "{{KANJI}}" } }, /^template: headers\.X-A: .*U\+9375/],
  ["a bad header name", { headers: { "X A": "1" } }, /^template: headers: "X A" is no header name$/],
  ["a Host header", { headers: { host: "other" } }, /^template: headers\.host: this header can't be set$/],
  ["an unknown key", { body: { a: ["{{OPNE}}"] } }, /^template: body\.a\[0\]: .*did you mean \{\{OPEN\}\}\?/],
  [
    "a bound secret for another host",
    { url: "https://evil.example/", headers: { Authorization: "{{BOUND}}" } },
    /^blocked: secret BOUND is bound to api\.example\.com, localhost:8080, not to evil\.example$/,
  ],
  ["a bound secret in another host's body", { url: "{{SITE}}", body: { t: "{{BOUND}}" } }, /^blocked: secret BOUND/],
  ["a bound secret in a form", { url: "https://evil.example/", form: { t: "{{BOUND}}" } }, /^blocked: secret BOUND/],
  ["an unknown key in a form", { form: { a: "{{OPNE}}" } }, /^template: form\.a: .*did you mean \{\{OPEN\}\}\?/],
  ["a bound secret in a param", { url: "https://evil.example/", params: { t: "{{BOUND}}" } }, /^blocked: secret BOUND/],
  [
    "a bound secret in the host part",
    { url: "https://{{BOUND}}.api.example.com/" },
    /^blocked: .*can't be part of a url's host/,
  ],
  ["a bound secret over plain http", { url: "http://api.example.com/{{BOUND}}" }, /^blocked: .*over https only/],
  ["a bound secret for another port", { url: "http://localhost:81/{{BOUND}}" }, /^blocked: secret BOUND is bound to/],
];

for (const [name, changes, message] of refusals) {
  test(`${name} is refused before anything is sent`, () => {
    const { request, error } = prepare(changes);
    assert.equal(request, null);
    assert.match(error?.message ?? "", message);
    assert.ok(error?.message.startsWith(`${error.code}: `));
  });
}

test("a bound secret may go to its host over https and to loopback over http", () => {
  assert.ok(prepare({ url: "https://API.example.com/{{BOUND}}" }).request);
  assert.ok(prepare({ url: "http://localhost:8080/", headers: { "X-Key": "{{BOUND}}" } }).request);
});

test("params join the query percent-encoded, a fragment is not sent", () => {
  const url = "{{SITE}}/x?a=1#part";
  const { request } = prepare({ url, params: { "q w": "{{OPEN}} & more", n: "1" } });
  assert.equal(request?.url, "https://site.example/base/x?a=1&q%20w=open%20value%20%26%20more&n=1");
});

test("an object is sent as JSON, a string as it is, each with its content type unless set", () => {
  const json = prepare({ method: "POST", body: { a: "{{OPEN}}", n: 1, __proto__: null } }).request;
  assert.deepEqual([json?.body, json?.headers["Content-Type"]], ['{"a":"open value","n":1}', "application/json"]);
  const text = prepare({ method: "POST", body: "say {{OPEN}}" }).request;
  assert.deepEqual([text?.body, text?.headers["Content-Type"]], ["say open value", "text/plain; charset=utf-8"]);
  const own = prepare({ body: [1], headers: { "content-type": "application/vnd.x+json" } }).request;
  assert.deepEqual(own?.headers["content-type"], "application/vnd.x+json");
  assert.equal(own?.headers["Content-Type"], undefined);
  assert.deepEqual([prepare({}).request?.body, prepare({}).request?.headers["Content-Type"]], [null, undefined]);
});

test("a form is sent url-encoded, its values being templates that can't add a field", () => {
  const form = { "q w": "{{OPEN}}", b: "1&c=2", lines: "{{LINES}}", kanji: "{{KANJI}}", empty: "" };
  const { request } = prepare({ method: "POST", form });
  const fields = "q+w=open+value&b=1%26c%3D2&lines=a%0D%0AX-Evil%3A+1&kanji=%E9%8D%B5&empty=";
  assert.deepEqual(request?.body, fields);
  assert.equal(request?.headers["Content-Type"], "application/x-www-form-urlencoded");
});

test("an action's own User-Agent wins, whatever its case", () => {
  assert.equal(prepare({}).request?.headers["User-Agent"], "fleetcron/1.2.3");
  const { request } = prepare({ headers: { "user-agent": "probe/1" } });
  assert.deepEqual([request?.headers["user-agent"], request?.headers["User-Agent"]], ["probe/1", undefined]);
});

test("the idempotency key is stable, names run and step and is always a legal header value", () => {
  const key = (runId: string) => prepare({}, runId).request?.headers["Idempotency-Key"];
  assert.equal(key("65f0@2026-01-15T09:30:00.000Z"), "65f0@2026-01-15T09:30:00.000Z/3");
  assert.equal(key("夜 %\n@1"), "%E5%A4%9C%20%25%0A@1/3");
});

test("traceparent is valid, one trace per run and one span per try", () => {
  const action = httpAction({ url: "https://h/" });
  const context = chainContext([action]);
  const { request } = prepareRequest(context, action, { index: 0, userAgent: "x" });
  assert.ok(request);
  const [first, second] = [1, 2].map((attempt) => headersOfTry(context, request, 0, attempt).headers.traceparent);
  assert.match(first ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  assert.equal(first?.slice(0, 35), second?.slice(0, 35));
  assert.notEqual(first, second);
});
