import { calculateObjectSize } from "bson";
import type { ChainContext, ChainEnd } from "../../src/chain/execute-chain.ts";
import { newRunDocument, stepDocument } from "../../src/store/run-document.ts";

/** The size of a run's record at its end. */
export function recordBytes({ job, runId }: ChainContext, end: ChainEnd): number {
  const claimant = { machineId: "m", instanceId: "i", hostname: "h", serial: 1, leaseMs: 1, retentionMs: 1 };
  const occurrence = { job, scheduledFor: 0, trigger: "schedule", runId } as const;
  const start = { occurrence, claimId: "c", status: "running", reason: end.reason, steps: [], now: 0 } as const;
  const document = newRunDocument(claimant, start);
  return calculateObjectSize({
    ...document,
    steps: end.steps.map(stepDocument),
    outputs: Object.fromEntries(end.outputs),
  });
}
