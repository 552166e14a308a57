// Whether what came is what was wanted. The attempt says what came; here it becomes a success, with what is saved of it, or
// a failure, with what a retry policy may say to it.
import type { Expectation, JsonExpectation } from "../model/expectation.ts";
import type { HttpAction } from "../model/job.ts";
import { findOne } from "../model/json-path.ts";
import type { retryCauseNames } from "../model/retry.ts";
import type { Outputs, StepError } from "../model/run.ts";
import { isStatusIn, renderStatuses } from "../model/status-range.ts";
import { failedTest, renderTest } from "../model/value-test.ts";
import type { HttpResult } from "./http-attempt.ts";
import type { Mask } from "./masking.ts";
import { expectError, type ReadJson, readJson, showJson } from "./response-json.ts";
import { saveOutputs } from "./save-outputs.ts";

/** Why a try may go better next time, in the words of `retry.on`; a number is a status. Null: it will not. */
type Cause = (typeof retryCauseNames)[number] | number | null;

export type Verdict =
  | { readonly error: null; readonly saved: Outputs }
  | { readonly error: StepError; readonly cause: Cause };

/** `outputs`: those of earlier steps. Messages hold no secret. */
export function judgeResponse(action: HttpAction, result: HttpResult, outputs: Outputs, mask: Mask): Verdict {
  const { error, statusCode } = result;
  // An unwanted status decides even when the body broke off: a 404 is a 404.
  const isAnswered = statusCode !== null && error?.code !== "aborted" && result.isUnfollowed !== true;
  const unwanted = isAnswered ? judgeStatus(action.expect, statusCode) : null;
  if (unwanted !== null) return unwanted;
  if (error !== null) return { error, cause: causeOf(error) };
  const json = readJson(result);
  const failed = judgeBody(action.expect, result, json, mask);
  if (failed !== null) return { error: expectError(failed), cause: "expect" };
  return saveOutputs(action.save, json, outputs, mask);
}

function judgeStatus(expect: Expectation | null, statusCode: number): Verdict | null {
  const isGood = statusCode >= 200 && statusCode <= 299;
  const status = expect?.status ?? null;
  if (status === null ? isGood : isStatusIn(status, statusCode)) return null;
  if (status !== null) {
    const message = `expected status ${renderStatuses(status)}, got ${statusCode}`;
    // A policy's statuses are those of failures: a 2xx that is not the one wanted is an expectation like others.
    return { error: expectError(message), cause: isGood ? "expect" : statusCode };
  }
  const note = statusCode >= 300 && statusCode < 400 ? ": redirects are not followed" : "";
  return { error: { code: "status", message: `status ${statusCode}${note}` }, cause: statusCode };
}

function causeOf({ code, retryable }: NonNullable<HttpResult["error"]>): Cause {
  if (!retryable) return null;
  return code === "timeout" ? "timeout" : "network";
}

/** What was expected and what came, or null. */
function judgeBody(expect: Expectation | null, result: HttpResult, json: ReadJson, mask: Mask): string | null {
  if (expect === null) return null;
  const { bodyContains } = expect;
  if (bodyContains !== null && !(result.sample ?? "").includes(bodyContains)) {
    const part = result.truncated ? "the part that is read" : "the body";
    return `expected ${part} to contain ${showJson(bodyContains, mask)}`;
  }
  for (const one of expect.json) {
    const failed = judgeJson(one, json, mask);
    if (failed !== null) return failed;
  }
  return null;
}

function judgeJson({ path, tests }: JsonExpectation, read: ReadJson, mask: Mask): string | null {
  const json = read();
  if ("refusal" in json) return `expected JSON with ${path.text}, got ${json.refusal}`;
  const found = findOne(path, json.value);
  if ("refusal" in found) return `${path.text} ${found.refusal}`;
  const failed = failedTest(tests, found.value);
  if (failed === null) return null;
  return `${path.text}: expected ${renderTest(failed, (wanted) => showJson(wanted, mask))}, got ${showJson(found.value, mask)}`;
}
