import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Store } from "../../src/store/connect.ts";
import { insertRun } from "../../src/store/runs.ts";
import { advanceResolvedUntil, beginSweeps, findResolvedUntil, resetResolvedUntil } from "../../src/store/sweep.ts";
import { extendSummary, hasNewerStart, readRunIdsBetween, readRunRecords } from "../../src/store/sweep-records.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { sampleJob, sampleRun } from "../helpers/sample-run.ts";

await forEachTarget("how far sweeps came", (target) => {
  let store: Store;
  before(async () => {
    ({ store } = await openTestStore(target));
  });
  after(() => store.close());
  beforeEach(async () => {
    await Promise.all([store.meta.deleteMany({}), store.runs.deleteMany({})]);
  });

  const past = (ago: number) => new Date(Date.now() - ago);

  test("the first beginning stands, however many agents begin", async () => {
    assert.equal(await findResolvedUntil(store), "absent");
    const begins = Array.from({ length: 10 }, (_, i) => past(i * 1_000));
    await Promise.all(begins.map((begin) => beginSweeps(store, begin)));
    const begun = await findResolvedUntil(store);
    assert.ok(begun instanceof Date);
    await beginSweeps(store, past(0));
    assert.deepEqual(await findResolvedUntil(store), begun);
  });

  test("it moves on and never back", async () => {
    await beginSweeps(store, past(60_000));
    const to = past(30_000);
    await advanceResolvedUntil(store, to);
    await advanceResolvedUntil(store, past(40_000));
    assert.deepEqual(await findResolvedUntil(store), to);
  });

  test("it never moves past the server's own clock", async () => {
    const begin = past(60_000);
    await beginSweeps(store, begin);
    await advanceResolvedUntil(store, new Date(Date.now() + 3_600_000));
    assert.deepEqual(await findResolvedUntil(store), begin);
  });

  test("a reset of what was seen does not undo what another agent has mended", async () => {
    await store.meta.insertOne({ _id: "sweep", resolved_until: "soon" } as never);
    assert.equal(await findResolvedUntil(store), "broken");
    const mended = past(1_000);
    await resetResolvedUntil(store, "broken", mended);
    await resetResolvedUntil(store, "broken", past(9_000));
    await resetResolvedUntil(store, past(-90_000), past(9_000));
    assert.deepEqual(await findResolvedUntil(store), mended);
  });

  test("records are found by id and by time, and newer starts by job", async () => {
    const job = sampleJob();
    const now = Date.now();
    const runs = [0, 1, 2].map((i) => sampleRun({ job, scheduledFor: now - i * 60_000 }));
    for (const [i, run] of runs.entries()) await insertRun(store, { ...run, status: i === 0 ? "missed" : "ok" });
    const ids = runs.map(({ _id }) => _id);
    const many = Array.from({ length: 2_500 }, (_, i) => `none ${i}`);
    assert.deepEqual([...(await readRunRecords(store, [...many, ...ids])).keys()].sort(), [...ids].sort());
    const between = await readRunIdsBetween(store, new Date(now - 120_000), new Date(now - 60_000));
    assert.deepEqual([...between], [ids[1]]);
    assert.equal(await hasNewerStart(store, job.id, new Date(now - 120_000)), true);
    assert.equal(await hasNewerStart(store, job.id, new Date(now - 60_000)), false, "what was missed did not start");
    assert.equal(await hasNewerStart(store, "another", new Date(0)), false);
  });

  test("a summary only ever grows", async () => {
    const now = Date.now();
    const summary = {
      ...sampleRun(),
      status: "missed" as const,
      from: past(9_000),
      to: new Date(now - 5_000),
      count: 3,
    };
    await insertRun(store, summary);
    await extendSummary(store, { ...summary, to: new Date(now - 7_000), count: 2 });
    assert.equal((await store.runs.findOne({ _id: summary._id }))?.count, 3);
    await extendSummary(store, { ...summary, to: new Date(now - 1_000), count: 8 });
    assert.equal((await store.runs.findOne({ _id: summary._id }))?.count, 8);
  });
});
