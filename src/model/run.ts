// A run: the execution of one occurrence, as it is kept in `job_runs` (camelCase here, snake_case there).

import type { Job, JsonValue } from "./job.ts";
import type { Instant } from "./schedule.ts";

export type RunStatus = "running" | "ok" | "error" | "aborted" | "lost" | "missed" | "skipped";

export type StepStatus = "started" | "ok" | "error" | "skipped_when" | "skipped_unsupported" | "unknown";

export type ErrorClass =
  | "dns"
  | "connect"
  | "tls"
  | "timeout"
  | "reset"
  | "status"
  | "expect"
  | "too_large"
  | "blocked"
  | "template"
  | "aborted"
  | "protocol"
  | "exit"
  | "start";

/**
 * `won`: ours. `taken`: another has it. `blocked`: an exclusive run of the same job is under way.
 * `refused`: the server will never store this document. `undecided`: too late to repeat; the record, if any, is not ours to act on.
 */
export type ClaimResult = "won" | "taken" | "blocked" | "refused" | "undecided";

export interface StepError {
  readonly code: ErrorClass;
  /** At most 500 characters, secrets masked. */
  readonly message: string;
}

/** One exchange of a step. */
export interface Try {
  readonly at: Instant;
  readonly statusCode: number | null;
  readonly elapsedMs: number;
  readonly error: StepError | null;
  /** The wait before the next try; null on the last. */
  readonly waitMs: number | null;
}

/** What steps saved of their answers, by name. */
export type Outputs = ReadonlyMap<string, JsonValue>;

/** The execution of one action. */
export interface Step {
  readonly index: number;
  readonly name: string;
  readonly status: StepStatus;
  readonly method: string | null;
  /** Masked. */
  readonly url: string | null;
  readonly statusCode: number | null;
  readonly elapsedMs: number | null;
  readonly attempts: number;
  /** The last 5. */
  readonly tries: readonly Try[];
  readonly responseSample: string | null;
  readonly responseTruncated: boolean;
  readonly error: StepError | null;
}

/** One job at one instant: the unit that is claimed. */
export interface Occurrence {
  readonly job: Job;
  readonly scheduledFor: Instant;
  readonly trigger: "schedule" | "manual" | "catch_up";
  readonly runId: string;
  /** The turn that its agent waited for, in milliseconds; absent: the one it has now. */
  readonly turnMs?: number;
}

/**
 * `<job id>@<scheduled_for>`, milliseconds included: the unique key every agent computes alike. For all jobs of one
 * instant, whose text is made once.
 */
export function scheduledRunIds(scheduledFor: Instant): (job: Job) => string {
  const at = new Date(scheduledFor).toISOString();
  return (job) => `${job.idText}@${at}`;
}

/** `<job id>@manual:<command id>`: whoever claims the command's run first executes it. */
export function manualRunId(job: Job, commandId: string): string {
  return `${job.idText}@manual:${commandId}`;
}

/** `<job id>@missed:<first instant>`: the one record of many occurrences that nobody was there for. */
export function summaryRunId(job: Job, from: Instant): string {
  return `${job.idText}@missed:${new Date(from).toISOString()}`;
}

/** What became of one occurrence, for the log and for whoever watches the agent. */
export interface RunSummary {
  readonly runId: string;
  readonly job: string;
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly scheduledFor: Instant;
  /** From the due instant to the start; null when nothing was started. */
  readonly lateMs: number | null;
  readonly elapsedMs: number | null;
  readonly steps: readonly Step[];
}
