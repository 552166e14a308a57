// A job with a jitter on real agents: started late on purpose, recorded for its instant, and by one agent alone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { jitterMs } from "../../src/model/schedule.ts";
import type { Store } from "../../src/store/connect.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { startAgent, until } from "../helpers/test-agent.ts";

await forEachTarget("jitter", (suite) => {
  let store: Store;
  let target: Target;
  before(async () => {
    ({ store } = await openTestStore(suite));
    target = await startTarget();
  });
  after(async () => {
    await target.close();
    await store.close();
  });

  test("starts wait for their own jitter, beyond the grace too, and keep their instant", async () => {
    const at = Math.ceil(Date.now() / 1_000) * 1_000 + 2_000;
    const ids = Array.from({ length: 200 }, (_, i) => `job-${i}`);
    const delayOf = (idText: string) => jitterMs({ idText, schedule: { tz: "UTC", rules: [], jitterSec: 5 } }, at);
    const chosen = [0, 1_000, 4_000].map((ms) => ids.find((id) => delayOf(id) === ms) ?? "");
    await store.jobs.insertMany(
      chosen.map((id) => ({
        ...{ _id: id as never, name: id, url: `${target.url}/${id}` },
        ...{ at: new Date(at), jitter_sec: 5, start_grace_sec: 2 },
      })),
    );
    await using one = await startAgent(store);
    await using two = await startAgent(store);
    await until(() => one.runs.length + two.runs.length >= 3, "all have run");
    await one.stop();
    await two.stop();

    const runs = await store.runs.find().sort({ start_at: 1 }).toArray();
    assert.deepEqual(
      runs.map((run) => [run.job_id, run.status, run.scheduled_for.getTime()]),
      chosen.map((id) => [id, "ok", at]),
    );
    for (const run of runs) assert.ok((run.start_at?.getTime() ?? 0) >= at + delayOf(String(run.job_id)) - 5);
    assert.equal(target.requests.length, 3);
  });
});
