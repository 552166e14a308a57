import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Document } from "mongodb";
import type { Store } from "../../src/store/connect.ts";
import { claimFleetZone, findFleetZone, setFleetZone } from "../../src/store/meta.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";

await forEachTarget("meta", (target) => {
  let store: Store;
  before(async () => {
    ({ store } = await openTestStore(target));
  });
  after(() => store.close());
  beforeEach(() => store.meta.deleteMany({}));

  test("the first agent's zone becomes the fleet's, whoever asks later", async () => {
    assert.equal(await findFleetZone(store), null);
    assert.equal(await claimFleetZone(store, "Europe/Berlin"), "Europe/Berlin");
    assert.equal(await claimFleetZone(store, "UTC"), "Europe/Berlin");
  });

  test("of 20 first agents all agree on one zone", async () => {
    const zones = Array.from({ length: 20 }, (_, i) => `Etc/GMT+${i % 12}`);
    const answers = await Promise.all(zones.map((zone) => claimFleetZone(store, zone)));
    assert.equal(new Set(answers).size, 1);
    assert.equal(await findFleetZone(store), answers[0]);
  });

  test("an administrator may set another zone, before or after the first agent", async () => {
    await setFleetZone(store, "Asia/Tokyo");
    assert.equal(await claimFleetZone(store, "UTC"), "Asia/Tokyo");
    await setFleetZone(store, "UTC");
    assert.equal(await claimFleetZone(store, "Asia/Tokyo"), "UTC");
  });

  test("a document without a usable zone gets one, and keeps what else it holds", async () => {
    await store.db.collection<Document>("meta").insertOne({ _id: "fleet" as never, tz: 5, note: "mine" });
    assert.equal(await claimFleetZone(store, "UTC"), "UTC");
    assert.deepEqual(await store.meta.findOne({}), { _id: "fleet", tz: "UTC", note: "mine" } as never);
  });
});
