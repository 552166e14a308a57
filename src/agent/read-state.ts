// How the agent is, for its metrics and for whoever asks whether it is ready.
import type { AgentState } from "../model/meter.ts";
import type { AgentContext } from "./context.ts";

/** From memory alone. */
export function readState(context: AgentContext): AgentState {
  const { catalog, claims, clock, deps, health, lease, liveRuns, slots, stopping } = context;
  const { machineId, hostname, version } = deps.machine;
  return {
    machineId,
    hostname,
    version,
    serial: lease.serial,
    runsInProgress: liveRuns.size,
    slots: { limit: slots.limit, free: Math.max(0, slots.free) },
    jobs: { loaded: catalog.size, invalid: catalog.invalid.length },
    clockOffsetMs: clock.offsetMs(),
    databaseAwayMs: health.awayMs(),
    claims: stopping.aborted ? "stopping" : claims.isDraining ? "draining" : "open",
  };
}
