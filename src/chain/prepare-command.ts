// From an action to a command: allowed by this machine, templates rendered, secrets kept out of what others can read.
import { parse } from "node:path";
import { type ExecAction, renderProblem } from "../model/job.ts";
import type { StepError } from "../model/run.ts";
import { actionTexts, substitute, templateKeys } from "../model/template.ts";
import { actionProblems } from "../model/template-problems.ts";
import { templateValues } from "../model/template-values.ts";
import { canActAs, findUser } from "../runtime/system-user.ts";
import type { ChainContext } from "./chain-context.ts";
import type { ExecRequest } from "./exec-attempt.ts";
import { idempotencyKey } from "./prepare-request.ts";

export type PreparedCommand =
  | { readonly requestOfTry: (attempt: number) => ExecRequest; readonly error: null }
  | { readonly requestOfTry: null; readonly error: StepError };

/**
 * The command of an action, or why it must not run: `blocked` (this machine's config does not allow the program, or the
 * user it asks for) or `template` (broken text, unknown key, a secret where others could read it).
 */
export async function prepareCommand(
  context: ChainContext,
  action: ExecAction,
  index: number,
): Promise<PreparedCommand> {
  const [program, ...args] = action.command;
  if (!context.exec.allow.includes(program)) {
    return refused("blocked", `${program} is not in exec.allow of this machine's config`);
  }
  const values = templateValues(context);
  const problem = actionProblems(action, values).map(renderProblem)[0] ?? boundSecret(context, action);
  if (problem !== undefined) return refused("template", problem);
  const runAs = await userOf(action.runAs);
  if ("refusal" in runAs) return refused("blocked", runAs.refusal);

  const own = Object.entries(action.env).map(([name, text]) => [name, substitute(text, values)]);
  const requestOfTry = (attempt: number): ExecRequest => ({
    command: [program, ...args.map((text) => substitute(text, values))],
    env: { ...runVariables(context, index, attempt), ...Object.fromEntries(own) },
    cwd: action.cwd ?? parse(program).root,
    runAs: runAs.ids,
    timeoutMs: action.timeoutSec * 1_000,
  });
  return { requestOfTry, error: null };
}

/** What a request says of itself in headers. */
function runVariables(context: ChainContext, index: number, attempt: number): Readonly<Record<string, string>> {
  return {
    FLEETCRON_RUN_ID: context.runId,
    FLEETCRON_JOB: context.job.name,
    FLEETCRON_SCHEDULED_FOR: new Date(context.scheduledFor).toISOString(),
    FLEETCRON_IDEMPOTENCY_KEY: idempotencyKey(context.runId, index),
    FLEETCRON_ATTEMPT: String(attempt),
  };
}

/** A program has no host to hold a secret to. */
function boundSecret({ secrets }: ChainContext, action: ExecAction): string | undefined {
  for (const { path, text } of actionTexts(action)) {
    const key = templateKeys(text).find((one) => (secrets.get(one)?.hosts ?? null) !== null);
    if (key !== undefined) return `${path}: secret ${key} is bound to hosts and can't be given to a program`;
  }
  return undefined;
}

type RunAs = { readonly ids: ExecRequest["runAs"] } | { readonly refusal: string };

async function userOf(name: string | null): Promise<RunAs> {
  if (name === null) return { ids: null };
  if (!canActAs()) return { refusal: "run_as needs an agent that runs as root" };
  const ids = await findUser(name);
  return ids === null ? { refusal: `run_as: this machine has no user ${JSON.stringify(name)}` } : { ids };
}

function refused(code: "template" | "blocked", message: string): PreparedCommand {
  return { requestOfTry: null, error: { code, message: `${code}: ${message}` } };
}
