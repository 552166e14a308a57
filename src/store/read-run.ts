// A run from its document, as another agent needs it to go on: every field is looked at, for a person may have edited it.
import { outputNamePattern } from "../model/expectation.ts";
import type { JsonValue } from "../model/job.ts";
import type { ErrorClass, Outputs, Step, StepStatus, Try } from "../model/run.ts";
import type { RunDocument, StepDocument, TakeoverDocument, TryDocument } from "./collections.ts";

/** What a successor takes from the record. */
export interface ReadRun {
  readonly scheduledFor: number;
  readonly startedAt: number;
  readonly attempt: number;
  readonly steps: readonly Step[];
  readonly takeovers: readonly TakeoverDocument[];
  readonly outputs: Outputs;
}

const stepStatuses: readonly string[] = ["started", "ok", "error", "skipped_when", "skipped_unsupported", "unknown"];

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isDate: Check = (value) => value instanceof Date && !Number.isNaN(value.getTime());
const isNumber: Check = (value) => typeof value === "number" && Number.isFinite(value);
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isObject: Check = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const listOf =
  (check: (item: unknown, index: number) => boolean): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const fields =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && Object.entries(checks).every(([key, check]) => check((value as Record<string, unknown>)[key]));

/** As JSON would have given it: an ObjectId or a date that a person put there is none. */
const isJson: Check = (value) => {
  if (value === null || isText(value) || isNumber(value) || typeof value === "boolean") return true;
  if (Array.isArray(value)) return value.every(isJson);
  const isPlain = isObject(value) && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain && Object.values(value as object).every(isJson);
};
const isOutput = (name: string, value: unknown) => outputNamePattern.test(name) && isJson(value);

const isError = orNull(fields({ code: isText, message: isText }));

const isTry = fields({
  ...{ at: isDate, status_code: orNull(isNumber), elapsed_ms: isNumber, error: isError, wait_ms: orNull(isNumber) },
});

const isStep = fields({
  ...{ name: isText, status: (value) => stepStatuses.includes(String(value)) },
  ...{ method: orNull(isText), url: orNull(isText), status_code: orNull(isNumber), elapsed_ms: orNull(isNumber) },
  ...{ attempts: isCount, tries: listOf(isTry), response_sample: orNull(isText), error: isError },
  response_truncated: (value) => typeof value === "boolean",
});

const runChecks: Readonly<Record<string, Check>> = {
  _id: isText,
  scheduled_for: isDate,
  start_at: isDate,
  attempt: (value) => isCount(value) && Number(value) >= 1,
  steps: listOf((step, index) => isStep(step) && (step as StepDocument).index === index),
  takeovers: (value) => value === undefined || listOf(isObject)(value),
  outputs: (value) =>
    isObject(value) && Object.entries(value as object).every(([name, output]) => isOutput(name, output)),
};

/** The run, or the name of the first field that holds something no agent wrote there. */
export function readRun(run: RunDocument): ReadRun | { readonly malformed: string } {
  const bad = Object.entries(runChecks).find(([key, check]) => !check(run[key as keyof RunDocument]));
  if (bad !== undefined) return { malformed: bad[0] };
  return {
    scheduledFor: run.scheduled_for.getTime(),
    startedAt: run.start_at?.getTime() ?? 0,
    attempt: run.attempt,
    steps: run.steps.map(readStep),
    takeovers: run.takeovers ?? [],
    outputs: new Map(Object.entries(run.outputs as Record<string, JsonValue>)),
  };
}

function readStep(step: StepDocument): Step {
  return {
    index: step.index,
    name: step.name,
    status: step.status as StepStatus,
    method: step.method,
    url: step.url,
    statusCode: step.status_code,
    elapsedMs: step.elapsed_ms,
    attempts: step.attempts,
    tries: step.tries.map(readTry),
    responseSample: step.response_sample,
    responseTruncated: step.response_truncated,
    error: step.error as { code: ErrorClass; message: string } | null,
  };
}

function readTry(one: TryDocument): Try {
  return {
    at: one.at.getTime(),
    statusCode: one.status_code,
    elapsedMs: one.elapsed_ms,
    error: one.error,
    waitMs: one.wait_ms,
  };
}
