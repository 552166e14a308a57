// `try --dry-run`: every step of a chain rendered as it would be sent or run, and nothing done.
import { randomUUID } from "node:crypto";
import { findRefusal } from "../../chain/address-guard.ts";
import type { ChainContext } from "../../chain/chain-context.ts";
import type { Mask } from "../../chain/masking.ts";
import { prepareCommand } from "../../chain/prepare-command.ts";
import { headersOfTry, prepareRequest, renderUrl } from "../../chain/prepare-request.ts";
import { failedCondition } from "../../model/condition.ts";
import { type Action, type ExecAction, type HttpAction, renderProblem } from "../../model/job.ts";
import type { StepError } from "../../model/run.ts";
import { hostPartKeys } from "../../model/template.ts";
import { textProblems } from "../../model/template-problems.ts";
import { outputPrefix, templateValues } from "../../model/template-values.ts";
import { shownValue } from "./render-headers.ts";
import { renderUnmet } from "./tell-steps.ts";
import { userAgent } from "./try-context.ts";

/** Secrets masked; what only an earlier step can tell is said in words. */
export interface RenderedStep {
  readonly name: string;
  readonly type: string;
  /** What decides whether the step is executed at all; null: nothing does. */
  readonly when: string | null;
  readonly request: RenderedRequest | null;
  readonly program: RenderedProgram | null;
  /** Why nothing would be sent or run; beside a request or a program: not by this machine. */
  readonly error: StepError | null;
}

export interface RenderedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface RenderedProgram {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

export async function dryRun(chain: ChainContext, mask: Mask): Promise<readonly RenderedStep[]> {
  const rendered: RenderedStep[] = [];
  const unknown = new UnknownOutputs();
  for (const [index, action] of chain.job.actions.entries()) {
    const context = { ...chain, outputs: unknown.standIns };
    // First in words: a stand-in might hold a short secret by chance.
    const show = (text: string) => mask(unknown.inWords(text));
    const { name, type } = action;
    const done = await renderAction(context, action, { index, show });
    rendered.push({ ...nothing, name, type, when: renderWhen(chain, action, mask), ...done });
    if (action.type === "http") for (const { name } of action.save) unknown.add(name, index + 1);
  }
  return rendered;
}

const nothing = { request: null, program: null, error: null };

/**
 * Outputs that steps would save. A text nobody else writes stands for each while a request is rendered, and becomes words
 * afterwards: words alone would not get through a url's encoding or into a header.
 */
class UnknownOutputs {
  readonly standIns = new Map<string, string>();
  readonly #words = new Map<string, string>();

  add(name: string, step: number): void {
    // Of a length that base64 needs no padding for, which a url would encode.
    const standIn = randomUUID().replaceAll("-", "").slice(2);
    this.standIns.set(name, standIn);
    const words = `«${outputPrefix}${name}: known only after step ${step}»`;
    this.#words.set(standIn, words).set(btoa(standIn), words);
  }

  inWords(text: string): string {
    return [...this.#words].reduce((all, [standIn, words]) => all.replaceAll(standIn, words), text);
  }
}

interface Rendering {
  readonly index: number;
  readonly show: (text: string) => string;
}

type Rendered = Partial<Pick<RenderedStep, "request" | "program" | "error">>;

function renderAction(context: ChainContext, action: Action, rendering: Rendering): Rendered | Promise<Rendered> {
  if (action.type === "http") return renderRequest(context, action, rendering);
  if (action.type === "exec") return renderProgram(context, action, rendering);
  return {};
}

function renderRequest(context: ChainContext, action: HttpAction, { index, show }: Rendering): Rendered {
  const values = templateValues(context);
  const isHostKnown = !hostPartKeys(action.url, values).some((key) => key.startsWith(outputPrefix));
  const { request, error } = isHostKnown
    ? prepareRequest(context, action, { index, userAgent: userAgent() })
    : prepareForUnknownHost(context, action, index);
  if (request === null) return { error: shownError(error, show) };
  const refusal = isHostKnown ? findRefusal(new URL(request.url), context.network) : null;
  const { method, headers, body } = headersOfTry(context, request, index, 1);
  return {
    request: {
      method,
      url: show(renderUrl(context, action)),
      headers: mapValues(headers, (value, name) => shownValue(name, value, show)),
      body: body === null ? null : show(body),
    },
    error: refusal === null ? null : shownError({ code: "blocked", message: `blocked: ${refusal}` }, show),
  };
}

/** Everything but the url, and whether its secrets may go there, which its host decides. */
function prepareForUnknownHost(
  context: ChainContext,
  action: HttpAction,
  index: number,
): ReturnType<typeof prepareRequest> {
  const [problem] = textProblems("url", action.url, templateValues(context)).map(renderProblem);
  if (problem !== undefined) return { request: null, error: { code: "template", message: `template: ${problem}` } };
  const secrets = new Map([...context.secrets].map(([key, { value }]) => [key, { value, hosts: null }]));
  const elsewhere = { ...action, url: "http://unknown.invalid/" };
  return prepareRequest({ ...context, secrets }, elsewhere, { index, userAgent: userAgent() });
}

/** Also one that this machine does not allow: a job is often tried on another than it is to run on. */
async function renderProgram(context: ChainContext, action: ExecAction, { index, show }: Rendering): Promise<Rendered> {
  const allowing = { ...context, exec: { allow: [action.command[0]] } };
  const { requestOfTry, error } = await prepareCommand(allowing, action, index);
  if (requestOfTry === null) return { error: shownError(error, show) };
  const { command, env, cwd } = requestOfTry(1);
  const here = await prepareCommand(context, action, index);
  return {
    program: { command: command.map(show), env: mapValues(env, (value) => show(value)), cwd },
    error: here.error === null ? null : shownError(here.error, show),
  };
}

function shownError({ code, message }: StepError, show: Rendering["show"]): StepError {
  return { code, message: show(message) };
}

/** The clock's part is known now; how steps end and what they save is not. */
function renderWhen({ scheduledFor, job }: ChainContext, { type, when }: Action, mask: Mask): string | null {
  if (type === "unsupported") return "never: this version does not know its type";
  if (when === null) return null;
  const failed = failedCondition({ ...when, previous: null, output: null }, scheduledFor, job.tz);
  if (failed !== null) return `does not hold: ${renderUnmet(failed, mask)}`;
  const { previous, output } = when;
  const open = [previous === null ? [] : "previous", output === null ? [] : `output ${output.name}`].flat();
  return open.length === 0 ? "holds" : `depends on ${open.join(" and ")}, known only after the steps before`;
}

function mapValues(
  record: Readonly<Record<string, string>>,
  map: (value: string, name: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
}
