// What a run's requests are made of on this machine.
import type { ChainContext } from "../chain/execute-chain.ts";
import type { Occurrence, Outputs } from "../model/run.ts";
import type { AgentContext } from "./context.ts";

export interface Ownership {
  /** Counts the run's owners, from 1. */
  readonly attempt: number;
  /** What steps saved under former owners. */
  readonly outputs: Outputs;
}

export function chainOfRun(context: AgentContext, occurrence: Occurrence, ownership: Ownership): ChainContext {
  const { deps, settings } = context;
  return {
    runId: occurrence.runId,
    ...ownership,
    scheduledFor: occurrence.scheduledFor,
    job: occurrence.job,
    machine: { id: deps.machine.machineId, hostname: deps.machine.hostname, tags: settings.tags },
    secrets: settings.secrets,
    network: settings.network,
    exec: settings.exec,
  };
}
