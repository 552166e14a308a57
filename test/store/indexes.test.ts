import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Document } from "mongodb";
import type { Store } from "../../src/store/connect.ts";
import { ensureIndexes } from "../../src/store/ensure-indexes.ts";
import { exclusiveRunIndex, indexDefinitions } from "../../src/store/indexes.ts";
import { failCommand } from "../helpers/fail-command.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";

await forEachTarget("indexes", (target) => {
  let store: Store;
  let appName: string;
  const raw = (name: string) => store.db.collection<Document>(name);
  before(async () => {
    ({ store, appName } = await openTestStore(target));
  });
  after(() => store.close());
  beforeEach(() => store.db.dropDatabase());

  test("all are created once, then nothing is to do", async () => {
    const first = await ensureIndexes(store);
    assert.deepEqual(first.conflicts, []);
    assert.equal(first.created.length, indexDefinitions.length);
    assert.ok(first.created.includes(`job_runs.${exclusiveRunIndex}`));
    assert.deepEqual(await ensureIndexes(store), { created: [], conflicts: [] });
  });

  test("ten agents starting at once do not disturb each other", async () => {
    const results = await Promise.all(Array.from({ length: 10 }, () => ensureIndexes(store)));
    assert.ok(results.every(({ conflicts }) => conflicts.length === 0));
    assert.deepEqual(await ensureIndexes(store), { created: [], conflicts: [] });
  });

  test("an index of another name with the same definition counts", async () => {
    await raw("machines").createIndex({ machine_id: 1 }, { name: "made_by_hand", unique: true });
    const partialFilterExpression = { exclusive: true, status: "running" };
    await raw("job_runs").createIndex({ job_id: 1 }, { name: "also_by_hand", unique: true, partialFilterExpression });
    const { created, conflicts } = await ensureIndexes(store);
    assert.deepEqual(conflicts, []);
    assert.equal(created.length, indexDefinitions.length - 2);
  });

  test("an index with other options is a conflict told in words, and the rest is created", async () => {
    await raw("commands").createIndex({ created_at: 1 }, { name: "old_ttl", expireAfterSeconds: 60 });
    await raw("serials").createIndex({ serial: 1 }, { name: "serial" });
    const { created, conflicts } = await ensureIndexes(store);
    assert.equal(created.length, indexDefinitions.length - 2);
    assert.deepEqual(conflicts, [
      {
        collection: "serials",
        index: "serial",
        text: 'serials: the index "serial" is {"serial":1} (plain), expected {"serial":1} unique; drop it (db.serials.dropIndex("serial")) and run: fleetcron init-db',
      },
      {
        collection: "commands",
        index: "created_at",
        text: 'commands: the index "old_ttl" is {"created_at":1} expiring after 60 s, expected {"created_at":1} expiring after 86400 s; drop it (db.commands.dropIndex("old_ttl")) and run: fleetcron init-db',
      },
    ]);
  });

  test("our name on another key is a conflict", async () => {
    await raw("job_runs").createIndex({ hostname: 1 }, { name: "newest" });
    const { conflicts } = await ensureIndexes(store);
    assert.deepEqual(
      conflicts.map(({ index }) => index),
      ["newest"],
    );
    assert.match(
      conflicts[0]?.text ?? "",
      /the index "newest" is \{"hostname":1\} \(plain\), expected \{"scheduled_for":-1\}/,
    );
  });

  test("a plain index on job_id does not pass for the overlap index", async () => {
    await raw("job_runs").createIndex({ job_id: 1 }, { name: "job_id_1" });
    const { created } = await ensureIndexes(store);
    assert.ok(created.includes(`job_runs.${exclusiveRunIndex}`));
  });

  test("job names used twice are named; documents without a name are not in the way", async () => {
    const names = ["twice", "twice", "once", "thrice", "thrice", "thrice"];
    await raw("jobs").insertMany([...names.map((name) => ({ name })), {}, {}, { name: 5 }, { name: 5 }]);
    const { conflicts } = await ensureIndexes(store);
    assert.deepEqual(
      conflicts.map(({ text }) => text),
      [
        'jobs: job names must be unique, but these are not: "thrice" (3 documents), "twice" (2 documents); rename or remove all but one of each and run: fleetcron init-db',
      ],
    );
  });

  test("without the right to create them it says what an administrator must run", async () => {
    await using _ = await failCommand(target, { failCommands: ["createIndexes"], appName, errorCode: 13 });
    await assert.rejects(ensureIndexes(store), {
      code: "store_permission",
      details: ["an administrator must run once: fleetcron init-db"],
    });
  });

  test("with every index present no right to create is needed", async () => {
    await ensureIndexes(store);
    await using _ = await failCommand(target, { failCommands: ["createIndexes"], appName, errorCode: 13 });
    assert.deepEqual(await ensureIndexes(store), { created: [], conflicts: [] });
  });
});
