import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { MongoClient } from "mongodb";
import { acknowledgeCommand, findPendingCommands, insertCommand } from "../../src/store/commands.ts";
import { connectStore } from "../../src/store/connect.ts";
import { ensureIndexes } from "../../src/store/ensure-indexes.ts";
import { indexDefinitions } from "../../src/store/indexes.ts";
import { insertJob, loadJobDocuments } from "../../src/store/jobs.ts";
import { beatMachine, registerMachine, stopMachine } from "../../src/store/machines.ts";
import { claimFleetZone } from "../../src/store/meta.ts";
import { acquireSerial, beatSerial, releaseSerial } from "../../src/store/serials.ts";
import { startStandalone, type TestServer } from "../helpers/mongo-servers.ts";
import { forEachTarget, ownMongod } from "../helpers/mongo-targets.ts";
import { codeBlocks, returning, runSnippet, shellDb } from "../helpers/mongosh.ts";
import { openTestStore } from "../helpers/open-test-store.ts";

const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "database.md"), "utf8");
const [createUser = "", createRole = "", queries = ""] = codeBlocks(page, "js");

await forEachTarget("the page about the database", (target) => {
  test("every query it shows is one the server answers", async () => {
    const { store } = await openTestStore(target);
    const lines = queries.split("\n").filter((line) => line.startsWith("db."));
    assert.equal(lines.length, 10);
    for (const line of lines) {
      const rows = await runSnippet(`return (${line.split("//")[0]}).toArray();`, shellDb(store.client, target.dbName));
      assert.deepEqual(rows, [], line);
    }
    await store.close();
  });

  test("it lists every index", () => {
    for (const { collection, key } of indexDefinitions) {
      const text = JSON.stringify(key).replaceAll('"', "").replaceAll(":", ": ").replaceAll(",", ", ");
      assert.ok(page.includes(`| \`${collection}\` | \`${text}\``), `${collection} ${text}`);
    }
  });
});

const mongod = await ownMongod("the rights of the page about the database");
if (mongod !== null) {
  describe("the rights of the page about the database", () => {
    let server: TestServer;
    const as = (user: string, appName: string) =>
      connectStore({ uri: server.uri.replace("//", `//${user}:s3cret@`), dbName: "fleetcron", appName });
    before(async () => {
      server = await startStandalone(mongod, { root: { user: "root", password: "s3cret" } });
      await using root = new MongoClient(server.uri.replace("//", "//root:s3cret@"));
      await runSnippet(returning(createUser), shellDb(root, "test"));
      await runSnippet(returning(createRole), shellDb(root, "test"));
      const roles = [{ role: "fleetcronAgent", db: "fleetcron" }];
      await root.db("admin").command({ createUser: "agent", pwd: "s3cret", roles });
    });
    after(() => server.stop());

    test("readWrite may do all, the indexes too; the small role then suffices for an agent", async () => {
      await using administrator = await as("fleetcron", "administrator");
      await using store = await as("agent", "agent");
      await assert.rejects(ensureIndexes(store), { code: "store_permission" });
      assert.deepEqual((await ensureIndexes(administrator)).conflicts, []);
      assert.deepEqual(await ensureIndexes(store), { created: [], conflicts: [] });

      const me = { machineId: "m1", instanceId: "i1", hostname: "a.example" };
      const about = { ...me, tags: {}, version: "0", node: "24", tzdata: "x" };
      assert.ok((await registerMachine(store, about, 60_000)).registered);
      const beat = {
        ...me,
        serial: 1,
        state: "active" as const,
        offsetMs: 0,
        jobs: { loaded: 0, invalid: 0 },
        tags: {},
      };
      assert.ok((await beatMachine(store, beat)).beaten);
      const lease = await acquireSerial(store, 1, { ...me, leaseMs: 60_000 });
      assert.ok(lease !== null && (await beatSerial(store, lease)));
      await releaseSerial(store, lease);
      assert.equal(await claimFleetZone(store, "UTC"), "UTC");
      await insertJob(administrator, { name: "a" });
      assert.equal((await loadJobDocuments(store)).length, 1);
      await insertCommand(administrator, { type: "reload_jobs", target: "all" });
      const [command] = await findPendingCommands(store, "m1");
      assert.equal(await acknowledgeCommand(store, command?._id, { machineId: "m1", ok: true, error: null }), true);
      await store.runs.insertMany([{ _id: "r" } as never], { ordered: false });
      await store.runs.updateOne({ _id: "r" }, { $set: { status: "ok" } });
      await stopMachine(store, me);
    });

    test("an agent with the small role may not write a job", async () => {
      await using store = await as("agent", "agent");
      await assert.rejects(insertJob(store, { name: "b" }), { code: 13 });
    });
  });
}
