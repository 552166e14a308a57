// Occurrences that end without a request leave a record all the same: nothing is lost in silence.
import { noticeOf } from "../model/notify.ts";
import type { Occurrence } from "../model/run.ts";
import { type Claimant, newRunDocument } from "../store/run-document.ts";
import { claimRuns } from "./claim-runs.ts";
import type { AgentContext } from "./context.ts";
import { reportRun } from "./report-run.ts";

export interface Unsent {
  readonly occurrence: Occurrence;
  readonly status: "missed" | "skipped";
  readonly reason: string;
}

/** It was found only after its grace. */
export function missedStart(occurrence: Occurrence): Unsent {
  return { occurrence, status: "missed", reason: "start_grace_passed" };
}

/**
 * Records what may not start any more. An occurrence that its job wants to catch up with is left to the sweep, which
 * sees all that was missed and so which of them is the last.
 */
export function recordLate(context: AgentContext, late: readonly Occurrence[]): Promise<void> {
  const isCaughtUp = ({ job, trigger }: Occurrence) => trigger === "schedule" && job.catchUp !== "none";
  return recordUnsent(context, late.filter((occurrence) => !isCaughtUp(occurrence)).map(missedStart));
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

/**
 * Inserts a terminal record for each; one that another agent wrote first stands. `onRefused` is told of those that the
 * database will never store.
 */
export async function recordUnsent(
  context: AgentContext,
  unsent: readonly Unsent[],
  onRefused: (runId: string) => void = () => undefined,
): Promise<void> {
  if (unsent.length === 0) return;
  const now = context.clock.now();
  const documents = unsent.map(({ occurrence, status, reason }) =>
    newRunDocument(claimantOf(context), {
      occurrence,
      claimId: context.deps.newId(),
      status,
      reason,
      steps: [],
      notice: noticeOf(occurrence.job.notify, { status, reason, elapsedMs: 0 }),
      now,
    }),
  );
  await claimRuns(context, {
    runs: documents,
    until: () => Number.POSITIVE_INFINITY,
    settle: (index, result) => {
      const one = unsent[index];
      if (one !== undefined && result === "won") {
        report(context, one);
        if (documents[index]?.notify_due !== undefined) context.notices.nudge.now();
      }
      if (one !== undefined && result === "refused") onRefused(one.occurrence.runId);
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
