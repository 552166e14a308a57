// This machine's row in `machines`: what `last_seen` says is who is alive.
import { FleetCronError } from "../errors.ts";
import { beatMachine, registerMachine, stopMachine } from "../store/machines.ts";
import type { AgentContext } from "./context.ts";
import { repeat } from "./repeat.ts";

/** A heartbeat without an answer for so long is said: the driver waits 20 s for a server before it gives up. */
const answerMs = 5_000;

/** Writes the row, or throws `machine_cloned` when another host beats the same id right now. */
export async function registerThisMachine(context: AgentContext): Promise<void> {
  const { store, machine, log } = context.deps;
  const result = await registerMachine(
    store,
    {
      machineId: machine.machineId,
      instanceId: machine.instanceId,
      hostname: machine.hostname,
      tags: context.settings.tags,
      version: machine.version,
      node: process.versions.node,
      tzdata: process.versions.tz ?? "unknown",
    },
    context.settings.leaseSec * 1_000,
  );
  if (!result.registered) throw clonedError(context, result.hostname);
  log.info({ machineId: machine.machineId, hostname: machine.hostname }, "machine registered");
}

/** Beats the row for as long as the agent lives. A row taken by another instance ends the agent. */
export function keepMachine(context: AgentContext): AsyncDisposable {
  return repeat(context, { name: "heartbeat", everyMs: () => context.settings.heartbeatSec * 1_000 }, () =>
    beatThisMachine(context),
  );
}

/** One heartbeat, with what the row shows beside it: serial, jobs, offset. */
export async function beatThisMachine(context: AgentContext): Promise<void> {
  const { clock } = context.deps;
  const sentAt = clock.monotonic();
  const cancelSaying = clock.after(answerMs, () => {
    context.health.failed("heartbeat", new Error(`no answer within ${answerMs / 1_000} s`), sentAt);
  });
  try {
    await context.beats.run(() => beatNow(context));
  } finally {
    cancelSaying();
  }
}

async function beatNow(context: AgentContext): Promise<void> {
  const { store, machine } = context.deps;
  const { machineId, instanceId } = machine;
  const result = await beatMachine(store, {
    machineId,
    instanceId,
    serial: context.lease.serial,
    tags: context.settings.tags,
    offsetMs: context.clock.offsetMs(),
    state: context.claims.closed.aborted ? "draining" : "active",
    jobs: { loaded: context.catalog.size, invalid: context.catalog.invalid.length },
  });
  context.health.answered();
  if (result.beaten) return;
  // The row was deleted by hand or by `machines forget`: this agent is alive, so it is back in the list.
  if (result.owner === null) return registerThisMachine(context);
  context.fail(clonedError(context, result.owner.hostname));
}

/** Takes this machine off the list of the living at once. */
export async function unregisterMachine(context: AgentContext): Promise<void> {
  const { store, machine } = context.deps;
  await stopMachine(store, machine);
}

function clonedError(context: AgentContext, otherHost: string): FleetCronError {
  const { machineId, hostname } = context.deps.machine;
  return new FleetCronError(
    "machine_cloned",
    `machine id ${machineId} is in use by an agent on ${otherHost}; this host is ${hostname}. ` +
      "A copied state_dir gives two machines one id: delete machine.json in this host's state_dir and start again",
  );
}
