// Job documents made by chance, of fields that exist and values that are nearly right: parsing one never throws, and what
// is a job has templates that can be checked. FLEETCRON_PROPERTY_RUNS and FLEETCRON_PROPERTY_SEED: see scripts/properties.ts.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { firstSteps } from "../../src/chain/execute-chain.ts";
import { prepareRequest } from "../../src/chain/prepare-request.ts";
import { renderProblem } from "../../src/model/job.ts";
import { parseJob } from "../../src/model/parse-job.ts";
import { templateProblems } from "../../src/model/template-problems.ts";
import { chainContext } from "../helpers/chain-fixtures.ts";
import { jobArbitrary } from "./job-arbitrary.ts";
import { defaults } from "./parse-fixtures.ts";

const numRuns = Number(process.env.FLEETCRON_PROPERTY_RUNS ?? 1_000);
const seed = Number(process.env.FLEETCRON_PROPERTY_SEED ?? Math.floor(Math.random() * 2 ** 31));

test("no document makes a parser throw, and every job's first step and request can be made", () => {
  let jobs = 0;
  fc.assert(
    fc.property(jobArbitrary("https://example.com"), (document) => {
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
