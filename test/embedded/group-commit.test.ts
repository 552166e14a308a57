// Commands that arrive together share one commit, and nobody is answered before it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Int32 } from "bson";
import { createEngine, type Engine } from "../../src/embedded/engine.ts";
import { emptySequences, newSession, type Reply } from "../../src/embedded/request.ts";
import { openStorage, type Storage } from "../../src/embedded/storage/storage.ts";
import type { ValueDocument } from "../../src/embedded/values/value.ts";
import { systemClock } from "../../src/runtime/clock.ts";

function engineOn(commit: (storage: Storage) => void): Engine {
  const storage = openStorage({ path: ":memory:" });
  return createEngine({
    storage: { ...storage, commit: () => commit(storage) },
    clock: systemClock,
    authenticator: null,
    testCommands: false,
    random: Math.random,
    groupCommits: true,
  });
}

const session = newSession(1);
const run = async (engine: Engine, body: ValueDocument): Promise<Reply> =>
  engine.run({ body: { ...body, $db: "shop" }, sequences: emptySequences }, session);
const set = (id: number): ValueDocument => ({
  update: "t",
  updates: [{ q: { _id: new Int32(id) }, u: { $set: { a: new Int32(1) } }, upsert: true }],
});

test("commands of one moment are committed once, and each is answered", async () => {
  let commits = 0;
  const engine = engineOn((storage) => {
    commits++;
    storage.commit();
  });
  const replies = await Promise.all([1, 2, 3, 4, 5].map((id) => run(engine, set(id))));
  assert.equal(commits, 1);
  for (const { fields } of replies) assert.deepEqual(fields.n, new Int32(1));
  await run(engine, set(6));
  assert.equal(commits, 2);
  engine.close();
});

test("no answer is given before the commit, not even to a read", async () => {
  const order: string[] = [];
  const engine = engineOn((storage) => {
    order.push("commit");
    storage.commit();
  });
  const write = run(engine, set(1)).then(() => order.push("write"));
  const read = run(engine, { count: "t" }).then(({ fields }) => order.push(`read ${Number(fields.n)}`));
  await Promise.all([write, read]);
  assert.deepEqual(order, ["commit", "write", "read 1"]);
  engine.close();
});

test("a commit that fails answers nobody", async () => {
  const engine = engineOn(() => {
    throw new Error("disk full");
  });
  const ends = await Promise.allSettled([run(engine, set(1)), run(engine, set(2)), run(engine, { count: "t" })]);
  for (const end of ends) assert.equal(end.status === "rejected" && end.reason.message, "disk full");
  engine.close();
});
