// Documents that a hand has broken: the sweep says which, mends them and goes on.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Document, MaxKey } from "mongodb";
import type { Job } from "../../src/model/job.ts";
import { duesBetween } from "../../src/model/schedule.ts";
import type { Store } from "../../src/store/connect.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { leaveFleet } from "../helpers/swept-fleet.ts";
import { startAgent, type TestAgent, until } from "../helpers/test-agent.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const url = "http://127.0.0.1:9/";
const far = new Date(253_402_300_799_999 + 1);
const long = Array.from({ length: 10_000 }, (_, i) => i);

await forEachTarget("malformed documents", (suite) => {
  let store: Store;
  before(async () => {
    ({ store } = await openTestStore(suite));
  });
  after(() => store.close());

  const recorded = async (job: Job, from: number, to: number) => {
    const dues = duesBetween(job.schedule, from, to, 100).map((at) => `${job.idText}@${new Date(at).toISOString()}`);
    assert.ok(dues.length > 0);
    await until(
      async () => (await store.runs.countDocuments({ _id: { $in: dues } })) === dues.length,
      "every occurrence has its record",
    );
  };
  const told = (agent: TestAgent, id: string) =>
    agent.logged.some((entry) => entry.id === id && entry.msg === "malformed document written anew");

  for (const [what, fields] of [
    ["a text", { resolved_until: "2026-01-01" }],
    ["a number", { resolved_until: 5 }],
    ["true, which the server holds for less than a date", { resolved_until: true }],
    ["more than any date", { resolved_until: new MaxKey() }],
    ["a list of dates", { resolved_until: [new Date(0)] }],
    ["a huge list", { resolved_until: long }],
    ["a date in the future", { resolved_until: new Date(Date.now() + hourMs) }],
    ["no field at all", {}],
    ["no document at all", null],
  ] satisfies [string, Document | null][]) {
    test(`where the sweep came to is ${what}: it looks at the last 24 hours again`, async () => {
      const now = Date.now();
      const [job] = await leaveFleet(store, { resolvedUntil: now, jobs: [{ name: "hours", cron: "0 * * * *", url }] });
      await store.meta.deleteOne({ _id: "sweep" });
      if (fields !== null) await store.db.collection<Document>("meta").insertOne({ ...fields, _id: "sweep" as never });
      await using agent = await startAgent(store);
      await recorded(job as Job, now - 23 * hourMs, now - minuteMs);
      assert.ok(told(agent, "sweep"));
      const until = (await store.meta.findOne({ _id: "sweep" }))?.resolved_until;
      assert.ok(until instanceof Date && until.getTime() < Date.now());
    });
  }

  test("states of jobs with wrong types, or none, or ids no job can have, hold up no other job", async () => {
    const now = Date.now();
    const broken: Document[] = [
      { sched_hash: 5, since: new Date(0) },
      { sched_hash: ["a"], since: new Date(0) },
      { sched_hash: null, since: new Date(0) },
      { sched_hash: "0000000000000000", since: "yesterday" },
      { sched_hash: "0000000000000000", since: 5 },
      { sched_hash: "0000000000000000", since: [new Date(0)] },
      { sched_hash: "0000000000000000", since: null },
      { sched_hash: "0000000000000000", since: far },
      { sched_hash: "0000000000000000", since: new Date(-1) },
      { sched_hash: long, since: long, voided_at: long },
      { sched_hash: null, since: new Date(0), voided_at: "once" },
      {},
    ];
    const names = broken.map((_, i) => `broken ${i}`);
    const jobs = await leaveFleet(store, {
      resolvedUntil: now - 10 * minuteMs,
      jobs: [{ name: "sound", every_sec: 60, url }, ...names.map((name) => ({ name, every_sec: 3_600, url }))],
    });
    const states = store.db.collection<Document>("job_state");
    await states.deleteMany({ _id: { $ne: "sound" as never } });
    await states.insertMany(broken.map((fields, i) => ({ ...fields, _id: names[i] as never })));
    for (const id of [{ a: 1 }, null, 9.7, new Date(0), true]) await states.insertOne({ _id: id as never, since: 1 });
    await using agent = await startAgent(store);
    await recorded(jobs[0] as Job, now - 10 * minuteMs, now - minuteMs);
    await until(
      async () =>
        (await states.countDocuments({
          _id: { $in: names as never[] },
          sched_hash: { $type: "string" },
          since: { $gte: new Date(now - 5_000), $lte: new Date(Date.now() + 5_000) },
        })) === names.length,
      "all are mended",
    );
    for (const name of names) assert.ok(told(agent, name), name);
  });
});
