import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Document } from "mongodb";
import { acknowledgeCommand, findCommand, findPendingCommands, insertCommand } from "../../src/store/commands.ts";
import type { Store } from "../../src/store/connect.ts";
import { failCommand } from "../helpers/fail-command.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";

await forEachTarget("commands", (target) => {
  let store: Store;
  let appName: string;
  const raw = () => store.db.collection<Document>("commands");
  before(async () => {
    ({ store, appName } = await openTestStore(target));
  });
  after(() => store.close());
  beforeEach(() => store.commands.deleteMany({}));
  const types = async (machineId: string) => (await findPendingCommands(store, machineId)).map(({ type }) => type);

  test("a command reaches the machine it names, or all", async () => {
    await insertCommand(store, { type: "reload_jobs", target: "all" });
    await insertCommand(store, { type: "drain", target: "m2" });
    assert.deepEqual(await types("m1"), ["reload_jobs"]);
    assert.deepEqual(await types("m2"), ["reload_jobs", "drain"]);
  });

  test("an inserted command is dated by the server and keeps its arguments", async () => {
    const id = await insertCommand(store, { type: "run_job", target: "all", args: { job_id: 7 } });
    const [command] = await findPendingCommands(store, "m1");
    assert.ok(command?.created_at instanceof Date);
    assert.deepEqual([command._id, command.args], [id, { job_id: 7 }]);
  });

  for (const [name, created_at] of [
    ["nothing", undefined],
    ["null", null],
    ["text", "2020-01-01"],
    ["a number", 5],
  ] as const) {
    test(`a command inserted in mongosh with ${name} for a date is stamped once by the first agent that sees it`, async () => {
      await raw().insertOne({ type: "reload_jobs", target: "m1", ...(created_at === undefined ? {} : { created_at }) });
      assert.deepEqual(await types("m2"), []);
      const [first] = await findPendingCommands(store, "m1");
      const [second] = await findPendingCommands(store, "m1");
      assert.ok(first?.created_at instanceof Date);
      assert.deepEqual(second?.created_at, first.created_at);
    });
  }

  test("a command older than ten minutes by the server's clock is left alone", async () => {
    await raw().insertOne({ type: "old", target: "all", created_at: new Date(Date.now() - 11 * 60_000) });
    await raw().insertOne({ type: "young", target: "all", created_at: new Date(Date.now() - 5 * 60_000) });
    assert.deepEqual(await types("m1"), ["young"]);
  });

  test("each machine acknowledges once, and the command is then off its list only", async () => {
    const id = await insertCommand(store, { type: "reload_jobs", target: "all" });
    assert.equal(
      await acknowledgeCommand(store, id, { machineId: "m1", ok: true, error: null, report: { added: ["a"] } }),
      true,
    );
    assert.equal(await acknowledgeCommand(store, id, { machineId: "m1", ok: false, error: "again" }), true);
    assert.deepEqual(await types("m1"), []);
    assert.deepEqual(await types("m2"), ["reload_jobs"]);
    const command = await findCommand(store, id);
    assert.equal(command?.acks.length, 1);
    const [ack] = command.acks;
    assert.ok(ack?.at instanceof Date);
    assert.deepEqual([ack.machine_id, ack.ok, ack.error, ack.report], ["m1", true, null, { added: ["a"] }]);
  });

  test("an acknowledgement confirmed late is written once", async () => {
    const id = await insertCommand(store, { type: "reload_jobs", target: "all" });
    const failure = { failCommands: ["update"], appName, writeConcernError: { code: 64, errmsg: "too slow" } };
    await using _ = await failCommand(target, failure, 1);
    assert.equal(await acknowledgeCommand(store, id, { machineId: "m1", ok: true, error: null }), true);
    assert.equal((await findCommand(store, id))?.acks.length, 1);
  });

  test("a command whose acks are no array is still found, and says that it cannot be acknowledged", async () => {
    const { insertedId } = await raw().insertOne({ type: "reload_jobs", target: "all", acks: "none yet" });
    assert.deepEqual(await types("m1"), ["reload_jobs"]);
    assert.equal(await acknowledgeCommand(store, insertedId, { machineId: "m1", ok: true, error: null }), false);
    assert.deepEqual((await findCommand(store, insertedId))?.acks, []);
  });

  test("a command that is gone cannot be acknowledged or found", async () => {
    assert.equal(await acknowledgeCommand(store, "gone", { machineId: "m1", ok: true, error: null }), false);
    assert.equal(await findCommand(store, "gone"), null);
  });
});
