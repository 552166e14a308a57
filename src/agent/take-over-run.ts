// A dead owner's run becomes ours: a new claim id in place of the one seen, then its chain from the step in doubt on.
import { renderUrl } from "../chain/prepare-request.ts";
import type { Occurrence } from "../model/run.ts";
import type { RunDocument, TakeoverDocument } from "../store/collections.ts";
import { type Takeover, takeOverRun } from "../store/expired-runs.ts";
import { classifyWrite, isDriverError } from "../store/outcome.ts";
import { readClaimIds } from "../store/runs.ts";
import { chainOfRun } from "./chain-of-run.ts";
import type { ClaimedRun } from "./claim-and-run.ts";
import type { AgentContext } from "./context.ts";
import { executeRun } from "./execute-run.ts";
import type { ResumableRun } from "./judge-expired-run.ts";
import { claimantOf } from "./record-unsent.ts";

/**
 * Starts a takeover, not awaited, in a slot of its own. False when there is none free or the agent is stopping: another
 * agent does it, or the next look. The run must be in hand; from here on it is the takeover's.
 */
export function startTakeover(context: AgentContext, seen: RunDocument, resumable: ResumableRun): boolean {
  if (context.stopping.aborted || context.slots.takeFree(1) === 0) return false;
  context.inFlight.start(async () => {
    const claimed = await claimInSlot(context, seen, resumable);
    if (claimed !== null) await executeRun(context, claimed);
  });
  return true;
}

/** null: it is not ours; its slot and its place in hand are given back. */
async function claimInSlot(
  context: AgentContext,
  seen: RunDocument,
  resumable: ResumableRun,
): Promise<ClaimedRun | null> {
  const { clock, log } = context.deps;
  let isOurs = false;
  try {
    const { takeover, run } = prepare(context, seen, resumable);
    // Also a takeover that is known only after repeats counts from here: the chain then asserts it before it sends.
    const acknowledgedAt = clock.monotonic();
    isOurs = await takeOverUntilKnown(context, seen, takeover);
    const { _id: runId, job_name: job, attempt } = run.document;
    if (isOurs) log.warn({ runId, job, attempt, from: seen.hostname }, "run taken over");
    return isOurs ? { ...run, acknowledgedAt } : null;
  } finally {
    if (!isOurs) {
      context.slots.give(1);
      context.inHand.delete(seen._id);
    }
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
  const chain = chainOfRun(context, occurrence, attempt);
  const resumed = inDoubt && { ...inDoubt.step, url: context.mask(renderUrl(chain, inDoubt.action)) };
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
