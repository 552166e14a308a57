import assert from "node:assert/strict";
import { test } from "node:test";
import { Timestamp } from "bson";
import {
  idsOf,
  indexSpec,
  insert,
  memoryStore,
  typedDocument,
  wholeCollection,
  wholeIndex,
} from "./storage-fixtures.ts";

const now = new Date("2026-03-01T12:00:00Z");
const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1000);

/** What mongod 6.0.5 takes away with `expireAfterSeconds: 60`. */
const cases: readonly (readonly [name: string, at: unknown, goes: boolean])[] = [
  ["a date that is over", secondsAgo(61), true],
  ["a date that is over at this instant", secondsAgo(60), true],
  ["a date that is not over yet", secondsAgo(59), false],
  ["a date before 1970", new Date(-1), true],
  ["a date to come", secondsAgo(-1000), false],
  ["an array with one date that is over", [secondsAgo(-1000), secondsAgo(61)], true],
  ["an array with no date that is over", [secondsAgo(-1000), secondsAgo(1)], false],
  ["an array with a date that is over among other types", ["x", 1, secondsAgo(61)], true],
  ["an array in an array", [[secondsAgo(61)]], false],
  ["a string", "2020-01-01T00:00:00Z", false],
  ["a number", 1, false],
  ["null", null, false],
  ["a timestamp", new Timestamp({ t: 1, i: 1 }), false],
  ["a document", { at: secondsAgo(61) }, false],
  ["an empty array", [], false],
];

for (const direction of [1, -1] as const) {
  for (const [name, at, goes] of cases) {
    test(`${name} ${goes ? "goes" : "stays"}, with a TTL index of direction ${direction}`, (t) => {
      const storage = memoryStore(t);
      const collection = storage.createCollection("db", "runs");
      storage.createIndex(collection, indexSpec({ at: direction }, { expireAfterSeconds: 60 }));
      storage.createIndex(collection, indexSpec({ other: 1 }));
      insert(storage, collection, { _id: 1, at, other: 1 });
      insert(storage, collection, { _id: 2 });
      assert.equal(storage.expire(now), goes ? 1 : 0);
      const left = goes ? [2] : [1, 2];
      assert.deepEqual(idsOf(storage.read(collection, wholeCollection)), left);
      assert.deepEqual(idsOf(storage.read(collection, wholeIndex(collection, "other_1"))).sort(), left);
    });
  }
}

test("a partial TTL index takes only what it holds", (t) => {
  const storage = memoryStore(t);
  const collection = storage.createCollection("db", "runs");
  const partialFilter = typedDocument({ done: true });
  storage.createIndex(collection, indexSpec({ at: 1 }, { expireAfterSeconds: 0, partialFilter }));
  insert(storage, collection, { _id: 1, at: secondsAgo(1), done: true });
  insert(storage, collection, { _id: 2, at: secondsAgo(1), done: false });
  assert.equal(storage.expire(now), 1);
  assert.deepEqual(idsOf(storage.read(collection, wholeCollection)), [2]);
});

test("a pass takes at most 10,000 documents, and the next one the rest", (t) => {
  const storage = memoryStore(t);
  const collection = storage.createCollection("db", "runs");
  storage.createIndex(collection, indexSpec({ at: 1 }, { expireAfterSeconds: 0 }));
  storage.transaction(() => {
    for (let _id = 0; _id < 10_005; _id++) insert(storage, collection, { _id, at: secondsAgo(10) });
  });
  assert.equal(storage.expire(now), 10_000);
  assert.equal(storage.expire(now), 5);
  assert.equal(storage.expire(now), 0);
  assert.equal(storage.count(collection), 0);
});
