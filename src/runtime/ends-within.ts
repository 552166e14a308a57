import type { Clock } from "./clock.ts";

/** Whether the work ends in time; it goes on behind our back if not. */
export async function endsWithin(clock: Clock, work: Promise<unknown>, ms: number): Promise<boolean> {
  const ended = new AbortController();
  // Cancelled when the work was first: a timer left behind would keep the process alive.
  const timeUp = clock.sleep(ms, ended.signal).then(() => false);
  try {
    return await Promise.race([work.then(() => true), timeUp]);
  } finally {
    ended.abort();
  }
}
