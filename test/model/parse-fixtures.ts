// What the tests of job documents share.
import assert from "node:assert/strict";
import { type Job, renderProblem } from "../../src/model/job.ts";
import { type JobDefaults, parseJob } from "../../src/model/parse-job.ts";
import { retryPolicy } from "../helpers/retry-policy.ts";

export const retry = retryPolicy({ retries: 2, delaySec: 3, backoff: 2, maxDelaySec: 300 });
export const defaults: JobDefaults = { tz: "Asia/Seoul", httpDefaults: { timeoutSec: 30, retry } };
export const simple = { _id: "report", name: "report", hour: 9, url: "https://example.com/" };

export function jobOf(document: unknown, options: Partial<JobDefaults> = {}): Job {
  const parsed = parseJob(document, { ...defaults, ...options });
  assert.ok("job" in parsed, "invalid" in parsed ? parsed.invalid.problems.map(renderProblem).join("\n") : "");
  return parsed.job;
}

export function problemsOf(document: unknown): readonly string[] {
  const parsed = parseJob(document, defaults);
  assert.ok("invalid" in parsed, "the job is valid");
  return parsed.invalid.problems.map(renderProblem);
}
