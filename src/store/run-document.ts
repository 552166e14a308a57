// Runs as documents: the one place where steps and run records turn from camelCase into the fields of `job_runs`.
import type { Notice } from "../model/notify.ts";
import type { Occurrence, RunStatus, Step, Try } from "../model/run.ts";
import type { Instant } from "../model/schedule.ts";
import type { NoticeDocument, RunDocument, StepDocument, TryDocument } from "./collections.ts";

/** Who claims, and under which lease. */
export interface Claimant {
  readonly machineId: string;
  readonly instanceId: string;
  readonly hostname: string;
  /** null: none was free. */
  readonly serial: number | null;
  readonly leaseMs: number;
  readonly retentionMs: number;
}

export interface NewRun {
  readonly occurrence: Occurrence;
  readonly claimId: string;
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly steps: readonly Step[];
  readonly notice?: Notice | null;
  /** Fleet time. */
  readonly now: Instant;
}

const minRetentionMs = 48 * 3_600_000;

/**
 * The document a claim inserts. `exclusive` puts it under the index that allows one running run per job;
 * `steps` is always an array, for `steps.0` on a missing field would make an object.
 */
export function newRunDocument(claimant: Claimant, run: NewRun): RunDocument {
  const { occurrence, now } = run;
  const at = new Date(now);
  const started = run.status === "running";
  return {
    _id: occurrence.runId,
    job_id: occurrence.job.id,
    job_name: occurrence.job.name,
    scheduled_for: new Date(occurrence.scheduledFor),
    trigger: occurrence.trigger,
    status: run.status,
    reason: run.reason,
    exclusive: occurrence.job.overlap === "skip",
    claim_id: run.claimId,
    claimed_by: claimant.machineId,
    instance_id: claimant.instanceId,
    hostname: claimant.hostname,
    executed_by_serial: claimant.serial,
    attempt: 1,
    claimed_at: at,
    beat_at: at,
    lease_ms: claimant.leaseMs,
    late_ms: Math.max(0, Math.round(now - occurrence.scheduledFor)),
    start_at: started ? at : null,
    end_at: started ? null : at,
    elapsed_ms: started ? null : 0,
    job_rev: occurrence.job.rev,
    steps: run.steps.map(stepDocument),
    outputs: {},
    // Never sooner than the horizon in which an occurrence without a record would be claimed again.
    expires_at: new Date(now + Math.max(claimant.retentionMs, minRetentionMs)),
    ...noticeFields(run.notice),
  };
}

/** The mark that a run gets in the write that ends it, so that what is to be told is known as long as the end is. */
export function noticeFields(notice: Notice | null | undefined): { readonly notify_due?: NoticeDocument } {
  if (!notice) return {};
  const { event, channels, after, recovered, slowMs } = notice;
  return { notify_due: { event, channels: [...channels], after, recovered, slow_ms: slowMs } };
}

export function stepDocument(step: Step): StepDocument {
  return {
    index: step.index,
    name: step.name,
    status: step.status,
    method: step.method,
    url: step.url,
    status_code: step.statusCode,
    elapsed_ms: step.elapsedMs,
    attempts: step.attempts,
    tries: step.tries.map(tryDocument),
    response_sample: step.responseSample,
    response_truncated: step.responseTruncated,
    error: step.error,
  };
}

function tryDocument(one: Try): TryDocument {
  return {
    at: new Date(one.at),
    status_code: one.statusCode,
    elapsed_ms: one.elapsedMs,
    error: one.error,
    wait_ms: one.waitMs,
  };
}
