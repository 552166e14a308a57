import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Document } from "mongodb";
import type { Store } from "../../src/store/connect.ts";
import { ensureIndexes } from "../../src/store/ensure-indexes.ts";
import {
  beatMachine,
  forgetMachine,
  listMachines,
  type MachineBeat,
  type MachineRegistration,
  readServerTime,
  registerMachine,
  stopMachine,
} from "../../src/store/machines.ts";
import { acquireSerial, listSerials } from "../../src/store/serials.ts";
import { failCommand } from "../helpers/fail-command.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";

const staleMs = 60_000;
const longAgo = new Date("2020-01-01T00:00:00Z");

const registration = (instanceId: string, hostname = "a.example"): MachineRegistration => ({
  ...{ machineId: "m1", instanceId, hostname, tags: { site: "x" } },
  ...{ version: "0.1.0", node: "24.0.0", tzdata: "2025b" },
});
const beat = (instanceId: string, rest: Partial<MachineBeat> = {}): MachineBeat => ({
  ...{ machineId: "m1", instanceId, serial: 1, state: "active", offsetMs: 3, jobs: { loaded: 2, invalid: 1 } },
  tags: { site: "x" },
  ...rest,
});

await forEachTarget("machines", (target) => {
  let store: Store;
  let appName: string;
  const raw = () => store.db.collection<Document>("machines");
  before(async () => {
    ({ store, appName } = await openTestStore(target));
    await ensureIndexes(store);
  });
  after(() => store.close());
  beforeEach(() => store.machines.deleteMany({}));

  test("a first registration writes the whole row with the server's time", async () => {
    const result = await registerMachine(store, registration("i1"), staleMs);
    const { serverTime } = await readServerTime(store, () => 0);
    assert.ok(result.registered);
    assert.ok(Math.abs(result.serverTime.getTime() - serverTime) < 10_000);
    const { _id, last_seen, started_at, ...row } = (await raw().findOne({ machine_id: "m1" })) as Document;
    assert.ok(last_seen instanceof Date && started_at instanceof Date);
    assert.deepEqual(row, {
      ...{ machine_id: "m1", instance_id: "i1", hostname: "a.example", state: "active", tags: { site: "x" } },
      ...{ version: "0.1.0", node: "24.0.0", tzdata: "2025b", serial: null, offset_ms: null },
      jobs: { loaded: 0, invalid: 0 },
    });
  });

  test("a restart on the same host takes the row over at once", async () => {
    await registerMachine(store, registration("i1"), staleMs);
    assert.ok((await registerMachine(store, registration("i2"), staleMs)).registered);
    assert.deepEqual(await beatMachine(store, beat("i1")), { beaten: false, owner: { hostname: "a.example" } });
    assert.equal(await store.machines.countDocuments({}), 1);
  });

  test("a clone on another host is refused and told who has the row", async () => {
    await registerMachine(store, registration("i1"), staleMs);
    const clone = await registerMachine(store, registration("i2", "b.example"), staleMs);
    assert.deepEqual(clone, { registered: false, hostname: "a.example" });
    assert.equal((await beatMachine(store, beat("i1"))).beaten, true);
  });

  for (const [name, change] of [
    ["whose heartbeat is old", { last_seen: longAgo }],
    ["that was stopped", { state: "stopped", last_seen: null }],
    ["whose last_seen is damaged", { last_seen: "yesterday" }],
  ] as const) {
    test(`another host takes over a row ${name}`, async () => {
      await registerMachine(store, registration("i1"), staleMs);
      await raw().updateOne({ machine_id: "m1" }, { $set: change });
      assert.ok((await registerMachine(store, registration("i2", "b.example"), staleMs)).registered);
    });
  }

  test("of 20 hosts with one copied machine id exactly one registers", async () => {
    const hosts = Array.from({ length: 20 }, (_, i) => registration(`i${i}`, `h${i}.example`));
    const results = await Promise.all(hosts.map((host) => registerMachine(store, host, staleMs)));
    assert.equal(results.filter((result) => result.registered).length, 1);
    assert.equal(await store.machines.countDocuments({}), 1);
  });

  test("a registration that was applied without the majority's word is repeated and succeeds", async () => {
    const failure = { failCommands: ["findAndModify"], appName, writeConcernError: { code: 64, errmsg: "too slow" } };
    await using _ = await failCommand(target, failure, 2);
    assert.ok((await registerMachine(store, registration("i1"), staleMs)).registered);
    assert.equal(await store.machines.countDocuments({}), 1);
  });

  test("a beat writes what changed and answers with the server's time", async () => {
    await registerMachine(store, registration("i1"), staleMs);
    await raw().updateOne({ machine_id: "m1" }, { $set: { last_seen: longAgo } });
    const result = await beatMachine(store, beat("i1", { state: "draining", serial: 4 }));
    assert.ok(result.beaten);
    const row = await raw().findOne({ machine_id: "m1" });
    assert.deepEqual(row?.last_seen, result.serverTime);
    assert.deepEqual(
      [row?.serial, row?.state, row?.offset_ms, row?.jobs],
      [4, "draining", 3, { loaded: 2, invalid: 1 }],
    );
    assert.ok(result.serverTime > longAgo);
  });

  test("a beat on a row that was removed says so", async () => {
    assert.deepEqual(await beatMachine(store, beat("i1")), { beaten: false, owner: null });
  });

  test("the monitoring query lists live machines only: a stopped one is gone at once", async () => {
    await registerMachine(store, registration("i1"), staleMs);
    await registerMachine(store, { ...registration("i9"), machineId: "m9" }, staleMs);
    const live = () =>
      raw()
        .find({ last_seen: { $gte: new Date(Date.now() - 120_000) } })
        .toArray();
    assert.equal((await live()).length, 2);
    await stopMachine(store, { machineId: "m1", instanceId: "i1" });
    assert.deepEqual(
      (await live()).map((row) => row.machine_id),
      ["m9"],
    );
    const row = await raw().findOne({ machine_id: "m1" });
    assert.equal(row?.state, "stopped");
    assert.ok(row?.stopped_at instanceof Date);
  });

  test("a late stop of a former instance does not stop its successor", async () => {
    await registerMachine(store, registration("i1"), staleMs);
    await registerMachine(store, registration("i2"), staleMs);
    await stopMachine(store, { machineId: "m1", instanceId: "i1" });
    assert.equal((await raw().findOne({ machine_id: "m1" }))?.state, "active");
  });

  test("the list tells ages by the server's clock and bears rows of any making", async () => {
    await registerMachine(store, registration("i1"), staleMs);
    await raw().insertMany([
      { machine_id: "m2", hostname: "b.example", last_seen: null },
      { machine_id: "m3", hostname: "c.example", last_seen: "soon" },
      { machine_id: "m4", hostname: "d.example", last_seen: longAgo },
      { hostname: "no id" },
    ]);
    const rows = await listMachines(store);
    assert.deepEqual(
      rows.map((row) => row.machine_id),
      ["m1", "m2", "m3", "m4"],
    );
    assert.ok((rows[0]?.age_ms ?? -1) >= 0 && (rows[0]?.age_ms ?? 1e9) < 60_000);
    assert.deepEqual([rows[1]?.age_ms, rows[2]?.age_ms], [null, null]);
    assert.ok((rows[3]?.age_ms ?? 0) > 1e11);
  });

  test("forgetting a machine removes its row and frees its serials", async () => {
    await registerMachine(store, registration("i1"), staleMs);
    await acquireSerial(store, 1, { machineId: "m1", instanceId: "i1", hostname: "a.example", leaseMs: 60_000 });
    assert.equal(await forgetMachine(store, "m1"), true);
    assert.equal(await forgetMachine(store, "m1"), false);
    assert.deepEqual(
      (await listSerials(store)).map((row) => [row.serial, row.free]),
      [[1, true]],
    );
  });

  test("the server's time is read between two readings of the clock given", async () => {
    let reading = 0;
    const sample = await readServerTime(store, () => ++reading);
    assert.deepEqual([sample.sentAt, sample.receivedAt], [1, 2]);
    assert.ok(sample.serverTime > longAgo.getTime());
  });
});
