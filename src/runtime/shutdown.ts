// The signals of a process that ends gracefully, and the one that makes a service read its config again.
import { constants } from "node:os";

/**
 * Aborts on the first SIGINT, SIGTERM or SIGHUP (the terminal is gone); on a second SIGINT or SIGTERM the process exits
 * with 128 + its number (130, 143). A closing terminal may send several SIGHUPs: they never cut a stop short.
 * `hangup: false` leaves SIGHUP alone.
 */
export function stopOnSignals(
  process: NodeJS.Process,
  { hangup = true }: { readonly hangup?: boolean } = {},
): AbortSignal {
  const stop = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (stop.signal.aborted) process.exit(128 + constants.signals[name]);
    stop.abort(name);
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  if (hangup) process.on("SIGHUP", (name) => stop.abort(name));
  return stop.signal;
}

/** Calls back at every SIGHUP, which from here on does not end the process. */
export function onHangup(process: NodeJS.Process, callback: () => void): void {
  process.on("SIGHUP", callback);
}
