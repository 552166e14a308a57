import assert from "node:assert/strict";
import { test } from "node:test";
import { MongoClient } from "mongodb";
import { runProgram } from "../helpers/agent-process.ts";
import { startStandalone } from "../helpers/mongo-servers.ts";
import { ownMongod } from "../helpers/mongo-targets.ts";
import { cliSuite } from "./cli-suite.ts";

await cliSuite("init-db", (cli) => {
  test("creates what is missing, says so, and finds it there the second time", async () => {
    const first = await cli.run(["init-db"]);
    assert.equal(first.code, 0);
    assert.match(first.stdout, /^created index jobs\.job_name$/m);
    assert.match(first.stdout, /^time zone of the fleet: UTC$/m);
    assert.match(first.stderr, /createUser\(\{ user: "fleetcron", .*role: "readWrite", db: "fleetcron_test_cli_/);
    const second = await cli.json(["init-db"]);
    assert.deepEqual(second, { created: [], conflicts: [], tz: "UTC", tz_before: "UTC" });
  });

  test("changes the fleet's zone only when asked, and says what follows", async () => {
    const kept = await cli.run(["init-db"], { env: { FLEETCRON_TZ: "Asia/Seoul" } });
    assert.equal(kept.code, 0);
    assert.match(kept.stdout, /time zone of the fleet: UTC, as before/);
    assert.match(kept.stderr, /warning: this machine's config says tz Asia\/Seoul/);
    const changed = await cli.run(["init-db", "--tz", "Europe/Berlin"]);
    assert.match(changed.stdout, /time zone of the fleet: Europe\/Berlin, was UTC; restart every agent/);
    assert.equal((await cli.store.meta.findOne({}))?.tz, "Europe/Berlin");
  });

  test("jobs without a zone are shown in the fleet's, whatever this machine's config says", async () => {
    await cli.store.jobs.insertOne({ name: "at nine", hour: 9, url: "https://x.example.com" });
    assert.match((await cli.run(["jobs", "list"])).stdout, /09:00:00 Europe\/Berlin/);
  });

  test("an index in the way is told with what to do, and ends with 1", async () => {
    await cli.store.jobs.dropIndex("job_name");
    await cli.store.jobs.createIndex({ name: 1 }, { name: "job_name" });
    const { code, stderr } = await cli.run(["init-db"]);
    assert.equal(code, 1);
    assert.match(stderr, /an index is not as needed\n {2}jobs: the index "job_name" is .*dropIndex/);
  });
});

const mongod = await ownMongod("init-db without permission");
if (mongod !== null) {
  test("a user without the right gets exit code 77 with the privilege and the commands that grant it", async () => {
    const server = await startStandalone(mongod, { root: { user: "root", password: "r00t" } });
    try {
      const { host } = new URL(server.uri);
      await using root = new MongoClient(`mongodb://root:r00t@${host}/?authSource=admin`);
      await root.db("admin").command({ createUser: "reader", pwd: "re4d", roles: [{ role: "read", db: "fleet" }] });
      const env = {
        FLEETCRON_MONGODB_URI: `mongodb://reader:re4d@${host}/?authSource=admin`,
        FLEETCRON_DB_NAME: "fleet",
      };
      const { code, stdout, stderr } = await runProgram(["init-db"], env);
      assert.deepEqual([code, stdout], [77, ""]);
      assert.match(stderr, /this database user may not create the index .*\n.*privilege createIndex/);
      assert.match(stderr, /grantRolesToUser\("fleetcron", \[\{ role: "readWrite", db: "fleet" \}\]\)/);
      assert.doesNotMatch(stderr, /re4d/);
      const added = await runProgram(
        ["jobs", "add", "-"],
        env,
        '{"name": "a", "hour": 1, "url": "https://x.example.com"}',
      );
      assert.equal(added.code, 77);
      assert.match(added.stderr, /may not insert on fleet\.jobs\n {2}it needs the role readWrite/);
    } finally {
      await server.stop();
    }
  });
}
