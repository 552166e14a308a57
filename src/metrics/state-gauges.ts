// How the agent is at the moment of a scrape: nothing is kept up to date in between.
import { Gauge, type Registry } from "prom-client";
import type { AgentState } from "../model/meter.ts";
import { notReadyReason } from "./readiness.ts";

/** `state` answers null until the agent is ready. */
export function addStateGauges(registry: Registry, state: () => AgentState | null): void {
  const gauge = (name: string, help: string, read: (state: AgentState) => number) => {
    const made: Gauge = new Gauge({
      name: `fleetcron_${name}`,
      help,
      registers: [registry],
      collect: () => {
        const now = state();
        // Nothing rather than a 0 that would be a lie.
        if (now === null) made.remove();
        else made.set(read(now));
      },
    });
  };
  gauge("serial", "This agent's place in the line; 0 while it has none", ({ serial }) => serial ?? 0);
  gauge("runs_in_progress", "Runs that this agent is executing", ({ runsInProgress }) => runsInProgress);
  gauge("slots", "Runs that this agent executes at most at the same time", ({ slots }) => slots.limit);
  gauge("slots_free", "Runs that this agent could start right now", ({ slots }) => slots.free);
  gauge("jobs_loaded", "Valid jobs that this agent knows", ({ jobs }) => jobs.loaded);
  gauge("jobs_invalid", "Jobs that this agent ignores because they are invalid", ({ jobs }) => jobs.invalid);
  gauge(
    "clock_offset_seconds",
    "The database's clock minus this machine's",
    ({ clockOffsetMs }) => clockOffsetMs / 1_000,
  );
  gauge("database_up", "1 while the database answers, else 0", ({ databaseAwayMs }) =>
    databaseAwayMs === null ? 1 : 0,
  );
  const ready: Gauge = new Gauge({
    name: "fleetcron_ready",
    help: "1 when /readyz answers 200, else 0",
    registers: [registry],
    collect: () => ready.set(notReadyReason(state()) === null ? 1 : 0),
  });
  const info: Gauge = new Gauge({
    name: "fleetcron_agent_info",
    help: "Always 1; the labels say which agent this is",
    labelNames: ["machine_id", "hostname", "version"],
    registers: [registry],
    collect: () => {
      const now = state();
      if (now === null) return;
      info.set({ machine_id: now.machineId, hostname: now.hostname, version: now.version }, 1);
    },
  });
}
