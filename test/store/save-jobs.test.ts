import assert from "node:assert/strict";
import { test } from "node:test";
import { ensureIndexes } from "../../src/store/ensure-indexes.ts";
import { newJobId, removeJobsOfGroup, saveJobs } from "../../src/store/save-jobs.ts";
import { failCommand } from "../helpers/fail-command.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";

await forEachTarget("many jobs at once", (suite) => {
  const nobodyCounts = () => undefined;

  test("a name that somebody took meanwhile is refused by its job, and the others are written", async () => {
    const { store } = await openTestStore(suite);
    await ensureIndexes(store);
    await store.jobs.insertMany([
      { _id: "old" as never, name: "changed", hour: 1 },
      { _id: "theirs" as never, name: "taken", hour: 1 },
    ]);
    const jobs = [
      { _id: "old", name: "changed", hour: 2 },
      { _id: "ours", name: "taken", hour: 2 },
      { _id: newJobId(), name: "new", hour: 2 },
    ];
    const refused = await saveJobs(store, jobs, nobodyCounts);
    assert.deepEqual(refused, [{ document: jobs[1], reason: "a job of that name exists by now" }]);
    const stored = await store.jobs.find({}, { sort: { name: 1 } }).toArray();
    assert.deepEqual(
      stored.map(({ name, hour }) => [name, hour]),
      [
        ["changed", 2],
        ["new", 2],
        ["taken", 1],
      ],
    );
    await store.jobs.deleteMany({});
    await store.close();
  });

  test("a write without an answer is repeated, and the jobs are there once", async () => {
    const { store, appName } = await openTestStore(suite);
    const failure = { failCommands: ["update"], appName, writeConcernError: { code: 91, errmsg: "shutting down" } };
    const jobs = Array.from({ length: 700 }, (_, i) => ({ _id: newJobId(), name: `job-${i}` }));
    const counts: number[] = [];
    {
      await using _failing = await failCommand(suite, failure, 1);
      assert.deepEqual(await saveJobs(store, jobs, (count) => counts.push(count)), []);
    }
    assert.deepEqual(counts, [500, 700]);
    assert.equal(await store.jobs.countDocuments(), 700);
    await store.jobs.deleteMany({});
    await store.close();
  });

  test("a job that left the group meanwhile is not removed with it", async () => {
    const { store } = await openTestStore(suite);
    await store.jobs.insertMany([
      { _id: "a" as never, name: "a", group: "g" },
      { _id: "b" as never, name: "b", group: "h" },
      { _id: "c" as never, name: "c", group: "g" },
    ]);
    await removeJobsOfGroup(store, "g", ["a", "b"]);
    const left = await store.jobs.find({}, { sort: { name: 1 } }).toArray();
    assert.deepEqual(
      left.map(({ name }) => name),
      ["b", "c"],
    );
    await store.jobs.deleteMany({});
    await store.close();
  });
});
