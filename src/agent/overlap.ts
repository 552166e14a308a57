// An exclusive job whose earlier run is under way: recorded as skipped, unless that run's owner looks dead.
import type { Occurrence } from "../model/run.ts";
import { findRunningRun } from "../store/runs.ts";
import type { AgentContext } from "./context.ts";
import { recordUnsent } from "./record-unsent.ts";
import { isLate } from "./start-grace.ts";
import { untilAnswered } from "./until-answered.ts";

/** How soon a blocked occurrence tries again while the earlier run's owner is silent. */
const againMs = 2_000;

/** Settles one refused occurrence; `claimAgain` is called when the earlier run has ended meanwhile. */
export async function resolveOverlap(
  context: AgentContext,
  occurrence: Occurrence,
  claimAgain: () => Promise<void>,
): Promise<void> {
  const skipped = { occurrence, status: "skipped", reason: "previous_running" } as const;
  const { closed } = context.claims;
  while (!closed.aborted) {
    const earlier = await earlierRunUntilKnown(context, occurrence);
    // Freed between the refusal and this look: the occurrence is due again.
    if (earlier === "none") return claimAgain();
    if (earlier === "beating") return recordUnsent(context, [skipped]);
    if (isLate(context, occurrence)) {
      return recordUnsent(context, [{ occurrence, status: "missed", reason: "previous_running" }]);
    }
    await context.deps.clock.sleep(againMs, closed);
  }
}

function earlierRunUntilKnown(context: AgentContext, { job }: Occurrence): Promise<"none" | "beating" | "silent"> {
  const read = async () => {
    const run = await findRunningRun(context.deps.store, job.id);
    if (run === null) return "none";
    const beatAt = run.beat_at instanceof Date ? run.beat_at.getTime() : 0;
    return context.clock.now() - beatAt <= 2 * context.beatMs() ? "beating" : "silent";
  };
  return untilAnswered(context, { what: "looking at an earlier run", read });
}
