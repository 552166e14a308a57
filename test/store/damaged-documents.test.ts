import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Document } from "mongodb";
import type { Store } from "../../src/store/connect.ts";
import { findDamagedDocuments } from "../../src/store/damaged-documents.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { damageEachField, writeSamples } from "../helpers/sample-documents.ts";

await forEachTarget("damaged documents in the store", (suite) => {
  let store: Store;
  before(async () => {
    ({ store } = await openTestStore(suite));
  });
  after(() => store.close());

  test("nothing that agents write is one; with any one field of the wrong type it is, and that field is named", async () => {
    const samples = await writeSamples(store);
    assert.deepEqual(await findDamagedDocuments(store), []);
    const damaged = damageEachField(samples);
    assert.ok(damaged.length > 40);
    for (const { collection, field, document } of damaged) {
      const rows = store.db.collection<Document>(collection);
      await rows.replaceOne({ _id: document._id }, document, { upsert: true });
      const [found, ...others] = await findDamagedDocuments(store);
      assert.deepEqual([found?.collection, found?.id, others], [collection, String(document._id), []], field);
      assert.equal(found?.problems.length, 1);
      assert.match(found?.problems[0] ?? "", new RegExp(`^${field}: expected .*, got (object|string)$`));
      await rows.deleteOne({ _id: document._id });
    }
  });

  test("of many in one collection 20 are named, whatever their ids are", async () => {
    const rows = store.db.collection<Document>("commands");
    await rows.deleteMany({});
    const ids = [{ a: 1 }, 5, null, "x".repeat(1_000), true, ...Array.from({ length: 30 }, (_, i) => `command ${i}`)];
    await rows.insertMany(ids.map((_id) => ({ _id: _id as never, type: 5 })));
    const found = await findDamagedDocuments(store);
    assert.equal(found.filter(({ collection }) => collection === "commands").length, 20);
    assert.ok(found.every(({ id }) => id.length <= 200));
  });
});
