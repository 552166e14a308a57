// What a run's requests are made of on this machine.
import type { ChainContext } from "../chain/execute-chain.ts";
import type { Occurrence } from "../model/run.ts";
import type { AgentContext } from "./context.ts";

/** `attempt` counts the run's owners, from 1. */
export function chainOfRun(context: AgentContext, occurrence: Occurrence, attempt: number): ChainContext {
  const { deps, settings } = context;
  return {
    runId: occurrence.runId,
    attempt,
    scheduledFor: occurrence.scheduledFor,
    job: occurrence.job,
    machine: { id: deps.machine.machineId, hostname: deps.machine.hostname, tags: settings.tags },
    secrets: settings.secrets,
    network: settings.network,
  };
}
