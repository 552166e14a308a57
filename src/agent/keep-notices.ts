// Tells people of trouble: takes up what runs left to be told, sees which incidents are over, and sends the messages.
// Every agent does all of it; the database decides whose word counts.
import { deliverMessages } from "../notify/deliver-messages.ts";
import { endIncidents } from "../notify/end-incidents.ts";
import type { NotifyDeps } from "../notify/notify-deps.ts";
import { takeUpRuns } from "../notify/take-up-runs.ts";
import { watchMachines } from "../notify/watch-machines.ts";
import { findUnsettledIncidents } from "../store/incidents.ts";
import type { AgentContext } from "./context.ts";
import { repeat } from "./repeat.ts";

/** Without a nudge each agent looks about this often, spread by a fifth so that a fleet does not look in step. */
const everyMs = 10_000;
/** Runs that end together are taken up together. */
const gatherMs = 50;
/** A machine without so many heartbeats is silent. */
const silentBeats = 3;

export function keepNotices(context: AgentContext): AsyncDisposable {
  const { nudge } = context.notices;
  const sending = new Set<string>();
  const steady = new SteadyTime();
  const spread = () => Math.min(everyMs, context.beatMs()) * (0.8 + 0.4 * context.deps.random());
  const loop = { name: "notices", everyMs: spread, nudge, gatherMs: () => gatherMs };
  return repeat(context, loop, async () => {
    // An agent that can tell nobody leaves it to those that can.
    if (context.settings.notify.size === 0) return;
    const silentMs = silentBeats * context.settings.heartbeatSec * 1_000;
    await round(context, { sending, silentMs, maySilence: steady.forMs(context.deps.clock.monotonic()) > silentMs });
    steady.note(context.deps.clock.monotonic(), silentMs);
  });
}

interface Round {
  readonly sending: Set<string>;
  readonly silentMs: number;
  readonly maySilence: boolean;
}

async function round(context: AgentContext, { sending, ...watch }: Round): Promise<void> {
  const deps = notifyDeps(context);
  const isMoreDue = await takeUpRuns(deps);
  const unsettled = await findUnsettledIncidents(deps.store);
  context.health.answered();
  context.notices.note(unsettled);
  const isAnyOver = await endIncidents(deps, unsettled);
  const isMachineTold = await watchMachines(deps, { unsettled, ...watch });
  await deliverMessages(deps, unsettled, sending);
  // What changed has messages that were not there when they were read.
  if (isMoreDue || isAnyOver || isMachineTold) context.notices.nudge.now();
}

function notifyDeps(context: AgentContext): NotifyDeps {
  const { deps, settings, mask } = context;
  return {
    ...{ store: deps.store, clock: deps.clock, log: deps.log, newId: deps.newId, send: deps.send, settings, mask },
    machine: deps.machine,
    now: () => context.clock.now(),
    signal: context.over,
    start: (task) => context.inFlight.start(task),
  };
}

/**
 * For how long rounds have come one after another. After an outage of the database, or a sleep of this machine, every
 * heartbeat is old: nobody is called silent before all have had their time to beat again.
 */
class SteadyTime {
  #since = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  /** Monotonic milliseconds; below 0 when the last round is too long ago. */
  forMs(now: number): number {
    return now - this.#since;
  }

  note(now: number, longestGapMs: number): void {
    if (now - this.#last > longestGapMs) this.#since = now;
    this.#last = now;
  }
}
