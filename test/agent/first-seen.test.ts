// From when on a job is due: from when the fleet first saw it as it is now, and what that means for one-time instants.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { scheduleHash } from "../../src/model/schedule-hash.ts";
import { insertCommand } from "../../src/store/commands.ts";
import type { Store } from "../../src/store/connect.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { clearFleet, jobOf, leaveFleet, stateOf } from "../helpers/swept-fleet.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { startAgent, until } from "../helpers/test-agent.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

await forEachTarget("first seen", (suite) => {
  let store: Store;
  let target: Target;
  before(async () => {
    ({ store } = await openTestStore(suite));
  });
  beforeEach(async () => {
    target = await startTarget();
  });
  afterEach(() => target.close());
  after(() => store.close());

  const insertJob = (job: Record<string, unknown>) => store.jobs.insertOne({ _id: job.name, ...job } as never);
  const stateOfJob = (name: string) => store.jobState.findOne({ _id: name as never });
  const runsOf = async (name: string) =>
    (await store.runs.find({ job_name: name }).toArray()).map(({ status, reason }) => `${status} ${reason}`);
  const resolvedUntil = async () => (await store.meta.findOne({ _id: "sweep" }))?.resolved_until?.getTime() ?? 0;
  /** Makes the next sweep due at once, and waits for its end. */
  const sweepAgain = async () => {
    await until(async () => (await resolvedUntil()) > 0, "sweeps have begun");
    const long = Date.now() - 20 * minuteMs;
    await store.meta.updateOne({ _id: "sweep" }, { $set: { resolved_until: new Date(long) } });
    await until(async () => (await resolvedUntil()) > long, "a sweep is through");
  };
  const reload = async () => {
    const id = await insertCommand(store, { type: "reload_jobs", target: "all" });
    await until(
      async () => ((await store.commands.findOne({ _id: id }))?.acks ?? []).length > 0,
      "the reload is acknowledged",
    );
  };

  test("a job that is saved after its time is not started for it", async () => {
    const now = Date.now();
    await leaveFleet(store, { resolvedUntil: now - 10 * minuteMs, jobs: [] });
    await insertJob({ name: "late", every_sec: 20, url: target.url });
    await using agent = await startAgent(store);
    await until(async () => (await resolvedUntil()) > now - minuteMs, "a sweep is through");
    await until(async () => (await stateOfJob("late")) !== null, "the job is noted");
    await agent.stop();
    assert.equal(await store.runs.countDocuments({ scheduled_for: { $lt: new Date(now) } }), 0);
    const since = (await stateOfJob("late"))?.since.getTime() ?? 0;
    assert.ok(since >= now - 5_000 && since <= Date.now() + 5_000);
  });

  test("the first agent of a fleet sets where sweeping begins before it notes a job", async () => {
    await clearFleet(store);
    await insertJob({ name: "first", every_sec: 3_600, url: target.url });
    await using _agent = await startAgent(store);
    await until(async () => (await stateOfJob("first")) !== null, "the job is noted");
    const begin = await resolvedUntil();
    assert.ok(begin > 0 && begin <= ((await stateOfJob("first"))?.since.getTime() ?? 0) + 1_000);
  });

  test("a one-time instant that was past when first seen runs within the grace, and else is missed as at_past, once", async () => {
    const now = Date.now();
    await leaveFleet(store, { resolvedUntil: now - 10 * minuteMs, jobs: [] });
    const at = (ago: number) => new Date(now - ago);
    const known = { name: "known before", at: at(5 * minuteMs), url: target.url };
    await insertJob(known);
    await store.jobState.insertOne(stateOf(jobOf({ _id: known.name, ...known }), 0));
    await insertJob({ name: "in grace", at: at(10_000), url: target.url });
    await insertJob({ name: "past", at: at(5 * minuteMs), url: target.url });
    await insertJob({ name: "long past", at: at(2 * dayMs), catch_up: "last", url: target.url });
    await insertJob({ name: "forgotten", at: at(40 * dayMs), url: target.url });
    await insertJob({ name: "off", at: at(5 * minuteMs), enabled: false, url: target.url });
    const expected = {
      "in grace": ["ok null"],
      past: ["missed at_past"],
      "long past": ["missed at_past"],
      "known before": ["missed start_grace_passed"],
      // Whether it ran is not known any more: its record would have expired.
      forgotten: [],
      off: [],
    };
    const found = async () =>
      Object.fromEntries(await Promise.all(Object.keys(expected).map(async (name) => [name, await runsOf(name)])));
    for (let starts = 0; starts < 2; starts++) {
      await using _agent = await startAgent(store);
      await until(
        async () => (await store.runs.countDocuments({ status: { $ne: "running" } })) >= 4,
        "all have records",
      );
      await sweepAgain();
    }
    assert.deepEqual(await found(), expected);
    assert.equal(target.requests.length, 1);
  });

  test("a one-time job that no agent was told of is found by the sweep", async () => {
    await clearFleet(store);
    await using _agent = await startAgent(store);
    await insertJob({ name: "untold", at: new Date(Date.now() - 5_000), url: target.url });
    await sweepAgain();
    await until(async () => (await runsOf("untold")).join() === "ok null", "it ran");
    assert.equal(target.requests.length, 1);
  });

  test("a job with another schedule than was seen is due from now on", async () => {
    const now = Date.now();
    const [job] = await leaveFleet(store, {
      resolvedUntil: now - 10 * minuteMs,
      jobs: [{ name: "edited", every_sec: 30, url: target.url }],
    });
    await store.jobs.updateOne({ name: "edited" }, { $set: { every_sec: 20 } });
    await using _agent = await startAgent(store);
    await until(async () => (await resolvedUntil()) > now - minuteMs, "a sweep is through");
    const state = await stateOfJob("edited");
    assert.ok((state?.since.getTime() ?? 0) >= now - 5_000);
    assert.notEqual(state?.sched_hash, job && scheduleHash(job));
    assert.equal(await store.runs.countDocuments({ scheduled_for: { $lt: new Date(now) } }), 0);
  });

  test("an edit of anything but the schedule leaves a job due since it was", async () => {
    const now = Date.now();
    await leaveFleet(store, {
      resolvedUntil: now - 10 * minuteMs,
      since: now - dayMs,
      jobs: [{ name: "reworded", every_sec: 60, url: target.url }],
    });
    await store.jobs.updateOne({ name: "reworded" }, { $set: { description: "another", method: "POST" } });
    await using _agent = await startAgent(store);
    await until(async () => (await store.runs.countDocuments({ status: "missed" })) > 5, "what was missed is recorded");
    assert.equal((await stateOfJob("reworded"))?.since.getTime(), now - dayMs);
  });

  test("a job that is disabled and enabled again is due from then on", async () => {
    await clearFleet(store);
    await insertJob({ name: "switched", every_sec: 3_600, url: target.url });
    await using _agent = await startAgent(store);
    await until(async () => (await stateOfJob("switched")) !== null, "the job is noted");
    const first = await stateOfJob("switched");
    await store.jobs.updateOne({ name: "switched" }, { $set: { enabled: false } });
    await reload();
    await until(async () => (await stateOfJob("switched"))?.sched_hash !== first?.sched_hash, "the change is noted");
    await store.jobs.updateOne({ name: "switched" }, { $set: { enabled: true } });
    await reload();
    await until(async () => (await stateOfJob("switched"))?.sched_hash === first?.sched_hash, "so is the next");
    assert.ok(((await stateOfJob("switched"))?.since ?? 0) > (first?.since ?? 0));
  });

  test("a job that is removed and inserted again starts anew, also when only the sweep noticed", async () => {
    await clearFleet(store);
    const job = { name: "returning", every_sec: 3_600, url: target.url };
    await insertJob(job);
    await using _agent = await startAgent(store);
    await until(async () => (await stateOfJob("returning")) !== null, "the job is noted");
    for (const look of [reload, sweepAgain]) {
      const before = await stateOfJob("returning");
      await store.jobs.deleteOne({ name: "returning" });
      await look();
      await until(async () => (await stateOfJob("returning"))?.sched_hash === null, "its state is void");
      assert.ok((await stateOfJob("returning"))?.voided_at instanceof Date);
      await insertJob(job);
      await look();
      await until(async () => (await stateOfJob("returning"))?.sched_hash === before?.sched_hash, "it is noted anew");
      const again = await stateOfJob("returning");
      assert.ok((again?.since ?? 0) > (before?.since ?? 0));
      assert.equal(again?.voided_at, undefined);
    }
  });

  test("a job that is invalid for a while keeps its state: another version may be able to read it", async () => {
    const now = Date.now();
    await leaveFleet(store, {
      resolvedUntil: now - 10 * minuteMs,
      since: now - dayMs,
      jobs: [{ name: "broken", every_sec: 60, url: target.url }],
    });
    await store.jobs.updateOne({ name: "broken" }, { $set: { every_sec: "often" } });
    await using _agent = await startAgent(store);
    await until(async () => (await resolvedUntil()) > now - minuteMs, "a sweep is through");
    assert.equal((await stateOfJob("broken"))?.since.getTime(), now - dayMs);
  });
});
