// Jobs, steps and run documents to write tests with.
import { randomUUID } from "node:crypto";
import type { Job } from "../../src/model/job.ts";
import { notifyNobody } from "../../src/model/notify.ts";
import { type Step, scheduledRunIds } from "../../src/model/run.ts";
import type { RunDocument } from "../../src/store/collections.ts";
import { newRunDocument } from "../../src/store/run-document.ts";

export function sampleJob(fields: Partial<Job> = {}): Job {
  const idText = fields.idText ?? randomUUID();
  return {
    id: idText,
    idText,
    name: `job ${idText}`,
    enabled: true,
    tz: "UTC",
    schedule: { tz: "UTC", rules: [{ kind: "every", everySec: 1 }] },
    when: null,
    overlap: "allow",
    catchUp: "none",
    startGraceSec: null,
    deadlineSec: null,
    actions: [],
    notify: notifyNobody,
    pingUrl: null,
    rev: "0000000000000000",
    hints: [],
    ...fields,
  };
}

export function sampleStep(fields: Partial<Step> = {}): Step {
  return {
    index: 0,
    name: "step-1",
    status: "started",
    method: "POST",
    url: "http://127.0.0.1/",
    statusCode: null,
    elapsedMs: null,
    attempts: 0,
    tries: [],
    responseSample: null,
    responseTruncated: false,
    error: null,
    ...fields,
  };
}

export interface RunFields {
  readonly job?: Job;
  readonly scheduledFor?: number;
  readonly claimId?: string;
  readonly leaseMs?: number;
  readonly now?: number;
}

export function sampleRun(fields: RunFields = {}): RunDocument {
  const job = fields.job ?? sampleJob();
  const now = fields.now ?? Date.now();
  const scheduledFor = fields.scheduledFor ?? now;
  return newRunDocument(
    {
      machineId: "machine",
      instanceId: "instance",
      hostname: "host.example",
      serial: 1,
      leaseMs: fields.leaseMs ?? 60_000,
      // A run said to be old must not be deleted by the server's own clock in the middle of a test.
      retentionMs: 100 * 365 * 86_400_000,
    },
    {
      occurrence: { job, scheduledFor, trigger: "schedule", runId: scheduledRunIds(scheduledFor)(job) },
      claimId: fields.claimId ?? randomUUID(),
      status: "running",
      reason: null,
      steps: [sampleStep()],
      now,
    },
  );
}
