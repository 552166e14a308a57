// Safeguards of the agents, each removed in its own copy of the sources: a world must show what it was for.
import type { Mutant } from "./source-copy.ts";

export interface SimulationMutant extends Mutant {
  /** Where to look for a world that shows it, for what shows too seldom to wait for from seed 1 on. Default: 1. */
  readonly firstSeed?: number;
}

export const simulationMutants: readonly SimulationMutant[] = [
  {
    title: "no write errors in a failed batch are read as: all mine",
    file: "store/runs.ts",
    from: "return { decided: false, error };",
    to: "return { decided: true, lost: [] };",
  },
  {
    title: "a claim is repeated with a new claim id",
    file: "agent/claim-runs.ts",
    from: "    const outcome = await insertRuns(context.deps.store, runs);",
    to:
      "    if (tries > 0) for (const run of runs) run.claim_id = context.deps.newId();\n" +
      "    const outcome = await insertRuns(context.deps.store, runs);",
  },
  {
    title: "claims do not ask for the majority",
    file: "store/batch-commands.ts",
    from: "w: majorityWrite.writeConcern.w, wtimeout",
    to: "w: 1, wtimeout",
  },
  {
    title: "an advance does not look at claim and status",
    file: "store/combined-writes.ts",
    from: "{ ...guard, _id: runId, claim_id: claimId, status: { $in: [...from] } }",
    to: "{ ...guard, _id: runId }",
  },
  {
    title: "writes to a run do not look at its status",
    file: "store/combined-writes.ts",
    from: "{ ...guard, _id: runId, claim_id: claimId, status: { $in: [...from] } }",
    to: "{ ...guard, _id: runId, claim_id: claimId }",
  },
  {
    title: "a renewal counts when the record shows what was written before",
    file: "store/runs.ts",
    from: "{ ...advanceWrite(advance), isApplied: () => false }",
    to: "advanceWrite(advance)",
    firstSeed: 700_001,
  },
  {
    title: "an acknowledgement before a freeze counts as fresh after it",
    file: "chain/execute-step.ts",
    from: "clock.monotonic() - sentAt > validMs; validMs",
    to: "clock.monotonic() < 0; validMs",
  },
  {
    title: "the wall clock instead of the monotonic one and the server's",
    file: "agent/fleet-clock.ts",
    from: "return this.#clock.monotonic() + this.#offset;",
    to: "return this.#clock.now();",
  },
  {
    title: "an agent stands down for the first in line",
    file: "agent/take-turn.ts",
    from: "  if (open.length === 0) return [];",
    to: "  if (open.length === 0 || (context.lease.serial ?? 1) > 1) return [];",
  },
  {
    title: "an occurrence that was blocked is not tried again once the way is free",
    file: "agent/overlap.ts",
    from: 'if (earlier === "none") return claimAgain();',
    to: 'if (earlier === "none") return;',
  },
  {
    title: "a job is skipped for a run whose owner is silent",
    file: "agent/overlap.ts",
    from: 'if (earlier === "beating") return',
    to: 'if (earlier !== "none") return',
  },
  {
    title: "nobody looks for runs whose owner died",
    file: "agent/agent.ts",
    from: "const reaper = loops.use(reapRuns(context));",
    to: "const reaper = loops.use(watchLeases(context));",
  },
  {
    title: "a look at due jobs that fails is not repeated",
    file: "agent/until-answered.ts",
    from: "await context.backOff(repeats, giveUp?.signal);",
    to: "if (giveUp) return giveUp.value; await context.backOff(repeats);",
  },
  {
    title: "nobody sweeps",
    file: "agent/agent.ts",
    from: "const sweep = loops.use(sweepMissed(context));",
    to: "const sweep = loops.use(watchLeases(context));",
  },
  {
    title: "the sweep passes what is not settled",
    file: "agent/settle-missed.ts",
    from: "reached = Math.min(reached, claimableAt - 1);",
    to: "void claimableAt;",
  },
  {
    title: "what decides is read from what may be rolled back",
    file: "store/coordination.ts",
    from: 'readConcern: { level: "majority" }',
    to: 'readConcern: { level: "local" }',
  },
  {
    title: "the sweep reads records that may be rolled back",
    file: "store/sweep-records.ts",
    from: "{ ...majorityRead, projection, batchSize: readAtOnce }",
    to: "{ projection, batchSize: readAtOnce }",
  },
  {
    title: "records expire inside the horizon",
    file: "store/run-document.ts",
    from: "Math.max(claimant.retentionMs, minRetentionMs)",
    to: "claimant.retentionMs",
  },
  {
    title: "a late copy of an advance sets a step back",
    file: "store/runs.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
    from: "guard: { [`steps.${last + 1}`]: { $exists: false } },",
    to: "guard: {},",
  },
  {
    title: "a request goes out before its intent is acknowledged",
    file: "chain/execute-chain.ts",
    from: "if (!(await recorder.advance(results.changes))) return loseClaim(known);",
    to: "void recorder.advance(results.changes);",
  },
  {
    title: "an advance whose outcome is unknown counts as applied",
    file: "store/combined-writes.ts",
    from: "    } catch (error) {\n      this.#deps.onUndecided(error);\n    }",
    to: "    } catch {\n      for (const { resolve } of batch) resolve(true);\n      return;\n    }",
  },
  {
    title: "of combined writes fewer match than were sent, and all count as applied",
    file: "store/combined-writes.ts",
    from: "(await this.#write(writes)) === writes.length",
    to: "(await this.#write(writes)) >= 0",
  },
  {
    title: "a request in doubt is repeated whatever its method",
    file: "agent/judge-expired-run.ts",
    from: 'inDoubt?.action.onCrash === "fail"',
    to: "inDoubt === undefined",
  },
  {
    title: "a reaper does not look whose run it takes",
    file: "store/expired-runs.ts",
    from: "    claim_id: { $eq: claim_id ?? null },\n    beat_at: { $eq: beat_at ?? null },",
    to: "",
  },
  {
    title: "a reaper does not see a late beat",
    file: "store/expired-runs.ts",
    from: "    beat_at: { $eq: beat_at ?? null },",
    to: "",
  },
  {
    title: "a claim whose outcome is unknown is given up",
    file: "agent/claim-runs.ts",
    from: 'context.health.failed("claiming runs", outcome.error);',
    to: 'for (const index of runs.keys()) settle(index, "undecided");\n    if (tries >= 0) return;',
  },
  {
    title: "an exclusive job that is refused counts as taken",
    file: "agent/claim-runs.ts",
    from: 'refusal.onId ? "taken" : "blocked"',
    to: '"taken"',
  },
  {
    title: "a job is due by the definition once read",
    file: "agent/take-turn.ts",
    from: ".filter((job) => job.enabled && isDueAt(job.schedule, at))",
    to: "",
  },
  {
    title: "occurrences in hand are not kept",
    file: "agent/claim-and-run.ts",
    from: "for (const { runId } of waiting) context.inHand.add(runId);",
    to: "",
  },
  {
    title: "the reaper judges runs that are in hand",
    file: "agent/reap-runs.ts",
    from: "if (context.inHand.has(inHandAs)) return;",
    to: "",
  },
  {
    title: "what is to be caught up with is recorded as missed",
    file: "agent/record-unsent.ts",
    from: "late.filter((occurrence) => !isCaughtUp(occurrence))",
    to: "late.filter((occurrence) => !isCaughtUp(occurrence) || true)",
  },
  {
    title: "a run goes on after its deadline",
    file: "agent/run-deadline.ts",
    from: "const cancel = clock.after(leftMs,",
    to: "const cancel = clock.after(1e9 + leftMs,",
  },
];
