import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { Double, Int32, Long, ObjectId } from "mongodb";
import type { Store } from "../../src/store/connect.ts";
import { ensureIndexes } from "../../src/store/ensure-indexes.ts";
import {
  findJobByNameOrId,
  findStoredJobs,
  insertJob,
  loadJobDocuments,
  loadStoredJobs,
  removeJob,
  replaceJob,
  setJobEnabled,
} from "../../src/store/jobs.ts";
import { failCommand } from "../helpers/fail-command.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";

await forEachTarget("jobs", (target) => {
  let store: Store;
  let appName: string;
  before(async () => {
    ({ store, appName } = await openTestStore(target));
    await ensureIndexes(store);
  });
  after(() => store.close());
  beforeEach(() => store.jobs.deleteMany({}));

  test("numbers of every type a tool may write arrive as plain numbers", async () => {
    await store.jobs.insertOne({
      name: "n",
      hour: new Int32(9),
      minute: Long.fromNumber(30),
      timeout_sec: new Double(10),
    });
    const [job] = await loadJobDocuments(store);
    assert.deepEqual([job?.hour, job?.minute, job?.timeout_sec], [9, 30, 10]);
  });

  test("all documents are loaded, valid or not", async () => {
    await store.jobs.insertMany(
      Array.from({ length: 2_500 }, (_, i) => (i % 2 === 0 ? { name: `j${i}` } : { nonsense: i })),
    );
    assert.equal((await loadJobDocuments(store)).length, 2_500);
  });

  test("jobs are read again by ids of any type; removed ones are missing", async () => {
    const id = await insertJob(store, { name: "a" });
    await store.jobs.insertMany([
      { _id: 7, name: "b" },
      { _id: "text", name: "c" },
    ] as never);
    const found = await findStoredJobs(store, [id, 7, "text", "gone"]);
    assert.deepEqual(found.map((stored) => stored.read().name).sort(), ["a", "b", "c"]);
  });

  test("a stored job's digest stays while the document does, and changes with any of it", async () => {
    const id = await insertJob(store, { name: "a", every_sec: 5 });
    const digest = async () => (await findStoredJobs(store, [id]))[0]?.digest;
    const before = await digest();
    assert.equal(await digest(), before);
    assert.equal((await loadStoredJobs(store)).find((stored) => stored.read().name === "a")?.digest, before);
    await replaceJob(store, id, { name: "a", every_sec: 6 });
    assert.notEqual(await digest(), before);
  });

  test("a person finds a job by name, hex id, number or text id", async () => {
    const id = await insertJob(store, { name: "by-name" });
    await store.jobs.insertMany([
      { _id: 7, name: "seven" },
      { _id: "text", name: "c" },
    ] as never);
    for (const [text, name] of [
      ["by-name", "by-name"],
      [String(id), "by-name"],
      ["7", "seven"],
      ["text", "c"],
    ] as const) {
      assert.equal((await findJobByNameOrId(store, text))?.name, name);
    }
    assert.equal(await findJobByNameOrId(store, "nobody"), null);
  });

  test("a second job of one name is refused by name", async () => {
    await insertJob(store, { name: "report" });
    await assert.rejects(insertJob(store, { name: "report" }), {
      code: "job_exists",
      message: 'a job with the name "report" exists already',
    });
    const other = await insertJob(store, { name: "other" });
    await assert.rejects(replaceJob(store, other, { name: "report" }), { code: "job_exists" });
  });

  test("a second job of one _id is refused by _id", async () => {
    await insertJob(store, { _id: "x", name: "a" });
    await assert.rejects(insertJob(store, { _id: "x", name: "b" }), /_id "x" exists already/);
  });

  test("an insert that was applied without the majority's word is repeated and not a duplicate", async () => {
    const failure = { failCommands: ["insert"], appName, writeConcernError: { code: 64, errmsg: "too slow" } };
    await using _ = await failCommand(target, failure, 1);
    const id = await insertJob(store, { name: "once" });
    assert.ok(id instanceof ObjectId);
    assert.equal(await store.jobs.countDocuments({ name: "once" }), 1);
  });

  test("replace, disable and remove say whether the job was there", async () => {
    const id = await insertJob(store, { name: "a", hour: 1 });
    assert.equal(await replaceJob(store, id, { _id: "ignored", name: "a", minute: 5 }), true);
    assert.equal(await setJobEnabled(store, id, false), true);
    assert.deepEqual(await findJobByNameOrId(store, "a"), { _id: id, name: "a", minute: 5, enabled: false });
    assert.equal(await removeJob(store, id), true);
    assert.equal(await removeJob(store, id), false);
    assert.equal(await replaceJob(store, id, { name: "a" }), false);
    assert.equal(await setJobEnabled(store, id, true), false);
  });
});
