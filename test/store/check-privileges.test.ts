import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { MongoClient } from "mongodb";
import { FleetCronError } from "../../src/errors.ts";
import { checkPrivileges } from "../../src/store/check-privileges.ts";
import { connectStore } from "../../src/store/connect.ts";
import { type MongoBinary, startStandalone, type TestServer } from "../helpers/mongo-servers.ts";
import { forEachTarget, ownMongod } from "../helpers/mongo-targets.ts";

await forEachTarget("privileges without a password", ({ uri, dbName }) => {
  test("where nobody has to say who they are, nothing is missing", async () => {
    await using store = await connectStore({ uri, dbName, appName: "test" });
    await checkPrivileges(store);
  });
});

const mongod = await ownMongod("privileges of a user");
if (mongod !== null) describePrivileges(mongod);

function describePrivileges(binary: MongoBinary): void {
  describe("privileges of a user", () => {
    const onFleet = { db: "fleet", collection: "" };
    let server: TestServer;
    const uriOf = (user: string) => `${server.uri.replace("//", `//${user}:s3cret@`)}?authSource=admin`;
    before(async () => {
      server = await startStandalone(binary, { root: { user: "root", password: "s3cret" } });
      await using client = new MongoClient(uriOf("root"));
      const admin = client.db("admin");
      for (const [name, privileges] of [
        ["looks", [{ resource: onFleet, actions: ["find"] }]],
        ["inserts", [{ resource: onFleet, actions: ["find", "insert"] }]],
        ["splits", ["find", "insert", "update"].map((action) => ({ resource: onFleet, actions: [action] }))],
        ["jobs only", [{ resource: { db: "fleet", collection: "jobs" }, actions: ["find", "insert", "update"] }]],
      ] as const) {
        await admin.command({ createRole: name, privileges, roles: [{ role: "readWrite", db: "other" }] });
        await admin.command({ createUser: name, pwd: "s3cret", roles: [name, { role: "read", db: "fleet" }] });
      }
      for (const [user, role, db] of [
        ["writes", "readWrite", "fleet"],
        ["owns", "dbOwner", "fleet"],
        ["writes all", "readWriteAnyDatabase", "admin"],
        ["server", "__system", "admin"],
      ] as const) {
        await admin.command({ createUser: user, pwd: "s3cret", roles: [{ role, db }] });
      }
    });
    after(() => server.stop());

    for (const [user, missing] of [
      ["root", null],
      ["writes", null],
      ["owns", null],
      ["writes all", null],
      ["server", null],
      ["splits", null],
      ["looks", "insert, update on fleet.job_runs"],
      ["inserts", "update on fleet.job_runs"],
      ["jobs only", "insert, update on fleet.job_runs"],
    ] as const) {
      test(`"${user}" lacks ${missing ?? "nothing"}`, async () => {
        const name = encodeURIComponent(user);
        await using store = await connectStore({ uri: uriOf(name), dbName: "fleet", appName: "test" });
        const error = await checkPrivileges(store).catch((thrown: unknown) => thrown);
        if (missing === null) return assert.equal(error, undefined);
        assert.ok(error instanceof FleetCronError);
        assert.equal(error.code, "store_permission");
        assert.equal(error.message, `this database user may not ${missing}`);
        assert.deepEqual(error.details, ["it needs the role readWrite on the database fleet"]);
      });
    }
  });
}
