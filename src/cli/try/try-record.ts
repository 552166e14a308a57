// The record of a tried job: what `job_runs` would hold, made here and kept nowhere.
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { createMasker } from "../../chain/masking.ts";
import type { Config } from "../../config/config.ts";
import type { FleetCronError } from "../../errors.ts";
import { type Job, renderProblem } from "../../model/job.ts";
import { notifyNobody } from "../../model/notify.ts";
import { manualRunId, type Occurrence, type Step } from "../../model/run.ts";
import type { Instant } from "../../model/schedule.ts";
import { secretsToMask } from "../../model/secret.ts";
import { loadMachineId } from "../../runtime/machine-id.ts";
import { type Claimant, newRunDocument } from "../../store/run-document.ts";
import type { Cli } from "../cli.ts";
import type { JudgedJob } from "../judge-jobs.ts";
import type { ShownRun } from "../render-run.ts";
import { printable } from "../render-text.ts";

export function occurrenceAt(job: Job, scheduledFor: Instant): Occurrence {
  return { job, scheduledFor, trigger: "manual", runId: manualRunId(job, "try") };
}

/** Claimed by this machine now. */
export function triedRun(
  config: Config,
  occurrence: Occurrence,
  start: {
    readonly now: Instant;
    readonly status: "running" | "skipped" | "error";
    readonly reason: string | null;
    readonly steps: readonly Step[];
  },
): ShownRun {
  const machineId = ownMachineId(config);
  const claimant: Claimant = {
    machineId: machineId ?? "",
    instanceId: randomUUID(),
    hostname: hostname(),
    serial: null,
    leaseMs: config.leaseSec * 1_000,
    retentionMs: config.retentionDays * 86_400_000,
  };
  return { ...newRunDocument(claimant, { occurrence, claimId: randomUUID(), ...start }), claimed_by: machineId };
}

export interface InvalidTry {
  /** null: there is no document at all. */
  readonly judged: JudgedJob | null;
  readonly failure: FleetCronError;
}

/** The record of a job that cannot be executed: `error` with no steps, and why. */
export function invalidRun(cli: Cli, config: Config, { judged, failure }: InvalidTry): ShownRun {
  const name = judged?.name ?? "";
  const id = judged?.id ?? (name === "" ? "unreadable" : name);
  const job: Job = {
    id: judged?.id ?? null,
    idText: printable(id),
    name,
    enabled: true,
    tz: config.tz,
    schedule: { tz: config.tz, rules: [] },
    when: null,
    overlap: "skip",
    catchUp: "none",
    startGraceSec: null,
    deadlineSec: null,
    actions: [],
    notify: notifyNobody,
    pingUrl: null,
    rev: "",
    hints: [],
  };
  const problems = judged?.problems.map(renderProblem).join("; ");
  const reason = createMasker(secretsToMask(config))(
    problems === undefined ? failure.message : `invalid job: ${problems}`,
  );
  const now = cli.clock.now();
  const run = triedRun(config, occurrenceAt(job, now), { now, status: "error", reason, steps: [] });
  return { ...run, job_name: judged?.name ?? null };
}

/** null where no agent ever ran: trying a job gives a machine no identity. */
export function ownMachineId({ stateDir }: Config): string | null {
  return existsSync(join(stateDir, "machine.json")) ? loadMachineId(stateDir) : null;
}
