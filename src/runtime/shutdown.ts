// SIGINT and SIGTERM: the first asks for a graceful stop, the second ends the process at once.
import { constants } from "node:os";

/** Aborts on the first signal; on the second the process exits with 128 + its number (130, 143). */
export function stopOnSignals(): AbortSignal {
  const stop = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (stop.signal.aborted) process.exit(128 + constants.signals[name]);
    stop.abort(name);
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return stop.signal;
}
