// An agent that comes back: what fell due in the seconds before it was there, while nobody looked.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import type { Store } from "../../src/store/connect.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { sampleRun } from "../helpers/sample-run.ts";
import { leaveFleet } from "../helpers/swept-fleet.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { startAgent, until } from "../helpers/test-agent.ts";

await forEachTarget("an agent that comes back", (suite) => {
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

  /** Once an hour, and that was so many milliseconds ago, rounded to seconds. */
  const hourlySince = (agoMs: number) => {
    const due = new Date(Math.floor((Date.now() - agoMs) / 1_000) * 1_000);
    return { due, cron: `${due.getUTCSeconds()} ${due.getUTCMinutes()} * * * *` };
  };
  const runsOf = async (name: string) =>
    (await store.runs.find({ job_name: name }).toArray()).map(
      ({ trigger, status, scheduled_for }) => `${trigger} ${status} ${scheduled_for.toISOString()}`,
    );

  test("starts what fell due just before within a grace that ends before the next sweep", async () => {
    const { due, cron } = hourlySince(3_000);
    // Just swept: the next sweep comes in more than a minute.
    await leaveFleet(store, {
      resolvedUntil: due.getTime() - 1_000,
      jobs: [{ name: "brief", cron, start_grace_sec: 45, url: `${target.url}/brief` }],
    });
    await using _agent = await startAgent(store);
    await until(async () => (await runsOf("brief")).length > 0, "the occurrence has its record");
    await target.waitForRequests(1);
    await until(async () => !(await runsOf("brief")).join().includes("running"), "its run ended");
    assert.deepEqual(await runsOf("brief"), [`schedule ok ${due.toISOString()}`]);
  });

  test("leaves to its record what another agent ran, and starts nothing from before a job was first seen", async () => {
    const { due, cron } = hourlySince(3_000);
    const [done] = await leaveFleet(store, {
      resolvedUntil: due.getTime() - 1_000,
      since: due.getTime() - 1,
      jobs: [{ name: "done", cron, url: target.url }],
    });
    assert.ok(done);
    const record = { ...sampleRun({ job: done, scheduledFor: due.getTime() }), status: "ok" as const };
    await store.runs.insertOne(record);
    await store.jobs.insertOne({ name: "new", cron, url: target.url });
    await store.jobs.insertOne({ name: "edited", cron, url: target.url });
    const edited = await store.jobs.findOne({ name: "edited" });
    await store.jobState.insertOne({ _id: edited?._id, sched_hash: "of another schedule", since: new Date(0) });
    await store.jobs.insertOne({ name: "last", every_sec: 1, url: `${target.url}/last` });
    await using _agent = await startAgent(store);
    // What is due at once, or was, comes before it.
    await until(async () => (await runsOf("last")).length >= 2, "it is at work");
    assert.deepEqual(await runsOf("done"), [`schedule ok ${due.toISOString()}`]);
    assert.deepEqual([await runsOf("new"), await runsOf("edited")], [[], []]);
    assert.equal((await store.runs.findOne({ _id: record._id }))?.claim_id, record.claim_id);
    assert.ok(target.requests.every(({ url }) => url === "/last"));
  });

  test("records what is later than its grace as missed, but leaves it to the sweep where catch_up has a say", async () => {
    const { due, cron } = hourlySince(9_000);
    const job = { cron, start_grace_sec: 1 };
    await leaveFleet(store, {
      resolvedUntil: due.getTime() - 1_000,
      jobs: [
        { ...job, name: "none", url: `${target.url}/none` },
        { ...job, name: "caught up", catch_up: "last", url: `${target.url}/late` },
      ],
    });
    await using _agent = await startAgent(store);
    const longAgo = { $set: { resolved_until: new Date(due.getTime() - 300_000) } };
    const isRecorded = async () => {
      await store.meta.updateOne({ _id: "sweep" }, longAgo);
      const runs = [...(await runsOf("none")), ...(await runsOf("caught up"))];
      return runs.length === 2 && !runs.join().includes("running");
    };
    await until(isRecorded, "both have their record");
    assert.deepEqual(await runsOf("none"), [`schedule missed ${due.toISOString()}`]);
    assert.deepEqual(await runsOf("caught up"), [`catch_up ok ${due.toISOString()}`]);
    assert.deepEqual(
      target.requests.map(({ url }) => url),
      ["/late"],
    );
  });
});
