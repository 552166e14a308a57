// A dead owner's run becomes ours: a new claim id in place of the one seen, then its chain from the step in doubt on.
import { shownTarget } from "../chain/execute-chain.ts";
import type { Occurrence } from "../model/run.ts";
import type { RunDocument, TakeoverDocument } from "../store/collections.ts";
import { findExpiredRun, type Takeover, takeOverRun } from "../store/expired-runs.ts";
import { classifyWrite, isDriverError, isStoreUnavailable } from "../store/outcome.ts";
import { readClaimIds } from "../store/runs.ts";
import { chainOfRun } from "./chain-of-run.ts";
import type { ClaimedRun } from "./claim-and-run.ts";
import type { AgentContext } from "./context.ts";
import { executeRun } from "./execute-run.ts";
import { judgeExpiredRun, type ResumableRun } from "./judge-expired-run.ts";
import { claimantOf } from "./record-unsent.ts";

/**
 * Starts a takeover, not awaited. It waits for a slot in the same line as claims do: on a busy agent a free one never
 * stands about. The run must be in hand; from here on it is the takeover's.
 */
export function startTakeover(context: AgentContext, runId: string): void {
  context.inFlight.start(async () => {
    const claimed = await claimInSlot(context, runId);
    if (claimed !== null) await executeRun(context, claimed);
  });
}

/** null: it is not ours; its slot and its place in hand are given back. */
async function claimInSlot(context: AgentContext, runId: string): Promise<ClaimedRun | null> {
  const { closed } = context.claims;
  const slots = await context.slots.take(1, closed);
  let claimed: ClaimedRun | null = null;
  try {
    claimed = slots === 0 ? null : await claimExpired(context, runId, closed);
  } finally {
    if (claimed === null) {
      context.slots.give(slots);
      context.inHand.delete(runId);
    }
  }
  return claimed;
}

async function claimExpired(context: AgentContext, runId: string, closed: AbortSignal): Promise<ClaimedRun | null> {
  const { clock, log } = context.deps;
  const found = await judgeAgain(context, runId);
  // A drain that came while it was judged: what an agent does not claim it does not take over either.
  if (found === null || closed.aborted) return null;
  const { seen, goesOn } = found;
  const { takeover, run } = prepare(context, seen, goesOn);
  // Also a takeover that is known only after repeats counts from here: the chain then asserts it before it sends.
  const acknowledgedAt = clock.monotonic();
  if (!(await takeOverUntilKnown(context, seen, takeover))) return null;
  const { job_name: job, attempt } = run.document;
  log.warn({ runId, job, attempt, from: seen.hostname }, "run taken over");
  context.deps.meter?.runTakenOver();
  return { ...run, acknowledgedAt };
}

/**
 * While it waited the owner may have beaten, another agent may have it, the job may have been edited. null when it does
 * not go on, or the database is away; the reaper comes again.
 */
async function judgeAgain(
  context: AgentContext,
  runId: string,
): Promise<{ readonly seen: RunDocument; readonly goesOn: ResumableRun } | null> {
  try {
    const seen = await findExpiredRun(context.deps.store, runId);
    const judgement = seen && (await judgeExpiredRun(context, seen));
    if (seen === null || judgement === null || !("goesOn" in judgement)) return null;
    return { seen, goesOn: judgement.goesOn };
  } catch (error) {
    if (!isStoreUnavailable(error)) throw error;
    context.health.failed("taking over a run", error);
    return null;
  }
}

function prepare(
  context: AgentContext,
  seen: RunDocument,
  { job, run, inDoubt }: ResumableRun,
): { readonly takeover: Takeover; readonly run: Omit<ClaimedRun, "acknowledgedAt"> } {
  const occurrence: Occurrence = { job, scheduledFor: run.scheduledFor, trigger: seen.trigger, runId: seen._id };
  const attempt = run.attempt + 1;
  const claimId = context.deps.newId();
  const chain = chainOfRun(context, occurrence, { attempt, outputs: run.outputs });
  const resumed = inDoubt && { ...inDoubt.step, ...shownTarget(chain, inDoubt.action, context.mask) };
  const steps = resumed === null ? run.steps : [...run.steps.slice(0, -1), resumed];
  const formerOwner = describeOwner(seen, { at: new Date(context.clock.now()), step: resumed?.index ?? null });
  const takeovers = [...run.takeovers, formerOwner].slice(-run.attempt);
  const takeover = { claimId, claimant: claimantOf(context), attempt, takeovers, resumed };
  return { takeover, run: { occurrence, document: { ...seen, claim_id: claimId, attempt }, chain, steps } };
}

function describeOwner(seen: RunDocument, taken: Pick<TakeoverDocument, "at" | "step">): TakeoverDocument {
  const { claimed_by, instance_id, hostname, executed_by_serial, attempt } = seen;
  return { claimed_by, instance_id, hostname, executed_by_serial, attempt, ...taken };
}

/** An unknown outcome is settled by repeating the same write; matched by none, the record says whose the run is. */
async function takeOverUntilKnown(context: AgentContext, seen: RunDocument, takeover: Takeover): Promise<boolean> {
  const { store } = context.deps;
  for (let repeats = 0; ; repeats++) {
    try {
      if (await takeOverRun(store, seen, takeover)) return true;
      if (repeats === 0) return false;
      return (await readClaimIds(store, [seen._id])).get(seen._id) === takeover.claimId;
    } catch (error) {
      if (!isDriverError(error) || classifyWrite(error).outcome === "not_applied") throw error;
      context.health.failed("taking over a run", error);
      await context.backOff(repeats);
    }
  }
}
