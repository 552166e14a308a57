import assert from "node:assert/strict";
import { test } from "node:test";
import { Double, Int32 } from "bson";
import { CommandError } from "../../../src/embedded/command-error.ts";
import { StorageError } from "../../../src/embedded/storage/storage-error.ts";
import { decode } from "../../../src/embedded/values/value.ts";
import * as fixtures from "./storage-fixtures.ts";

const { idsOf, indexSpec, insert, memoryStore, remove, replace, wholeCollection, wholeIndex } = fixtures;

test("a document is inserted, found, replaced and removed", (t) => {
  const storage = memoryStore(t);
  const collection = storage.createCollection("db", "coll");
  insert(storage, collection, { _id: 1, a: "x" });
  replace(storage, collection, { _id: 1, a: "y" });
  const found = storage.findById(collection, new Double(1));
  assert.equal(decode(found?.bytes ?? new Uint8Array()).a, "y");
  assert.equal(storage.count(collection), 1);
  remove(storage, collection, 1);
  assert.equal(storage.findById(collection, new Int32(1)), null);
  assert.equal(storage.count(collection), 0);
});

test("a collection is read in the order of insertion", (t) => {
  const storage = memoryStore(t);
  const collection = storage.createCollection("db", "coll");
  for (const _id of [3, 1, 2]) insert(storage, collection, { _id });
  assert.deepEqual(idsOf(storage.read(collection, wholeCollection)), [3, 1, 2]);
});

test("an index follows inserts, replaces and removes", (t) => {
  const storage = memoryStore(t);
  const collection = storage.createCollection("db", "coll");
  storage.createIndex(collection, indexSpec({ a: 1 }));
  for (const [_id, a] of [5, 3, 4, 3].entries()) insert(storage, collection, { _id, a });
  assert.deepEqual(idsOf(storage.read(collection, wholeIndex(collection, "a_1"))), [1, 3, 2, 0]);
  replace(storage, collection, { _id: 0, a: 1 });
  remove(storage, collection, 3);
  assert.deepEqual(idsOf(storage.read(collection, wholeIndex(collection, "a_1"))), [0, 1, 2]);
  assert.deepEqual(idsOf(storage.read(collection, wholeIndex(collection, "a_1", -1))), [2, 1, 0]);
});

test("an index is built over the documents that are there, and tells of arrays", (t) => {
  const storage = memoryStore(t);
  const collection = storage.createCollection("db", "coll");
  for (let _id = 0; _id < 300; _id++) insert(storage, collection, { _id, a: 300 - _id, tags: ["p", "q"] });
  assert.equal(storage.createIndex(collection, indexSpec({ a: 1 })).multikey, false);
  assert.equal(storage.createIndex(collection, indexSpec({ tags: 1 })).multikey, true);
  const ids = idsOf(storage.read(collection, wholeIndex(collection, "a_1")));
  assert.deepEqual(ids, [...Array(300).keys()].reverse());
  assert.equal(idsOf(storage.read(collection, wholeIndex(collection, "tags_1"))).length, 300);
});

test("the first array makes an index multikey for good", (t) => {
  const storage = memoryStore(t);
  const collection = storage.createCollection("db", "coll");
  storage.createIndex(collection, indexSpec({ a: 1 }));
  insert(storage, collection, { _id: 1, a: 1 });
  assert.deepEqual(
    collection.indexes.map(({ multikey }) => multikey),
    [false, false],
  );
  replace(storage, collection, { _id: 1, a: [1, 2] });
  remove(storage, collection, 1);
  assert.deepEqual(
    collection.indexes.map(({ multikey }) => multikey),
    [false, true],
  );
});

test("a document that a unique index refuses leaves nothing behind, and what came before it stays", (t) => {
  const storage = memoryStore(t);
  const collection = storage.createCollection("db", "coll");
  storage.createIndex(collection, indexSpec({ a: 1 }));
  storage.createIndex(collection, indexSpec({ b: 1 }, { unique: true }));
  const refused = () =>
    storage.transaction(() => {
      insert(storage, collection, { _id: 1, a: 1, b: 1 });
      insert(storage, collection, { _id: 2, a: 2, b: 1 });
    });
  assert.throws(refused, CommandError);
  for (const plan of [wholeCollection, wholeIndex(collection, "a_1"), wholeIndex(collection, "b_1")]) {
    assert.deepEqual(idsOf(storage.read(collection, plan)), [1]);
  }
});

test("a replace may keep its own unique key, and not take another's", (t) => {
  const storage = memoryStore(t);
  const collection = storage.createCollection("db", "coll");
  storage.createIndex(collection, indexSpec({ b: 1 }, { unique: true }));
  insert(storage, collection, { _id: 1, b: [1, 2] });
  insert(storage, collection, { _id: 2, b: 3 });
  replace(storage, collection, { _id: 1, b: [2, 4] });
  assert.throws(() => replace(storage, collection, { _id: 2, b: 4 }), { code: 11000 });
  insert(storage, collection, { _id: 3, b: 1 });
  assert.deepEqual(idsOf(storage.read(collection, wholeIndex(collection, "b_1"))), [3, 1, 2]);
});

