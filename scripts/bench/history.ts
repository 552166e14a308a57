// Finished runs, as they lie in a database after some time.
import type { Store } from "../../src/store/connect.ts";
import { sampleJob, sampleRun } from "../../test/helpers/sample-run.ts";

export async function fillHistory(store: Store, count: number): Promise<void> {
  const job = sampleJob({ name: "history" });
  for (let i = 0; i < count; i += 5_000) {
    const runs = Array.from({ length: 5_000 }, (_, k) => ({
      ...sampleRun({ job, scheduledFor: Date.now() - (i + k + 1) * 1_000 }),
      status: "ok" as const,
    }));
    await store.runs.insertMany(runs, { ordered: false });
  }
}
