import assert from "node:assert/strict";
import { test } from "node:test";
import { MongoClient } from "mongodb";
import { isStoreUnavailable } from "../../src/store/outcome.ts";
import { failCommand } from "../helpers/fail-command.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { until } from "../helpers/test-agent.ts";

await forEachTarget("full pool", (target) => {
  test("no connection free in time is a matter of waiting", async () => {
    const appName = `full-pool-${target.dbName}`;
    await using client = new MongoClient(target.uri, { appName, maxPoolSize: 1, waitQueueTimeoutMS: 100 });
    const rows = client.db(target.dbName).collection("rows");
    const isAnswered = () =>
      rows.findOne({}).then(
        () => true,
        () => false,
      );
    await until(isAnswered, "its one connection is open");
    const slow = { failCommands: ["find"], appName, blockConnection: true, blockTimeMS: 1_500 };
    await using _slow = await failCommand(target, slow, 1);
    const results = await Promise.allSettled([rows.findOne({}), rows.findOne({})]);
    const [error] = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    assert.match(String(error), /Timed out while checking out a connection/);
    assert.equal(isStoreUnavailable(error), true);
  });
});
