import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ObjectId } from "mongodb";
import type { Store } from "../../src/store/connect.ts";
import { type JobState, readJobStates, writeJobStates } from "../../src/store/job-state.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";

await forEachTarget("job states", (target) => {
  let store: Store;
  before(async () => {
    ({ store } = await openTestStore(target));
  });
  after(() => store.close());
  beforeEach(() => store.jobState.deleteMany({}));

  const read = async (jobId: unknown): Promise<JobState> => {
    const [state] = await readJobStates(store, [jobId]);
    assert.ok(state !== undefined);
    return state;
  };

  test("a job is noted once, by the server's clock, whoever else sees it at the same time", async () => {
    const jobId = new ObjectId();
    await Promise.all(
      Array.from({ length: 10 }, (_, i) => writeJobStates(store, [{ jobId, seen: null, hash: `hash ${i}` }])),
    );
    const first = await read(jobId);
    assert.ok(Math.abs((first.since?.getTime() ?? 0) - Date.now()) < 60_000);
    await writeJobStates(store, [{ jobId, seen: null, hash: "another" }]);
    assert.deepEqual(await read(jobId), first, "who is late changes nothing");
  });

  test("a change applies only to the state that was seen: the hash and since when", async () => {
    await writeJobStates(store, [{ jobId: "a", seen: null, hash: "on" }]);
    const on = await read("a");
    await writeJobStates(store, [{ jobId: "a", seen: on, hash: "off" }]);
    const off = await read("a");
    assert.equal(off.hash, "off");
    await writeJobStates(store, [{ jobId: "a", seen: off, hash: "on" }]);
    const again = await read("a");
    // One that read the state before all this, and a definition of before it.
    await writeJobStates(store, [{ jobId: "a", seen: { ...on, since: new Date(1) }, hash: "off" }]);
    assert.deepEqual(await read("a"), again, "the same hash with another since is another state");
  });

  test("a state is voided and written anew; a late voiding of what was there before does nothing", async () => {
    await writeJobStates(store, [{ jobId: 5, seen: null, hash: "on" }]);
    const on = await read(5);
    await writeJobStates(store, [{ jobId: 5, seen: on, hash: null }]);
    const gone = await read(5);
    assert.deepEqual([gone.hash, gone.isVoided, gone.isBroken], [null, true, false]);
    await writeJobStates(store, [{ jobId: 5, seen: gone, hash: "on" }]);
    const back = await read(5);
    assert.deepEqual([back.hash, back.isVoided, back.isBroken], ["on", false, false]);
    await writeJobStates(store, [{ jobId: 5, seen: gone, hash: null }]);
    assert.deepEqual(await read(5), back);
  });

  test("one that was broken is mended unless somebody mended it before", async () => {
    await store.jobState.insertOne({ _id: "a", since: "long ago" } as never);
    const broken = await read("a");
    assert.ok(broken.isBroken);
    await writeJobStates(store, [{ jobId: "a", seen: broken, hash: "mended" }]);
    const mended = await read("a");
    assert.deepEqual([mended.hash, mended.isBroken], ["mended", false]);
    await writeJobStates(store, [{ jobId: "a", seen: broken, hash: "late" }]);
    assert.deepEqual(await read("a"), mended);
  });

  test("more than one command holds are written all the same, and all are read", async () => {
    const changes = Array.from({ length: 1_300 }, (_, jobId) => ({ jobId, seen: null, hash: "x" }));
    await writeJobStates(store, changes);
    assert.equal((await readJobStates(store)).length, 1_300);
    assert.equal((await readJobStates(store, [1, 2, "2"])).length, 2);
  });
});