test("what is not a CommandError rolls everything back, the catalogue too", (t) => {
  const storage = memoryStore(t);
  const kept = storage.createCollection("db", "kept");
  storage.createIndex(kept, indexSpec({ a: 1 }));
  insert(storage, kept, { _id: 1, a: 1 });
  const work = () => {
    insert(storage, kept, { _id: 2, a: [2] });
    storage.dropIndex(kept, "a_1");
    storage.createIndex(kept, indexSpec({ b: 1 }));
    insert(storage, storage.createCollection("db", "gone"), { _id: 1 });
    throw new TypeError("a mistake of ours");
  };
  assert.throws(() => storage.transaction(work), TypeError);
  assert.equal(storage.findCollection("db", "gone"), null);
  const after = storage.findCollection("db", "kept");
  assert.ok(after);
  assert.deepEqual(
    after.indexes.map(({ name, multikey }) => [name, multikey]),
    [
      ["_id_", false],
      ["a_1", false],
    ],
  );
  assert.deepEqual(idsOf(storage.read(after, wholeIndex(after, "a_1"))), [1]);
});

test("a transaction within another joins it", (t) => {
  const storage = memoryStore(t);
  const collection = storage.createCollection("db", "coll");
  const work = () => {
    storage.transaction(() => insert(storage, collection, { _id: 1 }));
    throw new TypeError("a mistake of ours");
  };
  assert.throws(() => storage.transaction(work), TypeError);
  assert.equal(storage.count(storage.findCollection("db", "coll") ?? collection), 0);
});

test("a build that fails leaves no index, and the rest of its command stands", (t) => {
  const storage = memoryStore(t);
  const collection = storage.createCollection("db", "coll");
  for (const [_id, a] of [2, 2, 1, 1].entries()) insert(storage, collection, { _id, a });
  const build = (direction: 1 | -1) => () =>
    storage.transaction(() => {
      insert(storage, collection, { _id: 10 + direction, a: 20 + direction });
      storage.createIndex(collection, indexSpec({ a: direction }, { unique: true }));
    });
  const { uuid } = collection;
  const hex = Buffer.from(uuid).toString("hex");
  const shown = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  const ending = (index: string, a: number) =>
    `: Collection db.coll ( ${shown} ) :: caused by :: E11000 duplicate key error collection: db.coll index: ${index} dup key: { a: ${a} }`;
  const failure = (index: string, a: number) => (error: unknown) => {
    assert.ok(error instanceof CommandError);
    assert.deepEqual([error.code, error.codeName], [11000, "DuplicateKey"]);
    assert.match(error.message, /^Index build failed: [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}: /);
    assert.ok(error.message.endsWith(ending(index, a)), error.message);
    return true;
  };
  assert.throws(build(1), failure("a_1", 1));
  assert.throws(build(-1), failure("a_-1", 2));
  assert.deepEqual(
    collection.indexes.map(({ name }) => name),
    ["_id_"],
  );
  assert.equal(storage.count(collection), 6);
});

test("collections and databases are listed, dropped and made again", (t) => {
  const storage = memoryStore(t);
  for (const [db, name] of [
    ["two", "b"],
    ["one", "a"],
    ["two", "c"],
  ] as const) {
    insert(storage, storage.createCollection(db, name), { _id: 1 });
  }
  assert.deepEqual(
    storage.listDatabases().map(({ name, sizeOnDisk, empty }) => [name, sizeOnDisk > 0, empty]),
    [
      ["one", true, false],
      ["two", true, false],
    ],
  );
  assert.deepEqual(
    storage.listCollections("two").map(({ name }) => name),
    ["b", "c"],
  );
  assert.throws(() => storage.createCollection("two", "b"), {
    code: 48,
    message: "Collection two.b already exists.",
  });
  assert.equal(storage.dropDatabase("two"), true);
  assert.equal(storage.dropDatabase("two"), false);
  const again = storage.createCollection("two", "b");
  assert.equal(storage.count(again), 0);
});

test("indexes are dropped by name, but not the one on _id", (t) => {
  const storage = memoryStore(t);
  const collection = storage.createCollection("db", "coll");
  storage.createIndex(collection, indexSpec({ a: 1 }));
  storage.dropIndex(collection, "a_1");
  assert.throws(() => storage.dropIndex(collection, "a_1"), { code: 27, message: "index not found with name [a_1]" });
  assert.throws(() => storage.dropIndex(collection, "_id_"), { code: 72, message: "cannot drop _id index" });
});

test("sizes are those of the documents and of each index", (t) => {
  const storage = memoryStore(t);
  const collection = storage.createCollection("db", "coll");
  storage.createIndex(collection, indexSpec({ a: 1 }));
  insert(storage, collection, { _id: 1, a: "xyz" });
  assert.deepEqual(storage.sizes(collection), { count: 1, size: 25, indexSizes: { _id_: 8192, a_1: 8192 } });
});

test("a closed store refuses everything, and closing it again is harmless", (t) => {
  const storage = memoryStore(t);
  const collection = storage.createCollection("db", "coll");
  storage.close();
  storage.close();
  const isClosed = (error: unknown) => error instanceof StorageError && error.kind === "closed";
  assert.throws(() => insert(storage, collection, { _id: 1 }), isClosed);
  assert.throws(() => storage.findCollection("db", "coll"), isClosed);
  assert.throws(() => idsOf(storage.read(collection, wholeCollection)), isClosed);
});
