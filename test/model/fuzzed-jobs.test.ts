// Job documents made by chance, of fields that exist and values that are nearly right: parsing one never throws, and what
// is a job has templates that can be checked. FLEETCRON_PROPERTY_RUNS and FLEETCRON_PROPERTY_SEED: see scripts/properties.ts.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { firstSteps } from "../../src/chain/execute-chain.ts";
import { prepareRequest } from "../../src/chain/prepare-request.ts";
import { renderProblem } from "../../src/model/job.ts";
import { actionFields } from "../../src/model/parse-action.ts";
import { conditionFields, outputConditionFields } from "../../src/model/parse-condition.ts";
import { expectationFields, jsonExpectationFields } from "../../src/model/parse-expectation.ts";
import { jobFields, parseJob } from "../../src/model/parse-job.ts";
import { retryFields } from "../../src/model/parse-retry.ts";
import { templateProblems } from "../../src/model/template-problems.ts";
import { chainContext } from "../helpers/chain-fixtures.ts";
import { defaults } from "./parse-fixtures.ts";

const numRuns = Number(process.env.FLEETCRON_PROPERTY_RUNS ?? 200);
const seed = Number(process.env.FLEETCRON_PROPERTY_SEED ?? Math.floor(Math.random() * 2 ** 31));

const anyText = fc.oneof(
  fc.constantFrom("ok", "error", "5xx", "400-404", "$.a", "$..a[?@.b == 1]", "$[?count($..*) > 1]", "full", "network"),
  fc.constantFrom(
    "{{outputs.a}}",
    "{{job.name | json}}",
    "{{ {{A}} | x }}",
    "{{",
    "MON",
    "POST",
    "http",
    "retry",
    "skip",
  ),
  fc.constantFrom(
    "https://example.com/{{outputs.a | raw}}?q={{A}}",
    "{{A}}.example.com",
    "* * * * *",
    "\r\n",
    "\ud800",
  ),
  fc.string({ unit: "binary", maxLength: 30 }),
);
const anyValue = fc.oneof(
  { weight: 4, arbitrary: anyText },
  fc.integer({ min: -2, max: 600 }),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.oneof(anyText, fc.integer({ min: -1, max: 60 })), { maxLength: 4 }),
  fc.object({ maxDepth: 3 }),
);

type Kinds = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/** An object of some of the fields, each mostly of its own kind. */
function someOf(names: readonly string[], kinds: Kinds = {}) {
  const field = (name: string) => fc.oneof({ weight: 5, arbitrary: kinds[name] ?? anyValue }, anyValue);
  return fc.record(Object.fromEntries(names.map((name) => [name, field(name)])), { requiredKeys: [] });
}

/** Nothing but values of the right kind, which may yet be wrong together. */
const rightOf = (kinds: Kinds) => fc.record(kinds, { requiredKeys: [] });

const path = fc.constantFrom("$", "$.a", "$[0]", "$..a", "$[?@.a == 1].b");
const status = fc.constantFrom(200, 404, "5xx", "400-404");
const text = fc.constantFrom(
  "x",
  "{{A}}",
  "{{A | json}}",
  "{{outputs.a}}",
  "{{outputs.b | base64}}",
  "{{ {{A}}",
  "\u00fc",
);
const list = (item: fc.Arbitrary<unknown>) => fc.array(item, { minLength: 1, maxLength: 3 });
const json = fc.record(
  { path, eq: fc.jsonValue(), type: fc.constantFrom("string", "null") },
  { requiredKeys: ["path", "eq"] },
);
const output = fc.record({ name: fc.constantFrom("a", "b"), ne: fc.jsonValue() });
const right: Kinds = {
  url: fc.constantFrom("https://example.com/{{outputs.a}}", "{{A}}/b", "https://example.com/?q={{A | raw}}"),
  retry: rightOf({ retries: fc.nat(5), jitter: fc.constantFrom("full", "none"), on: list(status) }),
  expect: fc.record({ status: list(status), json: list(json) }),
  save: fc.dictionary(fc.constantFrom("a", "b"), path, { minKeys: 1 }),
  when: fc.record(
    { hour_in: list(fc.nat(23)), previous: fc.constantFrom("ok", "error"), output },
    { requiredKeys: ["hour_in"] },
  ),
  headers: fc.dictionary(fc.constantFrom("X-A", "X-B"), text),
  params: fc.dictionary(fc.string({ maxLength: 5 }), text),
};
const wrong: Kinds = {
  retry: someOf(retryFields.known),
  expect: someOf(expectationFields.known, { json: fc.array(someOf(jsonExpectationFields.known)) }),
  when: someOf(conditionFields.known, { output: someOf(outputConditionFields.known) }),
  save: fc.dictionary(anyText, anyValue),
};
const anyAction = someOf([...actionFields.known, "save_secret"], { type: fc.constantFrom("http", "exec"), ...wrong });
const anyJob = someOf(jobFields.known, { actions: fc.array(anyAction, { maxLength: 3 }), ...wrong });
const nearlyJob = fc
  .array(fc.record(right, { requiredKeys: ["url"] }), { minLength: 1, maxLength: 4 })
  .map((actions) => ({ _id: "id", name: "a job", hour: 9, actions }));

test("no document makes a parser throw, and every job's first step and request can be made", () => {
  let jobs = 0;
  fc.assert(
    fc.property(fc.oneof(anyJob, nearlyJob), (document) => {
      const parsed = parseJob(document, defaults);
      if ("invalid" in parsed) {
        assert.ok(parsed.invalid.problems.length > 0);
        for (const problem of parsed.invalid.problems) assert.ok(renderProblem(problem).length < 1_000);
        return;
      }
      jobs += 1;
      const { job } = parsed;
      templateProblems(job.actions, ["A"]);
      const context = { ...chainContext([]), job, outputs: new Map([["a", [1, "\r\n"]]]) };
      assert.ok(firstSteps(context, (text) => text).length > 0);
      for (const [index, action] of job.actions.entries()) {
        if (action.type === "http") prepareRequest(context, action, { index, userAgent: "x" });
      }
    }),
    { numRuns, seed },
  );
  assert.ok(jobs > numRuns / 10, `only ${jobs} of ${numRuns} were jobs`);
});
