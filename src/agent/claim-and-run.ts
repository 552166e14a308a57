// From occurrences to runs: claim as many as there are free slots, start what was won, settle what was refused.
import { type ChainContext, firstSteps } from "../chain/execute-chain.ts";
import type { Occurrence, Step } from "../model/run.ts";
import type { RunDocument } from "../store/collections.ts";
import { newRunDocument } from "../store/run-document.ts";
import { claimRuns } from "./claim-runs.ts";
import type { AgentContext } from "./context.ts";
import { executeRun } from "./execute-run.ts";
import { resolveOverlap } from "./overlap.ts";
import { claimantOf, isLate, lastStartOf, recordUnsent } from "./record-unsent.ts";

export interface ClaimedRun {
  readonly occurrence: Occurrence;
  readonly document: RunDocument;
  readonly chain: ChainContext;
  readonly steps: readonly Step[];
  /** Monotonic time of the acknowledgement, or of the try when only a read told: a pause since then is dangerous. */
  readonly acknowledgedAt: number;
}

/** Claims all occurrences, in batches as slots come free; resolves when each is started, lost or recorded. */
export async function claimAndRun(context: AgentContext, occurrences: readonly Occurrence[]): Promise<void> {
  const open = occurrences.filter(({ runId }) => !context.inHand.has(runId));
  for (const { runId } of open) context.inHand.add(runId);
  let next = 0;
  while (next < open.length) {
    const slots = await context.slots.take(open.length - next, context.stopping);
    if (slots === 0) break;
    const batch = open.slice(next, next + slots);
    next += slots;
    const late = batch.filter((occurrence) => isLate(context, occurrence));
    await recordUnsent(
      context,
      late.map((occurrence) => ({ occurrence, status: "missed", reason: "start_grace_passed" })),
    );
    const started = await claimBatch(
      context,
      batch.filter((occurrence) => !late.includes(occurrence)),
    );
    context.slots.give(slots - started);
    for (const { runId } of late) context.inHand.delete(runId);
  }
  for (const { runId } of open.slice(next)) context.inHand.delete(runId);
}

/** The number of runs started: each gives its own slot back. */
async function claimBatch(context: AgentContext, batch: readonly Occurrence[]): Promise<number> {
  if (batch.length === 0) return 0;
  await context.clock.waitTrusted(context.stopping);
  const claims = batch.map((occurrence) => prepareClaim(context, occurrence));
  const untilOf = new Map(claims.map(({ document, occurrence }) => [document._id, lastStartOf(context, occurrence)]));
  const sentAt = context.deps.clock.monotonic();
  const results = await claimRuns(context, {
    runs: claims.map((claim) => claim.document),
    until: (run) => untilOf.get(run._id) ?? 0,
  });
  const tookMs = context.deps.clock.monotonic() - sentAt;
  let started = 0;
  for (const [i, claim] of claims.entries()) {
    if (results[i] === "won") {
      started++;
      // A claim that was decided late counts from when it was sent, so that the chain asserts it again before sending.
      const acknowledgedAt = tookMs > 2_000 ? sentAt : sentAt + tookMs;
      context.inFlight.start(() => executeRun(context, { ...claim, acknowledgedAt }));
      continue;
    }
    context.inHand.delete(claim.occurrence.runId);
    if (results[i] === "blocked") settleOverlap(context, claim.occurrence);
    else context.deps.log.debug({ runId: claim.occurrence.runId, result: results[i] }, "claim not won");
  }
  return started;
}

function settleOverlap(context: AgentContext, occurrence: Occurrence): void {
  context.inFlight.start(() => resolveOverlap(context, occurrence, () => claimAndRun(context, [occurrence])));
}

function prepareClaim(context: AgentContext, occurrence: Occurrence): Omit<ClaimedRun, "acknowledgedAt"> {
  const { deps, settings } = context;
  const chain: ChainContext = {
    runId: occurrence.runId,
    attempt: 1,
    scheduledFor: occurrence.scheduledFor,
    job: occurrence.job,
    machine: { id: deps.machine.machineId, hostname: deps.machine.hostname, tags: settings.tags },
    secrets: settings.secrets,
    network: settings.network,
  };
  const steps = firstSteps(chain, context.mask);
  const document = newRunDocument(claimantOf(context), {
    occurrence,
    claimId: deps.newId(),
    status: "running",
    reason: null,
    steps,
    now: context.clock.now(),
  });
  return { occurrence, document, chain, steps };
}
