import assert from "node:assert/strict";
import { test } from "node:test";
import { type Action, renderProblem } from "../../src/model/job.ts";
import {
  hostPartKeys,
  substitute,
  substituteJson,
  substituteUrl,
  templateKeys,
  templateProblems,
} from "../../src/model/template.ts";
import { knownTemplateKeys, templateValues } from "../../src/model/template-values.ts";

const values = new Map([
  ["BASE_URL", "https://api.example.com/v1"],
  ["HOST", "api.example.com"],
  ["ID", "a b/c?d&e=é"],
  ["LOOP", "{{ID}}"],
  ["QUOTE", '","admin":"true'],
]);

const texts: readonly [string, string][] = [
  ["no template", "no template"],
  ["{{HOST}}", "api.example.com"],
  ["{{ HOST }}!{{HOST}}", "api.example.com!api.example.com"],
  ["{{LOOP}}", "{{ID}}"],
  ["}} {{HOST}} }}", "}} api.example.com }}"],
  ['{"n":{{HOST}}}', '{"n":api.example.com}'],
];

for (const [template, expected] of texts) {
  test(`the text ${template} becomes ${expected}`, () => assert.equal(substitute(template, values), expected));
}

const urls: readonly [string, string][] = [
  ["{{BASE_URL}}/report", "https://api.example.com/v1/report"],
  ["https://{{HOST}}/x/{{ID}}", "https://api.example.com/x/a%20b%2Fc%3Fd%26e%3D%C3%A9"],
  ["https://{{HOST}}:8443/?q={{ID}}", "https://api.example.com:8443/?q=a%20b%2Fc%3Fd%26e%3D%C3%A9"],
  ["{{BASE_URL}}/{{ID}}", "https://api.example.com/v1/a%20b%2Fc%3Fd%26e%3D%C3%A9"],
  ["https:\\\\h\\{{ID}}", "https:\\\\h\\a%20b%2Fc%3Fd%26e%3D%C3%A9"],
];

for (const [template, expected] of urls) {
  test(`the url ${template} becomes ${expected}`, () => assert.equal(substituteUrl(template, values), expected));
}

test("keys that reach the host part of a url are told from those behind it", () => {
  assert.deepEqual(hostPartKeys("{{BASE_URL}}/{{ID}}", values), ["BASE_URL"]);
  assert.deepEqual(hostPartKeys("https://x.{{HOST}}/{{ID}}", values), ["HOST"]);
  assert.deepEqual(hostPartKeys("https://h?{{ID}}", values), []);
});

test("a value in a JSON body can't break out of its string", () => {
  const body = substituteJson({ a: "{{QUOTE}}", list: ["{{HOST}}", 1, null, { deep: "{{HOST}}" }] }, values);
  const expected = { a: '","admin":"true', list: ["api.example.com", 1, null, { deep: "api.example.com" }] };
  assert.deepEqual(JSON.parse(JSON.stringify(body)), expected);
});

test("a lone surrogate in a url value is no exception", () => {
  assert.equal(substituteUrl("http://h/{{X}}", new Map([["X", "a\ud800"]])), "http://h/a%EF%BF%BD");
});

test("the keys of a text are listed in order", () => {
  assert.deepEqual(templateKeys("{{B}} {{A}} {{ B }}"), ["B", "A", "B"]);
});

const run = {
  runId: "job@2026-03-01T23:05:09.000Z",
  attempt: 2,
  scheduledFor: Date.UTC(2026, 2, 1, 23, 5, 9),
  job: { idText: "65f0", name: "Nightly", tz: "Asia/Tokyo" },
  machine: { id: "m-1", hostname: "alpha", tags: { zone: "eu" } },
  secrets: new Map([
    ["API_SECRET", { value: "s3cret", hosts: null }],
    ["job.name", { value: "hidden", hosts: null }],
  ]),
};

