// A change stream kept open for as long as the agent lives, or found to be impossible here.
import { messageOf } from "../errors.ts";
import { endsWithin } from "../runtime/ends-within.ts";
import { type Watching, watchCollection } from "../store/watch-collection.ts";
import type { AgentContext } from "./context.ts";

export interface WatchOptions extends Omit<Watching, "signal"> {
  readonly collection: "jobs" | "commands";
  /** No stream is open any more, or none can be. */
  readonly onEnd: () => void;
}

const firstWaitMs = 500;
const longestWaitMs = 30_000;
const longestEndMs = 500;

/** Opens a stream and opens it again whenever it ends, until disposed or where the server has none. */
export function watchChanges(
  context: AgentContext,
  { collection, onOpen, onChange, onEnd }: WatchOptions,
): AsyncDisposable {
  const { store, clock, log } = context.deps;
  const stop = new AbortController();
  const watch = async () => {
    let waitMs = firstWaitMs;
    const opened = () => {
      waitMs = firstWaitMs;
      onOpen();
    };
    while (!stop.signal.aborted) {
      const { kind, error } = await watchCollection(store, collection, {
        signal: stop.signal,
        onOpen: opened,
        onChange,
      });
      onEnd();
      if (stop.signal.aborted) return;
      if (kind === "unsupported")
        return log.info({ collection, why: messageOf(error) }, "no change stream here; polled");
      log.debug({ collection, err: error }, "change stream ended; opened again");
      await clock.sleep(waitMs, stop.signal);
      waitMs = Math.min(waitMs * 2, longestWaitMs);
    }
  };
  const done = watch();
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await endsWithin(clock, done, longestEndMs);
    },
  };
}
