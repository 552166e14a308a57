// Safeguards of the agents, each removed in its own copy of the sources: a world must show what it was for.
import type { Mutant } from "./list.ts";

export const simulationMutants: readonly Mutant[] = [
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
    title: "an acknowledgement before a freeze counts as fresh after it",
    file: "chain/execute-step.ts",
    from: "clock.monotonic() - sentAt > validMs; validMs",
    to: "clock.monotonic() < 0; validMs",
  },
  {
    title: "the wall clock instead of the monotonic one and the server's",
    file: "agent/fleet-clock.ts",
    from: "return this.#clock.monotonic() + (this.#offset ?? this.#wallGap);",
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
];
