// Places in the line: who goes first, who closes up, and what a damaged row or a copied machine id can do (little).
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, beforeEach, test } from "node:test";
import type { Document } from "mongodb";
import type { FleetCronError } from "../../src/errors.ts";
import type { Store } from "../../src/store/connect.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { startAgent, type TestAgent, testSettings, until } from "../helpers/test-agent.ts";

await forEachTarget("serials of agents", (suite) => {
  let store: Store;
  let target: Target;
  const rows = () => store.db.collection("serials");

  before(async () => {
    ({ store } = await openTestStore(suite));
    target = await startTarget();
  });
  after(async () => {
    await target.close();
    await store.close();
  });
  beforeEach(async () => {
    const { jobs, runs, machines, serials } = store;
    for (const collection of [jobs, runs, machines, serials]) await collection.drop().catch(() => undefined);
  });

  /** Serial → machine id, of those that are held. */
  const holders = async () => {
    const held = await rows()
      .find({ assigned_to: { $type: "string" } })
      .toArray();
    return new Map(held.map((row) => [row.serial, row.assigned_to]));
  };
  const isHeldBy = (serial: number, agent: TestAgent) => async () => (await holders()).get(serial) === agent.machineId;
  const heldByAnother = (serial: number): Document => ({
    ...{ serial, assigned_to: "another", instance_id: "another", hostname: "another", last_assigned_to: "another" },
    ...{ epoch: 7, beat_at: new Date(), lease_ms: 3_600_000 },
  });
  const serialShown = async (agent: TestAgent) =>
    (await store.machines.findOne({ machine_id: agent.machineId }))?.serial ?? null;
  const insertJob = () => store.jobs.insertOne({ name: "each second", every_sec: 1, url: `${target.url}/each` });

  test("of three agents and two serials the third waits, and moves up when one stops", async () => {
    await insertJob();
    const settings = { maxSerial: 2, leaseSec: 6 };
    await using first = await startAgent(store, settings);
    await using second = await startAgent(store, settings);
    await using third = await startAgent(store, settings);
    assert.deepEqual([...(await holders())].sort(), [
      [1, first.machineId],
      [2, second.machineId],
    ]);
    assert.equal(await serialShown(third), null);
    await first.stop();
    await until(async () => {
      const held = await holders();
      return held.size === 2 && [second, third].every((agent) => [...held.values()].includes(agent.machineId));
    }, "the third has a serial");
    const late = [second, third];
    await until(isHeldBy(1, (await isHeldBy(1, second)()) ? second : third), "somebody is first in line");
    const seen = late.flatMap((agent) => agent.runs).length;
    await until(() => late.flatMap((agent) => agent.runs).length >= seen + 2, "the fleet works on");
    const runs = await store.runs.find().sort({ scheduled_for: 1 }).toArray();
    const start = runs[0]?.scheduled_for.getTime() ?? 0;
    assert.deepEqual(
      runs.map((run) => run.scheduled_for.getTime()),
      runs.map((_, i) => start + i * 1_000),
      "no second is left out",
    );
  });

  test("an agent without a serial takes its turn last, and has one as soon as one is free", async () => {
    await rows().insertMany([heldByAnother(1), heldByAnother(2)]);
    await insertJob();
    // So long that only the beat asks again in time.
    await using agent = await startAgent(store, { maxSerial: 2, leaseSec: 600 });
    await until(() => agent.runs.length >= 2, "it works without a serial");
    for (const run of await store.runs.find().toArray()) {
      assert.equal(run.executed_by_serial, null);
      assert.ok(run.late_ms >= 2 * testSettings.staggerSec * 1_000, `${run.late_ms} ms late`);
    }
    await rows().updateOne({ serial: 2 }, { $set: { assigned_to: null } });
    await until(isHeldBy(2, agent), "it has serial 2", 20_000);
    const isShown = async () => (await store.runs.findOne({ executed_by_serial: 2 })) !== null;
    await until(isShown, "it works as serial 2");
  });

  test("the line closes up when the first in line stops, whose place is free at once", async () => {
    await using first = await startAgent(store, { leaseSec: 6 });
    await using second = await startAgent(store, { leaseSec: 6 });
    assert.equal((await holders()).get(2), second.machineId);
    await first.stop();
    const row = await rows().findOne({ serial: 1 });
    assert.ok(row?.assigned_to === null || row?.assigned_to === second.machineId, "not held by the stopped agent");
    await until(isHeldBy(1, second), "the second is first");
    await until(async () => (await rows().findOne({ serial: 2 }))?.assigned_to === null, "its old place is free");
    assert.equal((await rows().findOne({ serial: 2 }))?.last_assigned_to, second.machineId);
    await until(async () => (await serialShown(second)) === 1, "its machine shows the new serial");
    assert.ok(!second.logged.some((entry) => entry.msg === "serial lost"));
  });

  test("a machine that comes back finds its old place", async () => {
    await using first = await startAgent(store);
    const second = await startAgent(store);
    const third = await startAgent(store);
    const { machineId } = third;
    await second.stop();
    await third.stop();
    await using again = await startAgent(store, { machineId });
    assert.deepEqual(new Set([...(await holders()).values()]), new Set([first.machineId, again.machineId]));
    assert.equal((await holders()).get(3), machineId);
  });

  test("a serial taken by another is noticed at the next beat, and another is acquired", async () => {
    await using agent = await startAgent(store);
    await rows().replaceOne({ serial: 1 }, heldByAnother(1));
    await until(isHeldBy(2, agent), "it has the next one");
    assert.ok(agent.logged.some((entry) => entry.msg === "serial lost" && entry.serial === 1));
    assert.equal((await holders()).get(1), "another");
    await rows().deleteMany({});
    await until(isHeldBy(1, agent), "a row deleted by hand comes back");
  });

  test("serial rows damaged by hand stop nobody", async () => {
    await rows().insertMany([
      { ...heldByAnother(1), beat_at: "yesterday" },
      { ...heldByAnother(2), lease_ms: "a minute" },
      { serial: 3, assigned_to: null, epoch: "first" },
      { serial: "four", assigned_to: 4 },
      { serial: null },
      { assigned_to: ["nobody"], beat_at: { at: 1 } },
      { ...heldByAnother(5), beat_at: new Date(8.64e15), lease_ms: 9e15 },
    ]);
    await insertJob();
    await using one = await startAgent(store, { maxSerial: 6 });
    await using two = await startAgent(store, { maxSerial: 6 });
    await until(() => one.runs.length + two.runs.length >= 3, "jobs run");
    assert.deepEqual(new Set([await serialShown(one), await serialShown(two)]), new Set([1, 2]));
    const failed = ["background loop failed", "task failed"];
    for (const { logged } of [one, two]) assert.ok(!logged.some((entry) => failed.includes(String(entry.msg))));
  });

  test("a serial of an older agent without lease fields is free once its machine was silent for the lease time", async () => {
    await store.db.collection("machines").insertOne({ machine_id: "old", last_seen: new Date(Date.now() + 600_000) });
    await rows().insertOne({ serial: 1, assigned_to: "old" });
    await using agent = await startAgent(store, { leaseSec: 6 });
    assert.deepEqual(
      [...(await holders())],
      [
        [1, "old"],
        [2, agent.machineId],
      ],
    );
    const looks = () => agent.logged.filter((entry) => entry.msg === "serial acquired").length;
    assert.equal(looks(), 1);
    await store.db.collection("machines").updateOne({ machine_id: "old" }, { $set: { last_seen: new Date(0) } });
    await until(isHeldBy(1, agent), "it is first in line");
  });

  test("a copied machine id is refused on another host, and the first agent works on", async () => {
    const machineId = randomUUID();
    await insertJob();
    await using first = await startAgent(store, { machineId, hostname: "alpha" });
    await assert.rejects(startAgent(store, { machineId, hostname: "beta" }), (error: FleetCronError) => {
      assert.equal(error.code, "machine_cloned");
      assert.match(error.message, /in use by an agent on alpha; this host is beta/);
      return true;
    });
    const seen = first.runs.length;
    await until(() => first.runs.length >= seen + 2, "the first works on");
    assert.equal(await isHeldBy(1, first)(), true);
  });

  test("of two processes of one machine the older one never takes the serial back from the newer", async () => {
    const machineId = randomUUID();
    // The machine's own row is beaten too seldom to tell it in time.
    await using older = await startAgent(store, { machineId, heartbeatSec: 600 });
    await using newer = await startAgent(store, { machineId });
    const movedTo = (serial: number) => () =>
      older.logged.some((entry) => entry.msg === "serial acquired" && entry.serial === serial);
    await until(movedTo(2), "the older one has another");
    const first = await rows().findOne({ serial: 1 });
    assert.deepEqual([first?.instance_id, first?.epoch], [newer.instanceId, 2]);
  });

  test("the same machine started twice: the newer agent takes over and the older one ends", async () => {
    const machineId = randomUUID();
    await using older = await startAgent(store, { machineId, hostname: "alpha" });
    await using newer = await startAgent(store, { machineId, hostname: "alpha" });
    await assert.rejects(older.ended, (error: FleetCronError) => error.code === "machine_cloned");
    const row = await store.machines.findOne({ machine_id: machineId });
    assert.deepEqual(
      [row?.state, row?.instance_id],
      ["active", newer.instanceId],
      "its end doesn't stop the newer one",
    );
    const isNewers = async () => (await rows().findOne({ serial: 1 }))?.instance_id === newer.instanceId;
    await until(isNewers, "the newer one is first in line");
  });
});
