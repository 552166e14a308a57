// Job documents made by chance, of fields that exist and values that are nearly right.
import fc from "fast-check";
import { actionFields } from "../../src/model/parse-action.ts";
import { conditionFields, outputConditionFields } from "../../src/model/parse-condition.ts";
import { expectationFields, jsonExpectationFields } from "../../src/model/parse-expectation.ts";
import { jobFields } from "../../src/model/parse-job.ts";
import { retryFields } from "../../src/model/parse-retry.ts";

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
const text = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom("x", "{{A}}", "{{A | json}}", "{{outputs.a}}", "{{outputs.b | base64}}") },
  fc.constantFrom("{{ {{A}}", "\u00fc"),
);
const list = (item: fc.Arbitrary<unknown>) => fc.array(item, { minLength: 1, maxLength: 3 });
const json = fc.record(
  { path, eq: fc.jsonValue(), type: fc.constantFrom("string", "null") },
  { requiredKeys: ["path", "eq"] },
);
const output = fc.record({ name: fc.constantFrom("a", "b"), ne: fc.jsonValue() });
const right = (base: string): Kinds => ({
  url: fc.constantFrom(base, "{{A}}/b", `${base}/{{outputs.a}}`, `${base}/?q={{A | urlencode}}`),
  retry: rightOf({ retries: fc.nat(5), jitter: fc.constantFrom("full", "none"), on: list(status) }),
  expect: fc.record({ status: list(status), json: list(json) }),
  save: fc.dictionary(fc.constantFrom("a", "b"), path, { minKeys: 1 }),
  when: fc.record(
    { hour_in: list(fc.constantFrom(8, 9, 9)), previous: fc.constantFrom("ok", "error"), output },
    { requiredKeys: ["hour_in"] },
  ),
  headers: fc.dictionary(fc.constantFrom("X-A", "X-B"), text),
  body: fc.jsonValue(),
  method: fc.constantFrom("POST", "PUT"),
  continue_on_failure: fc.constantFrom(true, true, true, true, false),
  params: fc.dictionary(fc.string({ maxLength: 5 }), text),
});
const wrong: Kinds = {
  retry: someOf(retryFields.known),
  expect: someOf(expectationFields.known, { json: fc.array(someOf(jsonExpectationFields.known)) }),
  when: someOf(conditionFields.known, { output: someOf(outputConditionFields.known) }),
  save: fc.dictionary(anyText, anyValue),
};
const anyAction = someOf([...actionFields.known, "save_secret"], { type: fc.constantFrom("http", "exec"), ...wrong });
const someJob = someOf(jobFields.known, { actions: fc.array(anyAction, { maxLength: 3 }), ...wrong });
const nearlyJob = (base: string) =>
  fc
    .tuple(
      fc.array(fc.record(right(base), { requiredKeys: ["url"] }), { minLength: 1, maxLength: 4 }),
      // Now and then as many actions as a job may have.
      fc.constantFrom(1, 1, 1, 25),
    )
    .map(([actions, times]) => ({ _id: "id", name: "a job", hour: 9, actions: Array(times).fill(actions).flat() }));

/** Many of them are no jobs; those that are send to `base`, or to the secret A. */
export function jobArbitrary(base: string): fc.Arbitrary<unknown> {
  return fc.oneof(someJob, nearlyJob(base));
}
