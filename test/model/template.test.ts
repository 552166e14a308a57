import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Action, type HttpAction, type JsonValue, renderProblem } from "../../src/model/job.ts";
import { parseJsonPath } from "../../src/model/json-path.ts";
import {
  hostPartKeys,
  isRenderedLonger,
  substitute,
  substituteJson,
  substituteParam,
  substituteUrl,
  type TemplateValues,
  templateKeys,
} from "../../src/model/template.ts";
import { actionProblems, templateProblems } from "../../src/model/template-problems.ts";
import { knownTemplateKeys, templateValues } from "../../src/model/template-values.ts";
import { condition, httpAction } from "../helpers/chain-fixtures.ts";
import { hostileTemplates } from "./hostile-templates.ts";

const values = new Map<string, JsonValue>([
  ["NUMBER", 7],
  ["NOTHING", null],
  ["LIST", [1, { a: "b" }]],
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
  ["{{ID | urlencode}}", "a%20b%2Fc%3Fd%26e%3D%C3%A9"],
  ["{{QUOTE | json}}", '"\\",\\"admin\\":\\"true"'],
  ["Basic {{ ID | base64 }}", "Basic YSBiL2M/ZCZlPcOp"],
  ["{{ID | raw}}", "a b/c?d&e=é"],
  ["{{NUMBER}} {{NUMBER | json}} {{NOTHING}} {{LIST}}", '7 7 null [1,{"a":"b"}]'],
  ["{{HOST | toString}}{{HOST | json | base64}}", "{{HOST | toString}}{{HOST | json | base64}}"],
];

for (const [template, expected] of texts) {
  test(`the text ${template} becomes ${expected}`, () => assert.equal(substitute(template, values), expected));
}

const urls: readonly [string, string][] = [
  ["{{BASE_URL}}/report", "https://api.example.com/v1/report"],
  ["https://{{HOST}}/x/{{ID}}", "https://api.example.com/x/a%20b%2Fc%3Fd%26e%3D%C3%A9"],
  ["https://{{HOST}}:8443/?q={{ID}}", "https://api.example.com:8443/?q=a%20b%2Fc%3Fd%26e%3D%C3%A9"],
  ["{{BASE_URL}}/{{ID}}", "https://api.example.com/v1/a%20b%2Fc%3Fd%26e%3D%C3%A9"],
  ["https://h/{{ID | raw}}", "https://h/a b/c?d&e=é"],
  ["https://h/{{ID | urlencode}}", "https://h/a%20b%2Fc%3Fd%26e%3D%C3%A9"],
  ["https://h/{{ID | base64}}", "https://h/YSBiL2M%2FZCZlPcOp"],
  ["https://h/?q={{QUOTE | json}}", "https://h/?q=%22%5C%22%2C%5C%22admin%5C%22%3A%5C%22true%22"],
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

test("a parameter's value is encoded as a whole, but for what a filter inserts", () => {
  const rendered = ["a b={{ID}}", "a b={{ID | raw}}", "{{ID | urlencode}}", "é{{HOST}}&{{NOPE}}"].map((text) =>
    substituteParam(text, values),
  );
  assert.deepEqual(rendered, [
    "a%20b%3Da%20b%2Fc%3Fd%26e%3D%C3%A9",
    "a%20b%3Da b/c?d&e=é",
    "a%20b%2Fc%3Fd%26e%3D%C3%A9",
    "%C3%A9api.example.com%26%7B%7BNOPE%7D%7D",
  ]);
});

test("a string of a JSON body that is one template keeps the value's type, and no other does", () => {
  const body = ["{{NUMBER}}", "{{ LIST }}", "{{NOTHING}}", "{{NUMBER}}{{NUMBER}}", " {{NUMBER}}", "{{NUMBER | json}}"];
  assert.deepEqual(substituteJson(body, values), [7, [1, { a: "b" }], null, "77", " 7", "7"]);
  assert.equal(substitute("{{NUMBER}}", values), "7");
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
  outputs: new Map<string, JsonValue>([
    ["id", 7],
    ["nothing", null],
  ]),
};

const builtIn: readonly [string, JsonValue | undefined][] = [
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
  ["outputs.id", 7],
  ["outputs.nothing", null],
  ["outputs.constructor", undefined],
  ["constructor", undefined],
  ["toString", undefined],
];

for (const [key, expected] of builtIn) {
  test(`the key ${key} of a run is ${expected ?? "unknown"}`, () => {
    assert.equal(templateValues(run).get(key), expected);
  });
}

function actionWith(changes: Partial<HttpAction>): Action {
  return httpAction({ url: "http://h/", ...changes });
}

const known = knownTemplateKeys(["API_SECRET", "BASE_URL"], ["zone"]);

const problems: readonly [Partial<HttpAction>, string][] = [
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
    { body: { list: ["ok", { a: "{{BASE_URL | urlencod}}" }] } },
    "actions[0].body.list[1].a: expected one filter of urlencode, json, base64, raw, got {{BASE_URL | urlencod}} (did you mean {{BASE_URL | urlencode}}?)",
  ],
  [
    { body: "{{BASE_URL | json | base64}}" },
    "actions[0].body: expected one filter of urlencode, json, base64, raw, got {{BASE_URL | json | base64}}",
  ],
  [
    { body: "{{BASE_URL |}}" },
    "actions[0].body: expected one filter of urlencode, json, base64, raw, got {{BASE_URL | }}",
  ],
  [
    { body: "{{BASE_URL | toString}}" },
    "actions[0].body: expected one filter of urlencode, json, base64, raw, got {{BASE_URL | toString}}",
  ],
  [
    { body: ["{{outputs.token}}"] },
    "actions[0].body[0]: expected an output that an earlier step saved, got {{outputs.token}}",
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

test("outputs are known once an earlier action saves them, also to conditions", () => {
  const parsed = parseJsonPath("$.id");
  assert.ok("path" in parsed);
  const save = [{ name: "user_id", path: parsed.path }];
  const when = condition({ output: { name: "user", tests: [] } });
  const actions = [
    actionWith({ url: "http://h/{{outputs.user_id}}", save }),
    actionWith({ url: "http://h/{{outputs.user_id}}", body: "{{outputs.userid}}" }),
    actionWith({ when }),
  ];
  assert.deepEqual(templateProblems(actions, known).map(renderProblem), [
    "actions[0].url: expected an output that an earlier step saved, got {{outputs.user_id}}",
    "actions[1].body: expected an output that an earlier step saved, got {{outputs.userid}} (did you mean {{outputs.user_id}}?)",
    'actions[2].when.output.name: expected an output that an earlier step saved, got "user"',
  ]);
});

describe("hostile templates", () => {
  for (const [title, text] of Object.entries(hostileTemplates)) {
    test(`take little work: ${title}`, () => {
      let asked = 0;
      const facts = templateValues(run);
      const counting: TemplateValues = {
        get: (key) => {
          asked += 1;
          return facts.get(key);
        },
        keys: () => facts.keys(),
      };
      const problems = actionProblems(actionWith({ body: text }), counting).map(renderProblem);
      // Once to find what is wrong, once more to tell it.
      assert.ok(asked <= 2_000, `asked for ${asked} values`);
      const isCrowded = text.split("{{").length - 1 > 1_000;
      const refusal = "body: expected at most 1000 templates in one action, got more";
      assert.equal(problems.includes(refusal), isCrowded);
      substitute(text, facts);
      substituteUrl(text, facts);
      isRenderedLonger([text], facts, 1_000_000);
    });
  }

  test("are counted over all texts of an action", () => {
    const half = "{{API_SECRET}}".repeat(500);
    const problems = (body: string) =>
      templateProblems([actionWith({ url: `http://h/${half}`, body })], ["API_SECRET"]);
    assert.deepEqual(problems(half), []);
    const refusal = "actions[0].url: expected at most 1000 templates in one action, got more";
    assert.deepEqual(problems(`${half}{{API_SECRET}}`).map(renderProblem), [refusal]);
  });

  test("what a few templates grow to is not counted to its end", () => {
    const grown = new Map([["X", "x".repeat(4_000)]]);
    assert.ok(isRenderedLonger(["{{X}}".repeat(50_000)], grown, 1_000_000));
    assert.ok(!isRenderedLonger(["{{X}}".repeat(200), "{{X}}".repeat(49)], grown, 1_000_000));
    assert.ok(isRenderedLonger(["{{X}}".repeat(200), "{{X}}".repeat(51)], grown, 1_000_000));
  });
});
