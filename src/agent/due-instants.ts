// The minute loop: sleeps until the next instant at which something is due and hands it out, in order, once.
import type { FleetClock } from "./fleet-clock.ts";
import type { Due, JobCatalog } from "./job-catalog.ts";

/**
 * Yields each due instant with its jobs, never before fleet time reached it; late (not twice, not never) after a
 * suspended laptop or a stepped clock. Ends when `stopping` aborts.
 */
export async function* dueInstants(
  clock: Pick<FleetClock, "sleepUntil">,
  catalog: JobCatalog,
  stopping: AbortSignal,
): AsyncGenerator<Due, void, undefined> {
  while (!stopping.aborted) {
    const changed = new AbortController();
    catalog.onChange(() => changed.abort());
    const wake = AbortSignal.any([stopping, changed.signal]);
    await clock.sleepUntil(catalog.nextAt() ?? Number.POSITIVE_INFINITY, wake);
    if (wake.aborted) continue;
    const due = catalog.takeNext();
    if (due !== null) yield due;
  }
}
