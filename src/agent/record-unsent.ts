// Occurrences that end without a request leave a record all the same: nothing is lost in silence.
import type { Occurrence, RunSummary } from "../model/run.ts";
import type { Instant } from "../model/schedule.ts";
import { type Claimant, newRunDocument } from "../store/run-document.ts";
import { claimRuns } from "./claim-runs.ts";
import type { AgentContext } from "./context.ts";

export interface Unsent {
  readonly occurrence: Occurrence;
  readonly status: "missed" | "skipped";
  readonly reason: string;
}

/** The last fleet time at which the occurrence may still start; a job's own shorter grace counts from this agent's turn. */
export function lastStartOf(context: AgentContext, { job, scheduledFor, trigger }: Occurrence): Instant {
  const { settings, lease } = context;
  if (trigger === "manual" || job.startGraceSec === null) return scheduledFor + settings.startGraceSec * 1_000;
  const ownMs = job.startGraceSec * 1_000;
  return scheduledFor + (job.startGraceSec < settings.startGraceSec ? lease.turnMs(settings) : 0) + ownMs;
}

export function isLate(context: AgentContext, occurrence: Occurrence): boolean {
  return context.clock.now() > lastStartOf(context, occurrence);
}

export function claimantOf(context: AgentContext): Claimant {
  const { deps, settings, lease } = context;
  return {
    machineId: deps.machine.machineId,
    instanceId: deps.machine.instanceId,
    hostname: deps.machine.hostname,
    serial: lease.serial,
    leaseMs: settings.leaseSec * 1_000,
    retentionMs: settings.retentionDays * 86_400_000,
  };
}

/** Inserts a terminal record for each; one that another agent wrote first stands. */
export async function recordUnsent(context: AgentContext, unsent: readonly Unsent[]): Promise<void> {
  if (unsent.length === 0) return;
  const now = context.clock.now();
  const documents = unsent.map(({ occurrence, status, reason }) =>
    newRunDocument(claimantOf(context), {
      occurrence,
      claimId: context.deps.newId(),
      status,
      reason,
      steps: [],
      now,
    }),
  );
  await claimRuns(context, {
    runs: documents,
    until: () => Number.POSITIVE_INFINITY,
    settle: (index, result) => {
      const one = unsent[index];
      if (one !== undefined && result === "won") report(context, one);
    },
  });
}

function report(context: AgentContext, { occurrence, status, reason }: Unsent): void {
  reportRun(context, {
    runId: occurrence.runId,
    job: occurrence.job.name,
    status,
    reason,
    scheduledFor: occurrence.scheduledFor,
    lateMs: null,
    elapsedMs: null,
    steps: [],
  });
}

/** One line per run, and the same to whoever watches this agent. */
export function reportRun(context: AgentContext, run: RunSummary): void {
  const { runId, job, status, reason, lateMs, elapsedMs } = run;
  context.deps.log.info({ runId, job, status, reason, lateMs, elapsedMs }, "run ended");
  context.deps.onRunEnd?.(run);
}
