// A job's `deadline_sec`: how long a whole run may take, counted from its first start over all its owners.
import type { Clock } from "../runtime/clock.ts";

export const deadlinePassed = "deadline_passed";

export interface WatchedDeadline extends Disposable {
  /** Aborts with `signal`, or when the time is over. */
  readonly signal: AbortSignal;
}

/** `ranMs`: how long the run has been going on already. */
export function watchDeadline(
  clock: Clock,
  {
    deadlineSec,
    ranMs,
    signal,
  }: { readonly deadlineSec: number | null; readonly ranMs: number; readonly signal: AbortSignal },
): WatchedDeadline {
  if (deadlineSec === null) return { signal, [Symbol.dispose]: () => undefined };
  const over = new AbortController();
  const leftMs = deadlineSec * 1_000 - ranMs;
  // Not left to a timer: it would fire only after the first request.
  if (leftMs <= 0) over.abort(deadlinePassed);
  const cancel = clock.after(leftMs, () => over.abort(deadlinePassed));
  return { signal: AbortSignal.any([signal, over.signal]), [Symbol.dispose]: cancel };
}
