import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { renderProblem } from "../../src/model/job.ts";
import { actionFields } from "../../src/model/parse-action.ts";
import { conditionFields, outputConditionFields } from "../../src/model/parse-condition.ts";
import { expectationFields, jsonExpectationFields } from "../../src/model/parse-expectation.ts";
import { jobFields, parseJob } from "../../src/model/parse-job.ts";
import { notifyFields } from "../../src/model/parse-notify.ts";
import { retryFields } from "../../src/model/parse-retry.ts";
import { templateProblems } from "../../src/model/template-problems.ts";
import { knownTemplateKeys } from "../../src/model/template-values.ts";
import { retryPolicy } from "../helpers/retry-policy.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/jobs.md"), "utf8");
const retry = retryPolicy({ retries: 2, delaySec: 3, backoff: 2, maxDelaySec: 300 });
const defaults = { tz: "UTC", httpDefaults: { timeoutSec: 30, retry }, allowMissingId: true };

/** Also what `fleetcron jobs check` says of templates. */
function problemsOf(json: string): string {
  const parsed = parseJob(JSON.parse(json), defaults);
  const known = knownTemplateKeys(["BASE_URL", "API_SECRET"], []);
  if ("job" in parsed) return templateProblems(parsed.job.actions, known).map(renderProblem).join("\n");
  return `${parsed.invalid.problems.map(renderProblem).join("\n")}\n`;
}

describe("docs/jobs.md", () => {
  // A block of text right after a job is what is wrong with it.
  const examples = [...page.matchAll(/^```json\n(.*?)^```\n(?:\n```text\n(.*?)^```$)?/gms)];

  test("has examples", () => assert.ok(examples.length >= 8));

  for (const [, json = "", expected = ""] of examples) {
    const { name } = JSON.parse(json);
    test(`tells the truth about the job "${name}"`, () => assert.equal(problemsOf(json), expected));
  }

  test("names every field, also those of later versions", () => {
    const answers = [expectationFields, jsonExpectationFields, conditionFields, outputConditionFields];
    const tables = [jobFields, actionFields, retryFields, notifyFields, ...answers];
    const fields = tables.flatMap(({ known, unsupported = {} }) => [...known, ...Object.keys(unsupported)]);
    for (const field of fields) assert.ok(page.includes(`\`${field}\``), `docs/jobs.md does not say what ${field} is`);
  });
});