const builtIn: readonly [string, string | undefined][] = [
  ["job.name", "Nightly"],
  ["job.id", "65f0"],
  ["run.id", "job@2026-03-01T23:05:09.000Z"],
  ["run.attempt", "2"],
  ["scheduled_for", "2026-03-01T23:05:09.000Z"],
  ["scheduled_for.date", "2026-03-02"],
  ["scheduled_for.hour", "08"],
  ["scheduled_for.minute", "05"],
  ["scheduled_for.unix", "1772406309"],
  ["machine.id", "m-1"],
  ["machine.hostname", "alpha"],
  ["machine.tags.zone", "eu"],
  ["machine.tags.constructor", undefined],
  ["machine.tags.__proto__", undefined],
  ["API_SECRET", "s3cret"],
  ["constructor", undefined],
  ["toString", undefined],
];

for (const [key, expected] of builtIn) {
  test(`the key ${key} of a run is ${expected ?? "unknown"}`, () => {
    assert.equal(templateValues(run).get(key), expected);
  });
}

function actionWith(changes: Partial<Extract<Action, { type: "http" }>>): Action {
  const retry = { retries: 0, delaySec: 1, backoff: 1, maxDelaySec: 1 };
  const plain = { type: "http", name: "a", method: "GET", headers: {}, params: {}, body: null, timeoutSec: 1 } as const;
  return { ...plain, url: "http://h/", retry, onCrash: "fail", when: null, continueOnFailure: false, ...changes };
}

const known = knownTemplateKeys(["API_SECRET", "BASE_URL"], ["zone"]);

const problems: readonly [Partial<Extract<Action, { type: "http" }>>, string][] = [
  [
    { url: "{{BASE_ULR}}/x" },
    "actions[0].url: expected a key of secrets or a built-in key, got {{BASE_ULR}} (did you mean {{BASE_URL}}?)",
  ],
  [
    { headers: { Authorization: "Bearer {{api_secret}}" } },
    "actions[0].headers.Authorization: expected a key of secrets or a built-in key, got {{api_secret}} (did you mean {{API_SECRET}}?)",
  ],
  [{ params: { q: "{{}}" } }, "actions[0].params.q: expected a key between {{ and }}, got {{}}"],
  [{ body: "{{BASE_URL" }, 'actions[0].body: expected }} after every {{, got "{{BASE_URL"'],
  [{ body: "{{ {{BASE_URL}}" }, 'actions[0].body: expected }} after every {{, got "{{ "'],
  [
    { body: { list: ["ok", { a: "{{BASE_URL | urlencode}}" }] } },
    "actions[0].body.list[1].a: expected a key without filters: they are not supported by this version, got {{BASE_URL | urlencode}}",
  ],
  [
    { body: ["{{outputs.token}}"] },
    "actions[0].body[0]: expected no outputs: they are not supported by this version, got {{outputs.token}}",
  ],
  [
    { url: "http://h/{{machine.tags.constructor}}" },
    "actions[0].url: expected a key of secrets or a built-in key, got {{machine.tags.constructor}}",
  ],
];

for (const [changes, expected] of problems) {
  test(`templateProblems of ${JSON.stringify(changes)} names place and remedy`, () => {
    assert.deepEqual(templateProblems([actionWith(changes)], known).map(renderProblem), [expected]);
  });
}

test("templates that are right have no problems, and every problem is reported", () => {
  const url = "{{BASE_URL}}/{{machine.tags.zone}}/{{scheduled_for.date}}";
  assert.deepEqual(templateProblems([actionWith({ url, body: { a: "{{API_SECRET}}" } })], known), []);
  assert.equal(templateProblems([actionWith({ url: "{{A}}{{B}}" }), actionWith({ body: "{{C}}" })], known).length, 3);
  const unsupported = { type: "unsupported", unsupportedType: "exec", name: "x", when: null } as const;
  assert.deepEqual(templateProblems([unsupported], known), []);
});
