// A background loop of the agent: beat, poll, reap. One failed round is reported and the next one comes all the same.
import { endsWithin } from "../runtime/ends-within.ts";
import { isStoreUnavailable } from "../store/outcome.ts";
import type { AgentContext } from "./context.ts";
import { Nudge } from "./nudge.ts";

export interface Repeated {
  readonly name: string;
  /** Read before every wait, so that a reloaded setting counts from the next round on. */
  readonly everyMs: () => number;
  /** Makes the next round come at once. */
  readonly nudge?: Nudge;
  /** How long after a nudge more of them are waited for, in milliseconds; default 0. */
  readonly gatherMs?: () => number;
}

/** A round that hangs in a dead connection must not hold up the end of the process. */
const longestEndMs = 500;

/** Runs `round` after each wait until disposed; disposing waits for the round under way, though not for ever. */
export function repeat(
  context: AgentContext,
  { name, everyMs, nudge = new Nudge(), gatherMs }: Repeated,
  round: () => Promise<void>,
): AsyncDisposable {
  const { clock, log, meter } = context.deps;
  const stop = new AbortController();
  const rounds = async () => {
    for (;;) {
      await nudge.wait(clock, { ms: everyMs(), gatherMs: gatherMs?.() ?? 0, signal: stop.signal });
      if (stop.signal.aborted) return;
      try {
        await round();
        meter?.roundEnded(name, "done");
      } catch (error) {
        meter?.roundEnded(name, "failed");
        if (isStoreUnavailable(error)) context.health.failed(name, error);
        else log.error({ err: error, loop: name }, "background loop failed");
      }
    }
  };
  const done = rounds();
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await endsWithin(clock, done, longestEndMs);
    },
  };
}
