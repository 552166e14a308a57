// A claimed run from its first request to its terminal status in the store.
import { type ChainEnd, type ChainOptions, executeChain } from "../chain/execute-chain.ts";
import { noticeOf } from "../model/notify.ts";
import { userAgentOf } from "../model/user-agent.ts";
import { pingRun, type RunPings } from "../notify/ping-run.ts";
import { advanceWrite, finishWrite, lateEndWrite, renewWrite } from "../store/runs.ts";
import type { ClaimedRun } from "./claim-and-run.ts";
import type { AgentContext } from "./context.ts";
import { reportRun } from "./report-run.ts";
import { watchDeadline } from "./run-deadline.ts";

export async function executeRun(context: AgentContext, run: ClaimedRun): Promise<void> {
  const { deps } = context;
  const { _id: runId, claim_id: claimId } = run.document;
  const live = context.liveRuns.begin(context, { runId, claimId });
  const ranMs = ranBeforeMs(context, run);
  const startedAt = deps.clock.monotonic() - ranMs;
  try {
    const { deadlineSec } = run.occurrence.job;
    using deadline = watchDeadline(deps.clock, { deadlineSec, ranMs, signal: live.signal });
    const deadlineAt = deadlineSec === null ? null : startedAt + deadlineSec * 1_000;
    const pings = startPings(context, run);
    const end = await executeAndFreeSlot(context, run, { signal: deadline.signal, deadlineAt });
    const elapsedMs = Math.round(deps.clock.monotonic() - startedAt);
    if (await recordEnd(context, run, end, elapsedMs)) {
      reportEnd(context, run, end, elapsedMs);
      pings.end(end.status);
    } else deps.log.warn({ runId, job: run.occurrence.job.name }, "claim lost; the run belongs to its record now");
  } finally {
    context.liveRuns.end(live);
    context.inHand.delete(runId);
  }
}

function startPings({ deps, mask, over, inFlight }: AgentContext, { chain }: ClaimedRun): RunPings {
  const { clock, log, send, machine } = deps;
  const userAgent = userAgentOf(machine.version);
  const start = (task: () => Promise<void>) => inFlight.start(task);
  return pingRun({ clock, log, send, mask, userAgent, signal: over, start }, chain);
}

/** Since its record says that it started: under former owners, or while its claim was not known to be ours. */
function ranBeforeMs(context: AgentContext, { document: { start_at } }: ClaimedRun): number {
  return start_at === null ? 0 : Math.max(0, context.clock.now() - start_at.getTime());
}

/** The slot is free once the last request is over: recording the result sends nothing. */
async function executeAndFreeSlot(
  context: AgentContext,
  run: ClaimedRun,
  limits: Pick<ChainOptions, "signal" | "deadlineAt">,
): Promise<ChainEnd> {
  const { deps } = context;
  const { _id: runId, claim_id: claimId } = run.document;
  try {
    return await executeChain(
      {
        clock: deps.clock,
        random: deps.random,
        now: () => context.clock.now(),
        send: deps.send,
        runCommand: deps.runCommand,
        mask: context.mask,
        userAgent: userAgentOf(deps.machine.version),
      },
      run.chain,
      {
        steps: run.steps,
        recorder: {
          advance: (changes) => context.writes.submit(advanceWrite({ runId, claimId, changes })),
          renew: (changes) => context.writes.submit(renewWrite({ runId, claimId, changes })),
        },
        ...limits,
        acknowledgedAt: run.acknowledgedAt,
      },
    );
  } finally {
    context.slots.give(1);
  }
}

/** False when the run is another's. */
async function recordEnd(context: AgentContext, run: ClaimedRun, end: ChainEnd, elapsedMs: number): Promise<boolean> {
  const { job } = run.occurrence;
  const notice = noticeOf(job.notify, { ...end, elapsedMs });
  // Lost in mid-chain: no end of the run, but more than nobody's knowledge, should the record say `lost`.
  const write = end.isClaimLost ? lateEndWrite : finishWrite;
  const isOurs = await context.writes.submit(
    write({
      runId: run.document._id,
      claimId: run.document.claim_id,
      changes: end.changes,
      status: end.status,
      reason: end.reason,
      endAt: new Date(context.clock.now()),
      elapsedMs,
      notice,
    }),
  );
  if (isOurs) context.notices.runEnded(job, notice);
  return isOurs;
}

function reportEnd(
  context: AgentContext,
  { document, occurrence }: ClaimedRun,
  { status, reason, steps }: ChainEnd,
  elapsedMs: number,
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
