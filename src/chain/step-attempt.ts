// What a step does at each of its tries, by the type of its action: it sends a request, or runs a program.
import type { ExecAction, HttpAction } from "../model/job.ts";
import type { Outputs, StepError } from "../model/run.ts";
import type { ChainContext, ChainDeps } from "./chain-context.ts";
import type { ExecResult } from "./exec-attempt.ts";
import type { HttpResult } from "./http-attempt.ts";
import { judgeResponse, type Verdict } from "./judge-response.ts";
import { prepareCommand } from "./prepare-command.ts";
import { headersOfTry, prepareRequest } from "./prepare-request.ts";

/** What is recorded of a try. The status of a program is its exit code. */
export type AttemptResult = Pick<
  HttpResult,
  "statusCode" | "elapsedMs" | "sample" | "truncated" | "retryAfterMs" | "redirectedTo"
>;

export interface Attempted {
  readonly result: AttemptResult;
  readonly verdict: Verdict;
}

/** `number` counts from 1. Never rejects because of the target or the program. */
export type Attempt = (number: number, signal: AbortSignal) => Promise<Attempted>;

export type PreparedStep =
  | { readonly attempt: Attempt; readonly error: null }
  | { readonly attempt: null; readonly error: StepError };

interface StepPlace {
  readonly index: number;
  readonly deps: ChainDeps;
}

/** Everything that is alike for all tries, or why there must be none. */
export function prepareStep(
  context: ChainContext,
  action: HttpAction | ExecAction,
  place: StepPlace,
): PreparedStep | Promise<PreparedStep> {
  return action.type === "http" ? prepareHttp(context, action, place) : prepareExec(context, action, place);
}

function prepareHttp(context: ChainContext, action: HttpAction, { index, deps }: StepPlace): PreparedStep {
  const { request, error } = prepareRequest(context, action, { index, userAgent: deps.userAgent });
  if (request === null) return { attempt: null, error };
  const attempt: Attempt = async (number, signal) => {
    const result = await deps.send(headersOfTry(context, request, index, number), signal);
    return { result, verdict: judgeResponse(action, result, context.outputs, deps.mask) };
  };
  return { attempt, error: null };
}

async function prepareExec(
  context: ChainContext,
  action: ExecAction,
  { index, deps }: StepPlace,
): Promise<PreparedStep> {
  const { requestOfTry, error } = await prepareCommand(context, action, index);
  if (requestOfTry === null) return { attempt: null, error };
  const attempt: Attempt = async (number, signal) => {
    const result = await deps.runCommand(requestOfTry(number), signal);
    return {
      result: { ...result, statusCode: result.exitCode, retryAfterMs: null },
      verdict: judgeExit(result),
    };
  };
  return { attempt, error: null };
}

const nothingSaved: Outputs = new Map();

function judgeExit({ error }: ExecResult): Verdict {
  if (error === null) return { error: null, saved: nothingSaved };
  const { code, message, retryable } = error;
  const cause = code === "timeout" ? "timeout" : "exit";
  return { error: { code, message }, cause: retryable ? cause : null };
}
