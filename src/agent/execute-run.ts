// A claimed run from its first request to its terminal status in the store.
import { type ChainEnd, executeChain } from "../chain/execute-chain.ts";
import type { Step } from "../model/run.ts";
import { advanceWrite, finishWrite } from "../store/runs.ts";
import type { ClaimedRun } from "./claim-and-run.ts";
import type { AgentContext } from "./context.ts";
import { reportRun } from "./report-run.ts";

type Ended = Exclude<ChainEnd, { status: "claim_lost" }>;

export async function executeRun(context: AgentContext, run: ClaimedRun): Promise<void> {
  const { deps } = context;
  const { _id: runId, claim_id: claimId } = run.document;
  const live = context.liveRuns.begin(context, { runId, claimId });
  const startedAt = deps.clock.monotonic();
  const steps = [...run.steps];
  try {
    const end = await executeAndFreeSlot(context, { run, steps, signal: live.signal });
    const elapsedMs = Math.round(deps.clock.monotonic() - startedAt);
    const recorded = end.status !== "claim_lost" && (await finish(context, run, end, elapsedMs));
    if (recorded) reportEnd(context, run, { ...end, elapsedMs, steps });
    else deps.log.warn({ runId, job: run.occurrence.job.name }, "claim lost; the run belongs to its record now");
  } finally {
    context.liveRuns.end(live);
    context.inHand.delete(runId);
  }
}

interface Execution {
  readonly run: ClaimedRun;
  /** Kept up to date with what is recorded, for the report. */
  readonly steps: Step[];
  readonly signal: AbortSignal;
}

/** The slot is free once the last request is over: recording the result sends nothing. */
async function executeAndFreeSlot(context: AgentContext, { run, steps, signal }: Execution): Promise<ChainEnd> {
  const { deps } = context;
  const { _id: runId, claim_id: claimId } = run.document;
  const take = (changes: ReadonlyMap<number, Step>) => {
    for (const [index, step] of changes) steps[index] = step;
  };
  const advance = (changes: ReadonlyMap<number, Step>) => {
    take(changes);
    return context.writes.submit(advanceWrite({ runId, claimId, changes }));
  };
  try {
    const end = await executeChain(
      {
        clock: deps.clock,
        random: deps.random,
        now: () => context.clock.now(),
        send: deps.send,
        mask: context.mask,
        userAgent: `fleetcron/${deps.machine.version}`,
      },
      run.chain,
      { steps: run.steps, recorder: { advance }, signal, acknowledgedAt: run.acknowledgedAt },
    );
    if (end.status !== "claim_lost") take(end.changes);
    return end;
  } finally {
    context.slots.give(1);
  }
}

function finish(context: AgentContext, run: ClaimedRun, end: Ended, elapsedMs: number): Promise<boolean> {
  return context.writes.submit(
    finishWrite({
      runId: run.document._id,
      claimId: run.document.claim_id,
      changes: end.changes,
      status: end.status,
      reason: end.reason,
      endAt: new Date(context.clock.now()),
      elapsedMs,
    }),
  );
}

function reportEnd(
  context: AgentContext,
  { document, occurrence }: ClaimedRun,
  {
    status,
    reason,
    elapsedMs,
    steps,
  }: Pick<Ended, "status" | "reason"> & { elapsedMs: number; steps: readonly Step[] },
): void {
  reportRun(context, {
    runId: document._id,
    job: occurrence.job.name,
    status,
    reason,
    scheduledFor: occurrence.scheduledFor,
    lateMs: document.late_ms,
    elapsedMs,
    steps,
  });
}
