// From occurrences to runs: claim as many as there are free slots, start what was won, settle what was refused.
import { type ChainContext, firstSteps } from "../chain/execute-chain.ts";
import type { Occurrence, Step } from "../model/run.ts";
import type { RunDocument } from "../store/collections.ts";
import { newRunDocument } from "../store/run-document.ts";
import { chainOfRun } from "./chain-of-run.ts";
import { claimRuns } from "./claim-runs.ts";
import type { AgentContext } from "./context.ts";
import { executeRun } from "./execute-run.ts";
import { resolveOverlap } from "./overlap.ts";
import { claimantOf, missedStarts, recordUnsent } from "./record-unsent.ts";
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

/** Claims all occurrences, in batches as slots come free; resolves when the last batch was sent. */
export async function claimAndRun(context: AgentContext, occurrences: readonly Occurrence[]): Promise<void> {
  const open = occurrences.filter(({ runId }) => !context.inHand.has(runId));
  for (const { runId } of open) context.inHand.add(runId);
  const lanes = new Slots(claimsAtOnce);
  const { closed } = context.claims;
  let next = 0;
  while (next < open.length) {
    await lanes.take(1, closed);
    const slots = await gatherSlots(context, open.length - next, closed);
    if (slots === 0) break;
    const batch = open.slice(next, next + slots);
    next += slots;
    context.inFlight.start(() => claimInSlots(context, batch, closed).finally(() => lanes.give(1)));
  }
  // Stopping or draining: what was not claimed is left to the others.
  for (const { runId } of open.slice(next)) context.inHand.delete(runId);
}

/** Slots come free one by one and a claim costs a round trip: a moment's patience makes it a claim of many. */
const gatherMs = 2;

async function gatherSlots(context: AgentContext, wanted: number, closed: AbortSignal): Promise<number> {
  const first = await context.slots.take(wanted, closed);
  if (first === 0 || first === wanted || first >= context.settings.maxConcurrentRuns / 2) return first;
  await context.deps.clock.sleep(gatherMs);
  return first + context.slots.takeFree(wanted - first);
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
    await recordUnsent(context, missedStarts(late));
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
  const chain = chainOfRun(context, occurrence, 1);
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
