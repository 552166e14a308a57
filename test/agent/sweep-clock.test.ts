// A failover to a server with a wrong clock: nothing is started, missed or resolved by it before it is believed.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connectStore } from "../../src/store/connect.ts";
import { forEachTarget, type MongoTarget, realTarget } from "../helpers/mongo-targets.ts";
import { leaveFleet } from "../helpers/swept-fleet.ts";
import { startAgent, until } from "../helpers/test-agent.ts";
import { startTimeProxy } from "../helpers/time-proxy.ts";

const minuteMs = 60_000;

const server = await realTarget();
// Says in plain words that the suite does not run.
if (server === undefined) await forEachTarget("a jump of the server's clock", () => {});
else describe("a jump of the server's clock", () => jump(server));

function jump(target: MongoTarget): void {
  test("is no reason to record anything as missed, nor to start what is not yet due", async () => {
    const dbName = `fleetcron_test_jump_${process.pid}`;
    let ahead = 0;
    await using proxy = await startTimeProxy(target.uri, () => Date.now() + ahead);
    await using store = await connectStore({ uri: target.uri, dbName, appName: "jump" });
    await using jumping = await connectStore({ uri: proxy.uri, dbName, appName: "jumping" });
    const now = Date.now();
    await leaveFleet(store, {
      resolvedUntil: now,
      jobs: [{ name: "minutes", every_sec: 60, overlap: "allow", url: "http://127.0.0.1:9/" }],
    });
    {
      await using agent = await startAgent(jumping);
      ahead = 30 * minuteMs;
      const long = new Date(Date.now() - 3 * minuteMs);
      await store.meta.updateOne({ _id: "sweep" }, { $set: { resolved_until: long } });
      const isTold = () => agent.logged.some(({ msg }) => msg === "database clock jumped");
      await until(isTold, "the jump is seen");
      ahead = 0;
      // Looked at again, and in full, once the clocks agree.
      await until(
        async () => ((await store.meta.findOne({ _id: "sweep" }))?.resolved_until ?? long) > long,
        "the sweep goes on",
      );
      const future = { scheduled_for: { $gt: new Date(Date.now()) } };
      assert.equal(await store.runs.countDocuments(future), 0);
      const resolved = (await store.meta.findOne({ _id: "sweep" }))?.resolved_until?.getTime() ?? 0;
      assert.ok(resolved < Date.now());
    }
    await store.db.dropDatabase();
  });
}
