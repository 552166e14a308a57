// How late an occurrence may still start.
import type { Occurrence } from "../model/run.ts";
import type { Instant } from "../model/schedule.ts";
import type { AgentContext } from "./context.ts";

/** The last fleet time at which the occurrence may still start; a job's own shorter grace counts from this agent's turn. */
export function lastStartOf(context: AgentContext, { job, scheduledFor, trigger }: Occurrence): Instant {
  const { settings, lease } = context;
  if (trigger === "manual" || job.startGraceSec === null) return scheduledFor + settings.startGraceSec * 1_000;
  const ownMs = job.startGraceSec * 1_000;
  return scheduledFor + (job.startGraceSec < settings.startGraceSec ? lease.turnMs(settings) : 0) + ownMs;
}

export function isLate(context: AgentContext, occurrence: Occurrence): boolean {
  return context.clock.now() > lastStartOf(context, occurrence);
}
