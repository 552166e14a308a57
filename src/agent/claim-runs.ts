// Claims: one insert decides who executes an occurrence. A claim's outcome is applied, lost or unknown, and unknown is
// settled by repeating the same insert with the same claim id, never by a new one and never by assuming it was lost.
import type { Instant } from "../model/schedule.ts";
import type { RunDocument } from "../store/collections.ts";
import { classifyWrite, isDriverError } from "../store/outcome.ts";
import { insertRun, insertRuns, readClaimIds } from "../store/runs.ts";
import type { AgentContext } from "./context.ts";

/**
 * `won`: ours. `taken`: another has it. `blocked`: an exclusive run of the same job is under way.
 * `refused`: the server will never store this document. `undecided`: too late to repeat; the record, if any, is not ours to act on.
 */
export type ClaimResult = "won" | "taken" | "blocked" | "refused" | "undecided";

export interface ClaimBatch {
  readonly runs: readonly RunDocument[];
  /** Fleet time after which an absent claim is no longer inserted. */
  readonly until: (run: RunDocument) => Instant;
}

/** Claims all runs of a batch, as one unordered insert while that is decided, else one by one. */
export async function claimRuns(context: AgentContext, batch: ClaimBatch): Promise<readonly ClaimResult[]> {
  const { runs } = batch;
  for (let tries = 0; tries < 2; tries++) {
    const outcome = await insertRuns(context.deps.store, runs);
    if (outcome.decided)
      return tries === 0 ? firstResults(runs, outcome.lost) : repeatResults(context, runs, outcome.lost);
    context.health.failed("claiming runs", outcome.error, context.deps.clock.monotonic());
    await context.backOff(tries);
  }
  return Promise.all(runs.map((run) => claimAlone(context, run, batch.until(run))));
}

interface LostIndex {
  readonly index: number;
  readonly onId: boolean;
}

/** On a first try a duplicate is another's for certain: nothing of ours could be there yet. */
function firstResults(runs: readonly RunDocument[], lost: readonly LostIndex[]): readonly ClaimResult[] {
  const results: ClaimResult[] = runs.map(() => "won");
  for (const { index, onId } of lost) results[index] = onId ? "taken" : "blocked";
  return results;
}

/** On a repeat a duplicate may be our own first try: the document says whose it is. */
async function repeatResults(
  context: AgentContext,
  runs: readonly RunDocument[],
  lost: readonly LostIndex[],
): Promise<readonly ClaimResult[]> {
  const results: ClaimResult[] = runs.map(() => "won");
  await Promise.all(
    lost.map(async ({ index }) => {
      const run = runs[index];
      if (run !== undefined) results[index] = await readUntilKnown(context, run);
    }),
  );
  return results;
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
      context.health.failed("claiming a run", error, context.deps.clock.monotonic());
      await context.backOff(repeats);
    }
  }
  // Past its grace an insert would start a run too late: what counts is whether an earlier try was applied.
  const result = await readUntilKnown(context, run);
  return result === "blocked" ? "undecided" : result;
}

/** Present with our claim id: won. Present with another: taken. Absent: the index of exclusive runs refused it. */
async function readUntilKnown(context: AgentContext, run: RunDocument): Promise<ClaimResult> {
  for (let repeats = 0; ; repeats++) {
    try {
      const claimId = (await readClaimIds(context.deps.store, [run._id])).get(run._id);
      if (claimId === undefined) return "blocked";
      return claimId === run.claim_id ? "won" : "taken";
    } catch (error) {
      context.health.failed("reading a claim", error, context.deps.clock.monotonic());
      await context.backOff(repeats);
    }
  }
}
