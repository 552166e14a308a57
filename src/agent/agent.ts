// One machine's agent: the whole flow. Each part is in the file it is imported from.
import type { FleetCronError } from "../errors.ts";
import { keepSerial } from "./claim-serial.ts";
import { AgentContext } from "./context.ts";
import type { AgentDeps } from "./deps.ts";
import { dueInstants } from "./due-instants.ts";
import { ensureFleet } from "./ensure-fleet.ts";
import { keepCatalog } from "./keep-catalog.ts";
import { keepNotices } from "./keep-notices.ts";
import { keepWatchdog } from "./keep-watchdog.ts";
import { keepRuns, watchLeases } from "./live-runs.ts";
import { loadFirstCatalog } from "./load-catalog.ts";
import { pollCommands } from "./poll-commands.ts";
import { readState } from "./read-state.ts";
import { reapRuns } from "./reap-runs.ts";
import { beatThisMachine, keepMachine, registerThisMachine } from "./register-machine.ts";
import { reloadUnasked } from "./reload-commands.ts";
import { repeat } from "./repeat.ts";
import { reportDamage } from "./report-damage.ts";
import { shutDown } from "./shut-down.ts";
import { sweepMissed } from "./sweep-missed.ts";
import { takeTurn } from "./take-turn.ts";

/** Clocks drift: the offset to the server is checked this often, and soon again after it seemed to jump. */
const clockMs = 60_000;
const doubtedClockMs = 10_000;

/** Runs this machine's agent until `stop` aborts and what is in flight has ended; throws what no retry can mend. */
export async function runAgent(deps: AgentDeps, stop: AbortSignal): Promise<void> {
  const failed = new AbortController();
  const stopping = AbortSignal.any([stop, failed.signal]);
  const context = new AgentContext(deps, stopping, (error: FleetCronError) => failed.abort(error));

  await context.clock.measure();
  context.startedAt = context.clock.now();
  {
    await using loops = new AsyncDisposableStack();
    loops.defer(() => context.end());
    loops.use(await reportDamage(context));
    await ensureFleet(context);
    await registerThisMachine(context);
    const heartbeat = loops.use(keepMachine(context));
    loops.use(
      repeat(
        context,
        { name: "fleet clock", everyMs: () => (context.clock.isDoubted() ? doubtedClockMs : clockMs) },
        () => context.clock.refresh(),
      ),
    );
    await loadFirstCatalog(context);
    await context.lease.improve(context);
    // At once, so that the row shows the serial and the jobs before the first regular heartbeat.
    await beatThisMachine(context);
    const serial = loops.use(keepSerial(context));
    loops.use(watchLeases(context));
    loops.use(keepRuns(context));
    const reaper = loops.use(reapRuns(context));
    const sweep = loops.use(sweepMissed(context));
    loops.use(keepCatalog(context));
    loops.use(keepNotices(context));
    const commands = loops.use(pollCommands(context));
    loops.use(keepWatchdog(context));
    deps.log.info({ serial: context.lease.serial, jobs: context.catalog.size }, "agent ready");
    deps.onReady?.({ reloadConfig: () => reloadUnasked(context), state: () => readState(context) });

    for await (const due of dueInstants(context.clock, context.catalog, stopping)) {
      // Not awaited: a slow chain must not delay the next instant.
      context.inFlight.start(() => takeTurn(context, due));
    }
    await shutDown(context, { claiming: [serial, commands, reaper, sweep], heartbeat });
  }
  if (failed.signal.aborted) throw failed.signal.reason;
}
