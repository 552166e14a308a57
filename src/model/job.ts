// A job: the definition people write. Types only here; parse-job.ts turns a document into one.
import type { Condition } from "./condition.ts";
import type { Expectation, SavedOutput } from "./expectation.ts";
import type { NotifyPolicy } from "./notify.ts";
import type { RetryPolicy } from "./retry.ts";
import type { Schedule } from "./schedule.ts";

/** The job document's `_id` as the driver gives it: kept with type and value, never interpreted. */
export type JobId = unknown;

export interface Job {
  readonly id: JobId;
  /** Text form of `id`: the first part of every run id. */
  readonly idText: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly tz: string;
  readonly schedule: Schedule;
  readonly when: Condition | null;
  readonly overlap: "skip" | "allow";
  /** What becomes of occurrences whose grace passed while no agent was there: `missed`, or run late after all. */
  readonly catchUp: "none" | "last" | "all";
  /** Own grace in seconds, or null for the config's. */
  readonly startGraceSec: number | null;
  /** How long a whole run may take from its first start, or null: as long as its steps take. */
  readonly deadlineSec: number | null;
  readonly actions: readonly Action[];
  readonly notify: NotifyPolicy;
  /** Told of each start and end of a run, for a service that notices when it is no longer told; a template, or null. */
  readonly pingUrl: string | null;
  /** Hash of the definition: which edition of the job a run executed. */
  readonly rev: string;
  /** Friendly remarks about accepted but unusual input (`hour: "09"`). */
  readonly hints: readonly string[];
}

export type Action = HttpAction | ExecAction | UnsupportedAction;

export interface HttpAction {
  readonly type: "http";
  readonly name: string;
  readonly method: string;
  /** Templates, not yet rendered. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  /** string: sent as it is; object or array: JSON; null: no body. */
  readonly body: JsonValue | null;
  /** Sent as a form instead of a body; null: none. */
  readonly form: Readonly<Record<string, string>> | null;
  /** How many redirects are followed; 0: a 3xx is the answer. */
  readonly followRedirects: number;
  readonly timeoutSec: number;
  readonly retry: RetryPolicy;
  /** What a successor does with this request when its agent died and nobody knows whether it was answered. */
  readonly onCrash: "retry" | "fail";
  readonly when: Condition | null;
  /** null: any status 200-299. */
  readonly expect: Expectation | null;
  readonly save: readonly SavedOutput[];
  readonly continueOnFailure: boolean;
}

/** A program of the machine. It runs only where that machine's own config allows it. */
export interface ExecAction {
  readonly type: "exec";
  readonly name: string;
  /** The program's absolute path as it is; then templates, not yet rendered. */
  readonly command: readonly [string, ...string[]];
  /** Templates. All that the program sees beside a few harmless variables of the agent. */
  readonly env: Readonly<Record<string, string>>;
  /** null: the agent's state_dir. */
  readonly cwd: string | null;
  /** The name of a user; null: as the agent itself. */
  readonly runAs: string | null;
  readonly timeoutSec: number;
  readonly retry: RetryPolicy;
  readonly onCrash: "retry" | "fail";
  readonly when: Condition | null;
  readonly continueOnFailure: boolean;
}

/** Whether this version can execute it. */
export function isRunnable(action: Action | undefined): action is HttpAction | ExecAction {
  return action !== undefined && action.type !== "unsupported";
}

/** An action of a type this version does not know: its step is `skipped_unsupported`. */
export interface UnsupportedAction {
  readonly type: "unsupported";
  readonly unsupportedType: string;
  readonly name: string;
  readonly when: Condition | null;
}

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** What is wrong with one field of one document. */
export interface Problem {
  /** Dotted path: `actions[1].retry.retries`. */
  readonly path: string;
  readonly expected: string;
  /** The value found, rendered short. */
  readonly got: string;
  /** What to do, when we can tell: `did you mean "timeout_sec"?`. */
  readonly hint?: string;
}

export interface InvalidJob {
  readonly id: JobId;
  readonly idText: string;
  /** null when the document has no usable name. */
  readonly name: string | null;
  readonly problems: readonly Problem[];
}

/** `expected a whole number 0-23 or null, got "25"`, with path and hint: the one wording for every problem. */
export function renderProblem(problem: Problem): string {
  const hint = problem.hint === undefined ? "" : ` (${problem.hint})`;
  return `${problem.path}: expected ${problem.expected}, got ${problem.got}${hint}`;
}
