import assert from "node:assert/strict";
import type { Store } from "../../src/store/connect.ts";

/** Fails unless every second from the job's first run to its last has its run, and all are ok. */
export async function assertEverySecond(store: Store, jobName: string): Promise<void> {
  const runs = await store.runs.find({ job_name: jobName }).sort({ scheduled_for: 1 }).toArray();
  const first = runs[0]?.scheduled_for.getTime() ?? 0;
  assert.deepEqual(
    // The last one may be under way.
    runs.map((run, i) => [run.scheduled_for.getTime() - first, i === runs.length - 1 ? "ok" : run.status]),
    runs.map((_, i) => [i * 1_000, "ok"]),
  );
}
