// What the records of a job's runs say about trouble, and the mark on those that people are to be told of.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { NoticeDocument, RunDocument } from "../../src/store/collections.ts";
import type { Store } from "../../src/store/connect.ts";
import { clearDueRuns, findDueRuns, findGoodRun, isBadInARow } from "../../src/store/due-runs.ts";
import { ensureIndexes } from "../../src/store/ensure-indexes.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { sampleJob, sampleRun } from "../helpers/sample-run.ts";

const job = sampleJob();
const begin = Date.UTC(2026, 0, 1);
const second = (i: number) => new Date(begin + i * 1_000);
const notice: NoticeDocument = { event: "failed", channels: ["ops"], after: 1, recovered: true, slow_ms: null };

await forEachTarget("runs to be told of", (suite) => {
  let store: Store;
  before(async () => {
    ({ store } = await openTestStore(suite));
    await ensureIndexes(store);
  });
  after(() => store.close());
  beforeEach(() => store.runs.deleteMany({}));

  /** One run each second. */
  const insert = (runs: readonly Partial<RunDocument>[]) =>
    store.runs.insertMany(runs.map((run, i) => ({ ...sampleRun({ job, scheduledFor: begin + i * 1_000 }), ...run })));

  test("marked runs are found in the order they were due, by the index that holds no others, until they are cleared", async () => {
    await insert([{ status: "ok" }, { status: "error", notify_due: notice }, { status: "error", notify_due: notice }]);
    const found = await findDueRuns(store, 10);
    assert.deepEqual(
      found.map(({ scheduled_for, notify_due }) => [scheduled_for, notify_due]),
      [
        [second(1), notice],
        [second(2), notice],
      ],
    );
    assert.deepEqual(await findDueRuns(store, 1), found.slice(0, 1));
    await clearDueRuns(store, [found[0]?._id ?? ""]);
    assert.deepEqual(await findDueRuns(store, 10), found.slice(1));
  });

  test("bad in a row are the last so many that ended, whatever was skipped, cancelled or is under way between them", async () => {
    await insert([
      { status: "error" },
      { status: "ok" },
      { status: "missed" },
      { status: "skipped" },
      { status: "lost" },
      { status: "aborted", reason: "cancelled" },
      { status: "running" },
      { status: "error" },
    ]);
    const isBad = (count: number, at = second(7)) => isBadInARow(store, { jobId: job.id, at, count });
    assert.deepEqual(await Promise.all([1, 3, 4].map((count) => isBad(count))), [true, true, false]);
    assert.equal(await isBad(2, second(4)), true);
    assert.equal(await isBad(3, second(4)), false);
    assert.equal(await isBad(2, second(0)), false, "there are not so many");
  });

  test("the first good run counts, and of a slow job the first quick one", async () => {
    await insert([
      { status: "ok", elapsed_ms: 10 },
      { status: "error", elapsed_ms: 10 },
      { status: "ok", elapsed_ms: 500 },
      { status: "ok", elapsed_ms: 100 },
    ]);
    const good = async (from: Date, slowMs: number | null) =>
      (await findGoodRun(store, { jobId: job.id, from, slowMs }))?.scheduled_for ?? null;
    assert.deepEqual(await good(second(1), null), second(2));
    assert.deepEqual(await good(second(1), 100), second(3));
    assert.deepEqual(await good(second(1), 99), null);
  });
});
