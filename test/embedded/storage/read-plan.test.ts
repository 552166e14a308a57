import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeKey } from "../../../src/embedded/values/key-encoding.ts";
import * as fixtures from "./storage-fixtures.ts";

const { idOf, idsOf, indexSpec, insert, memoryStore, remove, replace, typed, wholeCollection, wholeIndex } = fixtures;

function numbers(t: import("node:test").TestContext, count: number) {
  const storage = memoryStore(t);
  const collection = storage.createCollection("db", "p");
  storage.createIndex(collection, indexSpec({ a: 1 }));
  storage.transaction(() => {
    for (let _id = 0; _id < count; _id++) insert(storage, collection, { _id, a: _id });
  });
  return { storage, collection };
}

/** The first `count` ids, then whatever a getMore would bring. */
function begin(documents: Iterable<{ readonly bytes: Uint8Array }>, count: number) {
  const iterator = documents[Symbol.iterator]();
  for (let at = 0; at < count; at++) iterator.next();
  return {
    rest: () => {
      const rest: unknown[] = [];
      for (let next = iterator.next(); !next.done; next = iterator.next()) rest.push(idOf(next.value.bytes));
      return rest;
    },
  };
}

test("many documents come once each and in order, by the collection and by an index", (t) => {
  const { storage, collection } = numbers(t, 3_000);
  const upwards = [...Array(3_000).keys()];
  assert.deepEqual(idsOf(storage.read(collection, wholeCollection)), upwards);
  assert.deepEqual(idsOf(storage.read(collection, wholeIndex(collection, "a_1"))), upwards);
  assert.deepEqual(idsOf(storage.read(collection, wholeIndex(collection, "a_1", -1))), upwards.reverse());
});

test("documents of many megabytes are read a few at a time", (t) => {
  const storage = memoryStore(t);
  const collection = storage.createCollection("db", "p");
  for (let _id = 0; _id < 12; _id++) insert(storage, collection, { _id, text: "x".repeat(2 ** 21) });
  assert.deepEqual(idsOf(storage.read(collection, wholeCollection)), [...Array(12).keys()]);
});

for (const direction of [1, -1] as const) {
  test(`several ranges are read ${direction === 1 ? "upwards" : "downwards"}, each without its end`, (t) => {
    const { storage, collection } = numbers(t, 10);
    const key = (a: number) => encodeKey([typed(a)], [1]);
    const ranges = [
      { from: key(1), to: key(3) },
      { from: key(5), to: key(6) },
      { from: key(8), to: Uint8Array.of(255) },
    ];
    const plan = { ...wholeIndex(collection, "a_1", direction), ranges };
    const expected = [1, 2, 5, 8, 9];
    assert.deepEqual(idsOf(storage.read(collection, plan)), direction === 1 ? expected : expected.reverse());
  });
}

test("equal keys come in the order of insertion, and backwards against it", (t) => {
  const storage = memoryStore(t);
  const collection = storage.createCollection("db", "p");
  storage.createIndex(collection, indexSpec({ a: 1 }));
  for (let _id = 0; _id < 600; _id++) insert(storage, collection, { _id, a: 1 });
  const upwards = [...Array(600).keys()];
  assert.deepEqual(idsOf(storage.read(collection, wholeIndex(collection, "a_1"))), upwards);
  assert.deepEqual(idsOf(storage.read(collection, wholeIndex(collection, "a_1", -1))), upwards.reverse());
});

test("a document with many entries comes once", (t) => {
  const storage = memoryStore(t);
  const collection = storage.createCollection("db", "p");
  storage.createIndex(collection, indexSpec({ a: 1 }));
  for (let _id = 0; _id < 50; _id++) insert(storage, collection, { _id, a: [_id, _id + 100, _id + 200] });
  assert.deepEqual(idsOf(storage.read(collection, wholeIndex(collection, "a_1"))), [...Array(50).keys()]);
});

// The rest of each read is what mongod's getMore gave for the same steps.
test("a suspended read does not give what was removed meanwhile", (t) => {
  const { storage, collection } = numbers(t, 10);
  const cursor = begin(storage.read(collection, wholeCollection), 2);
  for (const id of [6, 7, 8, 9]) remove(storage, collection, id);
  assert.deepEqual(cursor.rest(), [2, 3, 4, 5]);
});

test("a suspended read gives documents as they are now", (t) => {
  const { storage, collection } = numbers(t, 10);
  const plan = wholeIndex(collection, "a_1");
  const cursor = begin(storage.read(collection, plan), 2);
  for (const _id of [3, 4]) replace(storage, collection, { _id, a: _id - 100 });
  assert.deepEqual(cursor.rest(), [2, 5, 6, 7, 8, 9]);
});

test("a read meets what was appended while it was suspended", (t) => {
  const { storage, collection } = numbers(t, 3);
  const cursor = begin(storage.read(collection, wholeCollection), 3);
  insert(storage, collection, { _id: 3, a: 3 });
  assert.deepEqual(cursor.rest(), [3]);
});

test("an update that moves its document ahead in the index does not meet it again", (t) => {
  const { storage, collection } = numbers(t, 40);
  const updated: unknown[] = [];
  storage.transaction(() => {
    for (const { bytes } of storage.read(collection, wholeIndex(collection, "a_1"))) {
      const _id = idOf(bytes);
      updated.push(_id);
      replace(storage, collection, { _id, a: Number(_id) + 1_000 });
    }
  });
  assert.deepEqual(updated, [...Array(40).keys()]);
});

test("a suspended read goes on after a rollback", (t) => {
  const { storage, collection } = numbers(t, 10);
  const cursor = begin(storage.read(collection, wholeIndex(collection, "a_1")), 2);
  const work = () => {
    for (let id = 0; id < 10; id++) remove(storage, collection, id);
    throw new TypeError("a mistake of ours");
  };
  assert.throws(() => storage.transaction(work), TypeError);
  assert.deepEqual(cursor.rest(), [2, 3, 4, 5, 6, 7, 8, 9]);
});

test("a read ends with QueryPlanKilled where its index was dropped", (t) => {
  const { storage, collection } = numbers(t, 10);
  const cursor = begin(storage.read(collection, wholeIndex(collection, "a_1")), 2);
  storage.dropIndex(collection, "a_1");
  assert.throws(() => cursor.rest(), {
    code: 175,
    codeName: "QueryPlanKilled",
    message: "query plan killed :: index 'a_1' dropped",
  });
});

test("a read ends with QueryPlanKilled where its collection was dropped, though there is one of its name", (t) => {
  const { storage, collection } = numbers(t, 10);
  const cursor = begin(storage.read(collection, wholeCollection), 2);
  storage.dropCollection(collection);
  insert(storage, storage.createCollection("db", "p"), { _id: 1 });
  assert.throws(() => cursor.rest(), { code: 175, message: /^collection dropped\. UUID [0-9a-f-]{36}$/ });
});
