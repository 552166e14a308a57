// What is right and wrong about job documents, as agents of this config would find it.
import type { LoadedConfig } from "../config/load-config.ts";
import { type Job, type Problem, renderProblem } from "../model/job.ts";
import { type JobDefaults, jobDefaults, parseJob } from "../model/parse-job.ts";
import { actionTexts, templateKeys } from "../model/template.ts";
import { templateProblems, textProblems } from "../model/template-problems.ts";
import { knownTemplateKeys } from "../model/template-values.ts";
import { printable, printableId } from "./render-text.ts";

export interface JudgedJob {
  /** As in the document; undefined where it has none yet. */
  readonly id: unknown;
  readonly name: string | null;
  /** null when the document does not parse. */
  readonly job: Job | null;
  /** Of the document itself. */
  readonly problems: readonly Problem[];
  /** Of its templates: they fail the run, not the job. */
  readonly templateProblems: readonly Problem[];
  readonly hints: readonly string[];
}

export interface JobRules {
  readonly defaults: JobDefaults;
  readonly templateKeys: readonly string[];
  /** false without any config: a key that only a secret could be is then a hint, not a problem. */
  readonly secretsKnown: boolean;
}

/** `tz`: the fleet's zone where a database tells it, which wins over this machine's config. */
export function jobRules({ config, file }: LoadedConfig, tz: string = config.tz): JobRules {
  return {
    defaults: { ...jobDefaults({ ...config, tz }), allowMissingId: true },
    templateKeys: knownTemplateKeys(config.secrets.keys(), Object.keys(config.tags)),
    secretsKnown: file !== null || config.secrets.size > 0,
  };
}

export function judgeJob(document: unknown, rules: JobRules): JudgedJob {
  const id = idOf(document);
  const parsed = parseJob(document, rules.defaults);
  if ("invalid" in parsed) {
    const { name, problems } = parsed.invalid;
    return { id, name, job: null, problems, templateProblems: [], hints: [] };
  }
  const { job } = parsed;
  const all = judgeTemplates(job, document, rules.templateKeys);
  if (rules.secretsKnown) return { id, name: job.name, job, problems: [], templateProblems: all, hints: job.hints };
  const certain = judgeTemplates(job, document, [...rules.templateKeys, ...possibleSecrets(job)]);
  const certainTexts = new Set(certain.map(renderProblem));
  const judgedKeys = new Set(certain.map(({ got }) => got));
  const unknown = new Set(
    all.filter((one) => !certainTexts.has(renderProblem(one)) && !judgedKeys.has(one.got)).map(({ got }) => got),
  );
  const doubts = [...unknown].map((key) => `${key} is not checked: there is no config here that could name it`);
  return { id, name: job.name, job, problems: [], templateProblems: certain, hints: [...job.hints, ...doubts] };
}

/** Those that must not be written: invalid, or, unless forced, with templates that this machine's config cannot fill. */
export function refusedJobs(judged: readonly JudgedJob[], force: boolean): readonly JudgedJob[] {
  return judged.filter((one) => one.problems.length > 0 || (!force && one.templateProblems.length > 0));
}

/** The way out, where only templates are wrong: other machines may have what this one lacks. */
export function forceHint(refused: readonly JudgedJob[], command: string): readonly string[] {
  const isForceable = refused.length > 0 && refused.every(({ problems }) => problems.length === 0);
  return isForceable ? [`if other machines' configs have these keys: fleetcron ${command} --force`] : [];
}

/** `nightly (6650…): url: expected …`, one line per problem. */
export function renderProblems(judged: JudgedJob): readonly string[] {
  return [...judged.problems, ...judged.templateProblems].map((one) => renderLine(judged, renderProblem(one)));
}

export function renderHints(judged: JudgedJob): readonly string[] {
  return judged.hints.map((hint) => renderLine(judged, hint));
}

/** `nightly (6650…): TEXT`. */
export function renderLine({ id, name }: JudgedJob, text: string): string {
  const who = name === null ? "(no name)" : printable(name);
  return `${who}${id === undefined ? "" : ` (${printableId(id)})`}: ${printable(text)}`;
}

/** Paths as the document has them: the one-request form has no `actions`. */
function judgeTemplates(job: Job, document: unknown, keys: readonly string[]): readonly Problem[] {
  const known = new Map(keys.map((key) => [key, ""]));
  const ofPing = job.pingUrl === null ? [] : textProblems("ping_url", job.pingUrl, known);
  const found = [...templateProblems(job.actions, keys), ...ofPing];
  if (typeof document === "object" && document !== null && "actions" in document) return found;
  return found.map((problem) => ({ ...problem, path: problem.path.replace(/^actions\[0\]\./, "") }));
}

function possibleSecrets(job: Job): readonly string[] {
  const texts = job.actions.flatMap((action) => actionTexts(action).map(({ text }) => text));
  const keys = [...texts, job.pingUrl ?? ""].flatMap(templateKeys);
  return keys.filter((key) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(key));
}

function idOf(document: unknown): unknown {
  return typeof document === "object" && document !== null && "_id" in document ? document._id : undefined;
}
