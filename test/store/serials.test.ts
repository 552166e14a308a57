import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, beforeEach, test } from "node:test";
import type { Document } from "mongodb";
import { findAbandonedSerials } from "../../src/store/abandoned-serials.ts";
import type { Store } from "../../src/store/connect.ts";
import { ensureIndexes } from "../../src/store/ensure-indexes.ts";
import {
  acquireSerial,
  beatSerial,
  type ListedSerial,
  listSerials,
  releaseSerial,
  type SerialOwner,
} from "../../src/store/serials.ts";
import { failCommand } from "../helpers/fail-command.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";

const owner = (machineId: string, leaseMs = 60_000): SerialOwner => ({
  machineId,
  instanceId: randomUUID(),
  hostname: `${machineId}.example`,
  leaseMs,
});
const longAgo = new Date("2020-01-01T00:00:00Z");

await forEachTarget("serials", (target) => {
  let store: Store;
  let appName: string;
  const raw = () => store.db.collection<Document>("serials");
  before(async () => {
    ({ store, appName } = await openTestStore(target));
    await ensureIndexes(store);
  });
  after(() => store.close());
  beforeEach(() => store.serials.deleteMany({}));

  test("of 20 racers for a new serial exactly one wins", async () => {
    const leases = await Promise.all(Array.from({ length: 20 }, (_, i) => acquireSerial(store, 1, owner(`m${i}`))));
    const won = leases.filter((lease) => lease !== null);
    assert.equal(won.length, 1);
    const [row] = await listSerials(store);
    assert.equal(row?.instance_id, won[0]?.instanceId);
    assert.equal(row?.epoch, 1);
  });

  test("of 20 racers for an expired serial exactly one wins, each time", async () => {
    await raw().insertOne({
      serial: 1,
      assigned_to: "dead",
      instance_id: "dead",
      epoch: 1,
      beat_at: longAgo,
      lease_ms: 1,
    });
    for (let round = 1; round <= 5; round++) {
      const leases = await Promise.all(Array.from({ length: 20 }, (_, i) => acquireSerial(store, 1, owner(`m${i}`))));
      const won = leases.filter((lease) => lease !== null);
      assert.equal(won.length, 1);
      assert.equal(won[0]?.epoch, round + 1);
      await raw().updateOne({ serial: 1 }, { $set: { beat_at: longAgo } });
    }
  });

  test("a live lease is not taken, and its row says until when it counts", async () => {
    const first = owner("m1");
    assert.ok(await acquireSerial(store, 1, first));
    assert.equal(await acquireSerial(store, 1, owner("m2")), null);
    const [row] = await listSerials(store);
    assert.equal(row?.expired, false);
    assert.equal(row?.free, false);
    assert.equal(row?.assigned_to, "m1");
    assert.equal(row?.lease_ms, 60_000);
    assert.ok(row?.beat_at instanceof Date);
  });

  test("a restarted machine takes its own serial back before the lease is over", async () => {
    const before = await acquireSerial(store, 2, owner("m1"));
    const again = await acquireSerial(store, 2, owner("m1"));
    assert.equal(again?.epoch, 2);
    assert.ok(before);
    assert.equal(await beatSerial(store, before), false);
    assert.equal(await beatSerial(store, again), true);
  });

  test("release frees the serial at once, keeps its epoch and remembers the machine", async () => {
    const first = await acquireSerial(store, 1, owner("m1"));
    assert.ok(first);
    await releaseSerial(store, first);
    const [row] = await listSerials(store);
    assert.equal(row?.free, true);
    assert.equal(row?.assigned_to, null);
    assert.equal(row?.last_assigned_to, "m1");
    assert.equal(row?.epoch, 1);
    assert.equal((await acquireSerial(store, 1, owner("m2")))?.epoch, 2);
    assert.equal(await beatSerial(store, first), false);
  });

  test("a late release by a former owner does not free the successor's serial", async () => {
    const first = await acquireSerial(store, 1, owner("m1"));
    const second = await acquireSerial(store, 1, owner("m1"));
    assert.ok(first && second);
    await releaseSerial(store, first);
    assert.equal(await beatSerial(store, second), true);
  });

  test("a beat moves beat_at by the server's clock", async () => {
    const lease = await acquireSerial(store, 1, owner("m1"));
    assert.ok(lease);
    await raw().updateOne({ serial: 1 }, { $set: { beat_at: longAgo } });
    assert.equal((await listSerials(store))[0]?.expired, true);
    assert.equal(await beatSerial(store, lease), true);
    assert.equal((await listSerials(store))[0]?.expired, false);
  });

  const lease = { assigned_to: "other", instance_id: "other", epoch: 4 };
  const damaged: readonly { name: string; row: Document; free: boolean }[] = [
    { name: "beat_at as text", row: { ...lease, beat_at: "yesterday", lease_ms: 1_000 }, free: false },
    { name: "lease_ms as text", row: { ...lease, beat_at: longAgo, lease_ms: "a minute" }, free: true },
    { name: "lease_ms NaN", row: { ...lease, beat_at: longAgo, lease_ms: Number.NaN }, free: true },
    { name: "lease_ms beyond all dates", row: { ...lease, beat_at: longAgo, lease_ms: 9e18 }, free: true },
    { name: "lease_ms far below zero", row: { ...lease, beat_at: longAgo, lease_ms: -9e18 }, free: true },
    { name: "beat_at at the end of time", row: { ...lease, beat_at: new Date(8.64e15), lease_ms: 9e15 }, free: false },
    { name: "beat_at null", row: { ...lease, beat_at: null, lease_ms: 1_000 }, free: false },
    { name: "no lease fields (older agent)", row: { assigned_to: "other" }, free: false },
    { name: "only a serial, by hand", row: {}, free: true },
    { name: "an object for beat_at", row: { ...lease, beat_at: { a: 1 }, lease_ms: [] }, free: false },
  ];
  const hasDate = (row: Document) => row.beat_at instanceof Date || row.assigned_to === undefined;
  const seen = (machine_id: string, last_seen: unknown) =>
    store.db.collection("machines").updateOne({ machine_id }, { $set: { last_seen } }, { upsert: true });

  for (const { name, row } of damaged.filter(({ row }) => !hasDate(row))) {
    test(`a row without a lease is free once its machine was silent for the lease time: ${name}`, async () => {
      await raw().insertOne({ serial: 1, ...row });
      await seen("other", new Date());
      assert.equal(await acquireSerial(store, 1, owner("m1")), null);
      const taken = { serial: 1, ...row } as unknown as ListedSerial;
      assert.deepEqual([...(await findAbandonedSerials(store, [taken], 60_000))], []);
      await seen("other", longAgo);
      assert.deepEqual([...(await findAbandonedSerials(store, [taken], 60_000))], [1]);
      const leases = await Promise.all(Array.from({ length: 10 }, (_, i) => acquireSerial(store, 1, owner(`m${i}`))));
      assert.equal(leases.filter((lease) => lease !== null).length, 1);
      assert.equal((await listSerials(store))[0]?.expired, false);
    });
  }

  test("nobody is behind a row without a lease whose owner is no machine, or one with text for its last beat", async () => {
    await raw().insertMany([
      { serial: 1, assigned_to: 5 },
      { serial: 2, assigned_to: ["a", "b"] },
      { serial: 3, assigned_to: "odd", beat_at: [new Date()] },
    ]);
    await seen("odd", "a moment ago");
    for (const serial of [1, 2, 3]) assert.ok(await acquireSerial(store, serial, owner("m1")), `serial ${serial}`);
  });

  for (const { name, row, free } of damaged) {
    test(`a damaged row never stops the others: ${name}`, async () => {
      await seen("other", new Date());
      await raw().insertMany([
        { serial: 1, ...row },
        { serial: 2, ...lease, beat_at: longAgo, lease_ms: 1_000 },
      ]);
      const rows = await listSerials(store);
      assert.deepEqual(
        rows.map((listed) => [listed.serial, listed.free]),
        [
          [1, free],
          [2, true],
        ],
      );
      assert.equal((await acquireSerial(store, 2, owner("m1")))?.epoch, 5);
      assert.equal((await acquireSerial(store, 1, owner("m1"))) !== null, free);
      assert.ok(await acquireSerial(store, 3, owner("m1")));
    });
  }

  test("a row with text for an epoch counts as taken", async () => {
    await raw().insertOne({ serial: 1, assigned_to: null, epoch: "first" });
    assert.equal(await acquireSerial(store, 1, owner("m1")), null);
  });

  test("an acquire that was applied but not confirmed by the majority is repeated and counts once", async () => {
    await raw().insertOne({ serial: 1, assigned_to: null, epoch: 7 });
    await using _ = await failCommand(
      target,
      { failCommands: ["findAndModify"], appName, writeConcernError: { code: 64, errmsg: "waiting timed out" } },
      1,
    );
    assert.equal((await acquireSerial(store, 1, owner("m1")))?.epoch, 8);
  });

  test("a first acquire whose answer is unknown is repeated, and the row is ours with epoch 1", async () => {
    await using _ = await failCommand(
      target,
      { failCommands: ["findAndModify"], appName, writeConcernError: { code: 64, errmsg: "waiting timed out" } },
      2,
    );
    assert.equal((await acquireSerial(store, 1, owner("m1")))?.epoch, 1);
  });

  test("an acquire that stays unknown throws the driver's error", async () => {
    await using _ = await failCommand(target, { failCommands: ["findAndModify"], appName, closeConnection: true });
    await assert.rejects(acquireSerial(store, 1, owner("m1")), { name: "MongoNetworkError" });
  });
});
