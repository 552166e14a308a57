import assert from "node:assert/strict";
import { test } from "node:test";
import { dbName, messageOf } from "./message.ts";
import { SimDatabase } from "./sim-database.ts";
import { World } from "./world.ts";

test("a primary that is cut off shows what the majority does not have, and an election takes it back", async () => {
  const world = new World();
  using stack = new DisposableStack();
  const database = new SimDatabase(world, 0);
  stack.defer(() => database.close());
  const insert = (_id: string) => messageOf({ insert: "job_runs", $db: dbName }, [{ _id }]);
  const find = messageOf({ find: "job_runs", filter: {}, $db: dbName }, null);
  const ids = (reply: ReturnType<typeof database.run>) =>
    reply.cursor.firstBatch.map(({ _id }: { _id: string }) => _id);

  database.run(insert("before"));
  database.cutOff(5_000);
  assert.equal(database.runCutOff(insert("meanwhile")).n, 1);
  assert.equal(database.runCutOff(insert("meanwhile")).writeErrors[0].code, 11_000);
  assert.deepEqual(ids(database.runCutOff(find)), ["before", "meanwhile"]);
  assert.deepEqual(ids(database.run(find)), ["before"]);

  await world.run(6_000);
  assert.equal(database.isCutOff, false);
  assert.deepEqual(ids(database.run(find)), ["before"]);
  database.cutOff(5_000);
  assert.deepEqual(ids(database.runCutOff(find)), ["before"]);
});
