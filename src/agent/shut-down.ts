// A graceful stop: give the place back, let runs finish, then abort and record what is left. Under 30 s in all.
import { endsWithin } from "../runtime/ends-within.ts";
import type { AgentContext } from "./context.ts";
import { unregisterMachine } from "./register-machine.ts";

/** How long runs in flight may go on, from the stop on. */
const drainMs = 25_000;
/** How long the records of aborted runs, and the farewell, may take. */
const farewellMs = 1_500;

export interface EndingLoops {
  /** What would take on new work, or a serial: these end before the serial is given back. */
  readonly claiming: readonly AsyncDisposable[];
  /** Ends before the farewell: a beat after it would put the machine back on the list of the living. */
  readonly heartbeat: AsyncDisposable;
}

export async function shutDown(context: AgentContext, { claiming, heartbeat }: EndingLoops): Promise<void> {
  const { log, clock } = context.deps;
  const { inFlight, liveRuns, lease } = context;
  log.info({ runs: liveRuns.size }, "stopping");
  const stoppedAt = clock.monotonic();
  await Promise.all(claiming.map((loop) => loop[Symbol.asyncDispose]()));
  // Not awaited yet: with the database away it hangs, and runs in flight need no serial to finish.
  const released = attempt(context, "release the serial", () => lease.release(context));
  if (!(await endsWithin(clock, inFlight.idle(), stoppedAt + drainMs - clock.monotonic()))) {
    log.warn({ runs: liveRuns.size }, "runs still going are aborted");
    liveRuns.abortAll("agent stopped");
    await endsWithin(clock, inFlight.idle(), farewellMs);
  }
  await heartbeat[Symbol.asyncDispose]();
  const farewell = attempt(context, "leave the list of machines", () => unregisterMachine(context));
  await endsWithin(clock, Promise.all([released, farewell]), farewellMs);
  log.info({ leftRunning: inFlight.size }, "stopped");
}

async function attempt(context: AgentContext, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    context.deps.log.warn({ err: error, what }, "not done while stopping; it settles by itself after the lease");
  }
}
