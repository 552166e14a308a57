// One action of a chain, and the one request of a job without a chain.
import type { Expectation } from "./expectation.ts";
import { type FieldReader, readBoolean, readLine, readNumber, refuse } from "./field-readers.ts";
import type { Action, ExecAction, UnsupportedAction } from "./job.ts";
import { checkFields, type KnownFields } from "./known-fields.ts";
import { nearest } from "./nearest.ts";
import { parseCondition } from "./parse-condition.ts";
import { execFields, parseExec } from "./parse-exec.ts";
import { parseExpectation, parseSave } from "./parse-expectation.ts";
import { parseRequest } from "./parse-request.ts";
import { parseRetry } from "./parse-retry.ts";
import { fieldPath, newProblemList, renderGot } from "./problem-list.ts";
import type { RetryPolicy } from "./retry.ts";

/** What the config says of every request. */
export interface HttpDefaults {
  readonly timeoutSec: number;
  readonly retry: RetryPolicy;
}

/** Those of the next outer level: an action's own win over the job's, and these over the config's. */
export interface ActionDefaults extends HttpDefaults {
  readonly expect: Expectation | null;
}

/** Beside `actions` a job's own hold for each of them. */
export const inheritedFields: readonly string[] = ["timeout_sec", "retry", "expect"];

export const requestFields: readonly string[] = [
  "method",
  "url",
  "headers",
  "params",
  "body",
  "form",
  "follow_redirects",
  "on_crash",
  "save",
];

export const unsupportedRequestFields: Readonly<Record<string, string>> = {
  save_secret: "save_secret is",
};

export const belongsElsewhere: Readonly<Record<string, string>> = {
  hour_in: "when",
  minute_in: "when",
  retries: "retry",
  delay_sec: "retry",
  backoff: "retry",
  max_delay_sec: "retry",
};

export const actionFields: KnownFields = {
  known: ["type", "name", ...requestFields, ...inheritedFields, "when", "continue_on_failure"],
  unsupported: unsupportedRequestFields,
  elsewhere: { ...belongsElsewhere, hour: "the job itself", minute: "the job itself", tz: "the job itself" },
};

const longestName = 200;
const longestTimeoutSec = 86_400;

/** `index` counts from 0; the default name from 1. */
export function parseAction(reader: FieldReader, index: number, outer: ActionDefaults): Action {
  const type = reader.fields.get("type");
  if (type === "exec") return parseExecAction(reader, index, outer);
  if (typeof type === "string" && type !== "http") return unsupportedAction(reader, index, type);
  if (type !== undefined && type !== "http") refuse(reader, { key: "type", expected: 'a text such as "http"' });

  const meant = checkFields(reader, actionFields);
  return {
    type: "http",
    name: readLine(reader, "name", longestName) ?? defaultName(index),
    ...parseRequest(reader, meant),
    ...parseActionDefaults(reader, outer),
    when: parseCondition(reader),
    save: parseSave(reader),
    continueOnFailure: readBoolean(reader, "continue_on_failure") ?? false,
  };
}

const execActionFields: KnownFields = {
  known: ["type", "name", ...execFields, "timeout_sec", "retry", "when", "continue_on_failure"],
  elsewhere: belongsElsewhere,
};

function parseExecAction(reader: FieldReader, index: number, outer: HttpDefaults): ExecAction {
  checkFields(reader, execActionFields);
  return {
    type: "exec",
    name: readLine(reader, "name", longestName) ?? defaultName(index),
    ...parseExec(reader),
    // A request that failed may be tried again unless somebody says no; a program only where somebody says so.
    ...parseLimits(reader, { ...outer, retry: { ...outer.retry, retries: 0 } }),
    when: parseCondition(reader),
    continueOnFailure: readBoolean(reader, "continue_on_failure") ?? false,
  };
}

/** The only action of a job in the one-request form; a `when` there belongs to the job. */
export function parseOnlyAction(job: FieldReader, meant: ReadonlySet<string>, defaults: ActionDefaults): Action {
  const request = parseRequest(job, meant);
  const save = parseSave(job);
  return { type: "http", name: defaultName(0), ...request, ...defaults, when: null, save, continueOnFailure: false };
}

/** The `timeout_sec`, `retry` and `expect` of a job or an action over the outer level's. */
export function parseActionDefaults(reader: FieldReader, outer: ActionDefaults): ActionDefaults {
  return { ...parseLimits(reader, outer), expect: parseExpectation(reader, outer.expect) };
}

function parseLimits(reader: FieldReader, outer: HttpDefaults): HttpDefaults {
  return {
    timeoutSec: readNumber(reader, "timeout_sec", { from: 0, above: true, to: longestTimeoutSec }) ?? outer.timeoutSec,
    retry: parseRetry(reader, outer.retry),
  };
}

/** Nothing of it is sent, so its other fields may be anything: a fleet can hold jobs for agents of a later version. */
function unsupportedAction({ path, fields, problems }: FieldReader, index: number, type: string): UnsupportedAction {
  const unchecked: FieldReader = { path, fields, problems: newProblemList() };
  const near = nearest(type.slice(0, 40), ["http", "exec"]);
  const guess = near === null ? "" : ` (did you mean "${near}"?)`;
  const typePath = fieldPath(path, "type");
  problems.hint(`${typePath}: ${renderGot(type)} is not supported by this version; the step will be skipped${guess}`);
  return {
    type: "unsupported",
    unsupportedType: type.slice(0, longestName),
    name: readLine(unchecked, "name", longestName) ?? defaultName(index),
    when: parseCondition(unchecked),
  };
}

function defaultName(index: number): string {
  return `step-${index + 1}`;
}
