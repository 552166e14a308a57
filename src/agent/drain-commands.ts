// `drain` and `resume`: a machine out of the line for a while, its agent still there. Lasts until `resume` or a restart.
import type { CommandDocument } from "../store/collections.ts";
import { createdAt, type Report } from "./command-handler.ts";
import type { AgentContext } from "./context.ts";
import { readDueAfter } from "./load-catalog.ts";
import { beatThisMachine } from "./register-machine.ts";

/** Claims nothing from here on and gives the serial back; what runs goes on to its end. */
export async function drain(context: AgentContext, command: CommandDocument): Promise<Report> {
  // A command to all is found by agents that start within its ten minutes of life, and a restart ends a drain.
  if (createdAt(context, command) < context.startedAt) {
    throw new Error("sent before this agent started; a restart ends a drain");
  }
  context.claims.drain();
  await context.lease.release(context);
  await beatThisMachine(context);
  return { draining: true, running: context.liveRuns.size };
}

/**
 * Back in line at once. What fell due in the last seconds is looked at as after a restart: others may have left the line
 * in this moment, and a sweep may come after the grace. Harmless for an agent that is not draining.
 */
export async function resume(context: AgentContext): Promise<Report> {
  const { claims, lease, catalog, settings } = context;
  const wasDraining = claims.isDraining;
  if (wasDraining) {
    // Whatever may fail comes before the gate opens: a resume that is tried again must find it closed.
    const dueAfter = await readDueAfter(context);
    lease.reopen();
    await lease.improve(context);
    claims.open();
    catalog.makeDueAgain({ now: context.clock.now(), graceMs: settings.startGraceSec * 1_000, dueAfter });
  }
  await beatThisMachine(context);
  return { resumed: wasDraining, serial: lease.serial };
}
