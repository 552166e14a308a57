import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { after, before, beforeEach, describe, test } from "node:test";
import { checkEmbeddedSize, judgeSize } from "../../../src/cli/doctor/check-embedded-size.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import type { Store } from "../../../src/store/connect.ts";
import { ensureIndexes } from "../../../src/store/ensure-indexes.ts";
import { startStandalone, type TestServer } from "../../helpers/mongo-servers.ts";
import { forEachTarget, ownMongod } from "../../helpers/mongo-targets.ts";
import { openTestStore } from "../../helpers/open-test-store.ts";
import { clearFleet } from "../../helpers/swept-fleet.ts";
import { type Patient, patient } from "./patient.ts";

const own = randomUUID();
const tzdata = process.versions.tz;

await forEachTarget("doctor on a database", (target) => {
  let store: Store;
  const config = { mongodb_uri: target.uri, db_name: target.dbName, tz: "Europe/Berlin" };
  before(async () => {
    ({ store } = await openTestStore(target));
    await ensureIndexes(store);
  });
  beforeEach(() => clearFleet(store));
  after(() => store.close());
  const withIdentity = (machine: Patient) => {
    machine.write("state/machine.json", { machine_id: own });
    return machine;
  };
  const insertMachine = async (fields: object) => {
    const row = { machine_id: own, hostname: hostname(), state: "active", serial: 1, last_seen: new Date(), tzdata };
    await store.machines.insertOne({ ...row, _id: randomUUID(), ...fields } as never);
  };

  test("a database where all is well is told so by every check", async (t) => {
    await insertMachine({});
    const { found, notChecked } = await withIdentity(patient(t, config)).examine();
    const bad = found.filter(({ verdict, check }) => verdict !== "ok" && check !== "files" && check !== "service");
    assert.deepEqual([bad, notChecked], [[], []]);
    const checks = ["config", "secrets", "files", "service", "database", "privileges", "indexes", "clock", "time zone"];
    assert.deepEqual([...new Set(found.map(({ check }) => check))], [...checks, "zone data", "agent"]);
  });

  test("missing indexes are a warning, wrong ones a failure; nothing is created", async (t) => {
    const machine = patient(t, config);
    await store.db.collection("serials").dropIndex("serial");
    await store.db.collection("commands").dropIndex("created_at");
    await store.db.collection("commands").createIndex({ created_at: 1 }, { name: "old" });
    const before = await machine.found("indexes");
    assert.deepEqual(
      before.map(({ verdict, mend }) => [verdict, mend]),
      [
        ["failed", "fleetcron init-db"],
        ["warning", "fleetcron init-db"],
      ],
    );
    assert.match(
      before[0]?.text ?? "",
      /commands: the index "old" is .* \(plain\), expected .* expiring after 86400 s/,
    );
    assert.equal(before[1]?.text, "not there yet: serials.serial");
    assert.deepEqual(await machine.found("indexes"), before);
    await store.db.collection("commands").dropIndex("old");
    await ensureIndexes(store);
    assert.equal((await machine.found("indexes"))[0]?.verdict, "ok");
  });

  test("a clock an hour ahead is a warning, be it this machine's or another live one's", async (t) => {
    const clock = { ...systemClock, now: () => systemClock.now() + 3_600_000 };
    const [here] = await patient(t, config, clock).found("clock");
    assert.match(here?.text ?? "", /^this machine is (59 min 59 s|1 h) ahead of the database's clock$/);
    await insertMachine({ machine_id: "other", hostname: "web-2", offset_ms: 90_000 });
    await insertMachine({ machine_id: "dead", offset_ms: 90_000, last_seen: new Date(0) });
    const found = await patient(t, config).found("clock");
    assert.deepEqual(
      found.map(({ verdict, text }) => [verdict, text]),
      [["warning", "web-2 (other) is 1 min 30 s behind the database's clock"]],
    );
  });

  test("a time zone other than the fleet's is a failure, with both ways out", async (t) => {
    const machine = patient(t, config);
    const verdict = async () => (await machine.found("time zone"))[0]?.verdict;
    assert.equal(await verdict(), "ok");
    await store.meta.insertOne({ _id: "fleet", tz: "Europe/Berlin" });
    assert.equal(await verdict(), "ok");
    await store.meta.updateOne({ _id: "fleet" }, { $set: { tz: "UTC" } });
    const [finding] = await machine.found("time zone");
    assert.equal(finding?.verdict, "failed");
    assert.match(finding.mend ?? "", /set tz to UTC .* fleetcron init-db --tz Europe\/Berlin/);
  });

  test("other time zone data on a live machine is a warning, on a dead one it is not", async (t) => {
    await insertMachine({ machine_id: "dead", tzdata: "1999a", last_seen: new Date(0) });
    assert.equal((await patient(t, config).found("zone data"))[0]?.verdict, "ok");
    await insertMachine({ machine_id: "old", hostname: "web-2", tzdata: "2001a" });
    const [finding] = await patient(t, config).found("zone data");
    assert.equal(finding?.verdict, "warning");
    assert.match(finding.text, /2001a on web-2/);
  });

  const agents: readonly [name: string, row: object | null, verdict: string, text: RegExp, mend: RegExp | null][] = [
    ["alive with a serial is fine", {}, "ok", /^serial 1, 1 live agent$/, null],
    ["unknown to the fleet is a warning", null, "warning", /not known to the fleet/, /^fleetcron agent$/],
    [
      "dead is a warning",
      { last_seen: new Date(0) },
      "warning",
      /not running: last seen \d+ d ago/,
      /^fleetcron agent$/,
    ],
    ["stopped is a warning", { state: "stopped", last_seen: null }, "warning", /it was stopped/, /^fleetcron agent$/],
    [
      "without a serial is a warning",
      { serial: null },
      "warning",
      /no serial is free.*max_serial is 10/,
      /raise max_serial/,
    ],
    ["draining is a warning", { state: "draining" }, "warning", /draining/, /^fleetcron resume /],
    ["whose id another host uses is a failure", { hostname: "clone" }, "failed", /in use on clone/, /machine\.json/],
  ];
  for (const [name, row, verdict, text, mend] of agents) {
    test(`this machine's agent ${name}`, async (t) => {
      if (row !== null) await insertMachine(row);
      const [finding, ...others] = await withIdentity(patient(t, config)).found("agent");
      assert.deepEqual([others, finding?.verdict], [[], verdict]);
      assert.match(finding?.text ?? "", text);
      if (mend === null) assert.equal(finding?.mend, null);
      else assert.match(finding?.mend ?? "", mend);
    });
  }

  test("a machine on which no agent ever ran is told so", async (t) => {
    const [finding] = await patient(t, config).found("agent");
    assert.match(finding?.text ?? "", /no agent ever ran on this machine/);
  });

  test("the embedded store is said to be too full from 100,000 runs on, a MongoDB is not", async (t) => {
    const machine = patient(t, { store: "embedded" });
    const loaded = machine.load();
    const look = () => checkEmbeddedSize.look({ loaded, clock: systemClock, env: {}, store });
    await store.runs.insertOne({ _id: "one" } as never);
    assert.deepEqual(await look(), [{ verdict: "ok", text: "1 run, 0.0 MiB", mend: null }]);
    assert.deepEqual([judgeSize(99_999, 0).verdict, judgeSize(100_000, 0).verdict], ["ok", "warning"]);
    assert.deepEqual(await patient(t, config).found("store size"), []);
  });
});

const mongod = await ownMongod("doctor with a user of few rights");
if (mongod !== null) {
  describe("doctor with a user of few rights", () => {
    let server: TestServer;
    before(async () => {
      server = await startStandalone(mongod, { root: { user: "root", password: "s3cret" } });
    });
    after(() => server.stop());

    test("says what the user may not do, and which role it needs", async (t) => {
      const { MongoClient } = await import("mongodb");
      const uriOf = (user: string) => `${server.uri.replace("//", `//${user}:s3cret@`)}?authSource=admin`;
      await using client = new MongoClient(uriOf("root"));
      const roles = [{ role: "read", db: "fleet" }];
      await client.db("admin").command({ createUser: "looks", pwd: "s3cret", roles });
      const { found } = await patient(t, { mongodb_uri: uriOf("looks"), db_name: "fleet" }).examine();
      const bad = found.filter(({ verdict }) => verdict === "failed");
      assert.deepEqual(
        bad.map(({ check }) => check),
        ["database", "privileges"],
      );
      for (const { text, mend } of bad) {
        assert.match(text, /this database user may not .*update/);
        assert.equal(mend, "it needs the role readWrite on the database fleet");
      }
    });
  });
}
