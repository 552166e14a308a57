// Claims: one insert decides who executes an occurrence. A claim's outcome is applied, lost or unknown, and unknown is
// settled by repeating the same insert with the same claim id, never by a new one and never by assuming it was lost.
import type { ClaimResult } from "../model/run.ts";
import type { Instant } from "../model/schedule.ts";
import type { RunDocument } from "../store/collections.ts";
import { classifyWrite, isDriverError, type LostInsert } from "../store/outcome.ts";
import { insertRun, insertRuns, readClaimIds } from "../store/runs.ts";
import type { AgentContext } from "./context.ts";
import { untilAnswered } from "./until-answered.ts";

export interface ClaimBatch {
  readonly runs: readonly RunDocument[];
  /** Fleet time after which an absent claim is no longer inserted. */
  readonly until: (run: RunDocument) => Instant;
  /** Called once for each run, with its position in the batch. */
  readonly settle: (index: number, result: ClaimResult) => void;
}

/**
 * Claims all runs of a batch as one unordered insert. A batch that is not decided at its second try is split: each
 * claim then goes on by itself and is settled later, so that one bad document can't hold up the others.
 */
export async function claimRuns(context: AgentContext, { runs, until, settle }: ClaimBatch): Promise<void> {
  for (let tries = 0; tries < 2; tries++) {
    const outcome = await insertRuns(context.deps.store, runs);
    if (outcome.decided) {
      const refusals = new Map(outcome.lost.map((lost) => [lost.index, lost]));
      for (const [index, run] of runs.entries())
        settleOne(context, { index, run, refusal: refusals.get(index), tries, settle });
      return;
    }
    context.health.failed("claiming runs", outcome.error);
    await context.backOff(tries);
  }
  for (const [index, run] of runs.entries())
    settleLater(context, index, settle, () => claimAlone(context, run, until(run)));
}

interface Decided {
  readonly index: number;
  readonly run: RunDocument;
  readonly refusal: LostInsert | undefined;
  /** Tries before the one that was decided. */
  readonly tries: number;
  readonly settle: ClaimBatch["settle"];
}

function settleOne(context: AgentContext, { index, run, refusal, tries, settle }: Decided): void {
  if (refusal === undefined) settle(index, "won");
  // On a first try a duplicate is another's for certain; on a repeat it may be our own earlier try.
  else if (tries === 0) settle(index, refusal.onId ? "taken" : "blocked");
  else settleLater(context, index, settle, () => readUntilKnown(context, run));
}

function settleLater(
  context: AgentContext,
  index: number,
  settle: ClaimBatch["settle"],
  decide: () => Promise<ClaimResult>,
): void {
  context.inFlight.start(async () => {
    let result: ClaimResult = "undecided";
    try {
      result = await decide();
    } finally {
      settle(index, result);
    }
  });
}

async function claimAlone(context: AgentContext, run: RunDocument, until: Instant): Promise<ClaimResult> {
  for (let repeats = 0; context.clock.now() < until; repeats++) {
    try {
      await insertRun(context.deps.store, run);
      return "won";
    } catch (error) {
      if (!isDriverError(error)) throw error;
      const outcome = classifyWrite(error);
      if (outcome.outcome === "not_applied") {
        if (outcome.reason === "duplicate") return readUntilKnown(context, run);
        context.deps.log.error({ err: error, runId: run._id }, "run refused by the database");
        return "refused";
      }
      context.health.failed("claiming a run", error);
      await context.backOff(repeats);
    }
  }
  // Past its grace an insert would start a run too late: what counts is whether an earlier try was applied.
  const result = await readUntilKnown(context, run);
  return result === "blocked" ? "undecided" : result;
}

/** Present with our claim id: won. Present with another: taken. Absent: the index of exclusive runs refused it. */
function readUntilKnown(context: AgentContext, run: RunDocument): Promise<ClaimResult> {
  const read = async (): Promise<ClaimResult> => {
    const claimId = (await readClaimIds(context.deps.store, [run._id])).get(run._id);
    if (claimId === undefined) return "blocked";
    return claimId === run.claim_id ? "won" : "taken";
  };
  return untilAnswered(context, { what: "reading a claim", read });
}
