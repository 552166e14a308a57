// How late an occurrence may still start.
import type { Occurrence } from "../model/run.ts";
import { type Instant, jitterMs } from "../model/schedule.ts";
import type { AgentSettings } from "../model/settings.ts";
import type { Lease } from "./claim-serial.ts";
import type { AgentContext } from "./context.ts";

/** What is older is recorded in sum and never started: records live twice as long, so nothing runs again. */
export const horizonMs = 86_400_000;

/** What is younger than all turns and this belongs to the agents whose turn it is. */
const marginMs = 10_000;

/** How long, in milliseconds after its jitter, an occurrence is left to the agents whose turn it is; then the sweep looks. */
export function turnsMs({ settings }: AgentContext): number {
  return settings.maxSerial * settings.staggerSec * 1_000 + marginMs;
}

/** The part of an agent that the grace depends on. */
interface Starter {
  readonly settings: Pick<AgentSettings, "startGraceSec" | "maxSerial" | "staggerSec">;
  readonly lease: Pick<Lease, "turnMs">;
}

/**
 * The last fleet time at which the occurrence may still start. The grace begins after the job's jitter; a job's own
 * shorter one counts from this agent's turn, the one it waited for: an agent that moved up in the line meanwhile would
 * else be late for what nobody else started.
 */
export function lastStartOf(
  { settings, lease }: Starter,
  { job, scheduledFor, trigger, turnMs = lease.turnMs(settings) }: Omit<Occurrence, "runId">,
): Instant {
  if (trigger === "manual") return scheduledFor + settings.startGraceSec * 1_000;
  const begin = scheduledFor + jitterMs(job, scheduledFor);
  // Its record can't have expired by then: nothing that once ran is caught up with.
  if (trigger === "catch_up") return begin + horizonMs;
  if (job.startGraceSec === null) return begin + settings.startGraceSec * 1_000;
  const ownMs = job.startGraceSec * 1_000;
  return begin + (job.startGraceSec < settings.startGraceSec ? turnMs : 0) + ownMs;
}

export function isLate(context: AgentContext, occurrence: Occurrence): boolean {
  return context.clock.now() > lastStartOf(context, occurrence);
}
