// From occurrences to runs: claim as many as there are free slots, start what was won, settle what was refused.
import { type ChainContext, firstSteps } from "../chain/execute-chain.ts";
import type { Occurrence, Step } from "../model/run.ts";
import type { Instant } from "../model/schedule.ts";
import type { RunDocument } from "../store/collections.ts";
import { newRunDocument } from "../store/run-document.ts";
import { chainOfRun } from "./chain-of-run.ts";
import { claimRuns } from "./claim-runs.ts";
import type { AgentContext } from "./context.ts";
import { executeRun } from "./execute-run.ts";
import { gatherSlots } from "./gather-slots.ts";
import { resolveOverlap } from "./overlap.ts";
import { claimantOf, recordLate } from "./record-unsent.ts";
import { Slots } from "./slots.ts";
import { isLate, lastStartOf } from "./start-grace.ts";

export interface ClaimedRun {
  readonly occurrence: Occurrence;
  readonly document: RunDocument;
  readonly chain: ChainContext;
  readonly steps: readonly Step[];
  /** Monotonic time at which the acknowledged claim was first sent: a pause since then is dangerous. */
  readonly acknowledgedAt: number;
}

/** With one claim at a time, a slot that came free a moment early would make all others wait for its own round trip. */
const claimsAtOnce = 2;

/**
 * Claims all occurrences, in batches as slots come free; resolves when the last batch was sent. What comes too late in
 * the line for a slot is let go at once, for the line may be long.
 */
export async function claimAndRun(context: AgentContext, occurrences: readonly Occurrence[]): Promise<void> {
  let waiting = occurrences.filter(({ runId }) => !context.inHand.has(runId));
  for (const { runId } of waiting) context.inHand.add(runId);
  const lanes = new Slots(claimsAtOnce);
  const { closed } = context.claims;
  let lateAt = earliestLastStart(context, waiting);
  while (waiting.length > 0) {
    await lanes.take(1, closed);
    const slots = await gatherSlots(context, waiting.length, { lateAt, closed });
    if (slots === 0 && closed.aborted) break;
    if (slots > 0) {
      const batch = waiting.slice(0, slots);
      waiting = waiting.slice(slots);
      context.inFlight.start(() => claimInSlots(context, batch, closed).finally(() => lanes.give(1)));
    } else {
      lanes.give(1);
      await context.clock.waitTrusted(closed);
      const late = new Set(waiting.filter((occurrence) => isLate(context, occurrence)));
      waiting = waiting.filter((occurrence) => !late.has(occurrence));
      lateAt = earliestLastStart(context, waiting);
      context.inFlight.start(() => letGoLate(context, [...late]));
    }
  }
  // Stopping or draining: what was not claimed is left to the others.
  for (const { runId } of waiting) context.inHand.delete(runId);
}

function earliestLastStart(context: AgentContext, waiting: readonly Occurrence[]): Instant {
  return waiting.reduce((least, one) => Math.min(least, lastStartOf(context, one)), Number.POSITIVE_INFINITY);
}

async function letGoLate(context: AgentContext, late: readonly Occurrence[]): Promise<void> {
  try {
    await recordLate(context, late);
  } finally {
    for (const { runId } of late) context.inHand.delete(runId);
  }
}

/** One batch in as many slots: an occurrence that is not started gives its slot back. */
async function claimInSlots(context: AgentContext, batch: readonly Occurrence[], closed: AbortSignal): Promise<void> {
  const held = new Set(batch);
  const letGo = (occurrence: Occurrence) => {
    if (!held.delete(occurrence)) return;
    context.inHand.delete(occurrence.runId);
    context.slots.give(1);
  };
  try {
    await context.clock.waitTrusted(closed);
    const late = batch.filter((occurrence) => isLate(context, occurrence));
    for (const occurrence of closed.aborted ? batch : late) letGo(occurrence);
    // First what is to be sent: a drain that comes while the others are recorded must find nothing left to claim.
    await claimHeld(context, held, letGo);
    await recordLate(context, late);
  } catch (error) {
    for (const occurrence of held) letGo(occurrence);
    throw error;
  }
}

async function claimHeld(
  context: AgentContext,
  held: Set<Occurrence>,
  letGo: (occurrence: Occurrence) => void,
): Promise<void> {
  if (held.size === 0) return;
  const claims = [...held].map((occurrence) => prepareClaim(context, occurrence));
  const untilOf = new Map(claims.map(({ document, occurrence }) => [document._id, lastStartOf(context, occurrence)]));
  const sentAt = context.deps.clock.monotonic();
  await claimRuns(context, {
    runs: claims.map((claim) => claim.document),
    until: (run) => untilOf.get(run._id) ?? 0,
    settle: (index, result) => {
      const claim = claims[index];
      if (claim === undefined) return;
      const { occurrence } = claim;
      context.deps.meter?.claimDecided(result);
      if (result === "won") {
        // Its slot and its place in hand are the run's from here on.
        held.delete(occurrence);
        return start(context, claim, sentAt);
      }
      letGo(occurrence);
      if (result === "blocked") settleOverlap(context, occurrence);
      else context.deps.log.debug({ runId: occurrence.runId, result }, "claim not won");
    },
  });
}

/** `acknowledgedAt`: a claim that was decided late is asserted again by the chain before it sends. */
function start(context: AgentContext, claim: Omit<ClaimedRun, "acknowledgedAt">, acknowledgedAt: number): void {
  context.inFlight.start(() => executeRun(context, { ...claim, acknowledgedAt }));
}

function settleOverlap(context: AgentContext, occurrence: Occurrence): void {
  context.inFlight.start(() => resolveOverlap(context, occurrence, () => claimAndRun(context, [occurrence])));
}

function prepareClaim(context: AgentContext, occurrence: Occurrence): Omit<ClaimedRun, "acknowledgedAt"> {
  const chain = chainOfRun(context, occurrence, { attempt: 1, outputs: new Map() });
  const steps = firstSteps(chain, context.mask);
  const document = newRunDocument(claimantOf(context), {
    occurrence,
    claimId: context.deps.newId(),
    status: "running",
    reason: null,
    steps,
    now: context.clock.now(),
  });
  return { occurrence, document, chain, steps };
}
