import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { openStorage } from "../../../src/embedded/storage/storage.ts";
import { StorageError, type StorageErrorKind } from "../../../src/embedded/storage/storage-error.ts";
import { idsOf, indexSpec, insert, temporaryFolder, wholeCollection, wholeIndex } from "./storage-fixtures.ts";
import { type StorageProcess, startStorageProcess, storageProgram } from "./storage-processes.ts";

/** A store of 500 documents with one index, closed in order. */
function filledStore(t: TestContext, textLength = 800): string {
  const path = join(temporaryFolder(t), "store.db");
  const storage = openStorage({ path });
  const collection = storage.createCollection("db", "coll");
  storage.createIndex(collection, indexSpec({ a: 1 }));
  storage.transaction(() => {
    for (let _id = 0; _id < 500; _id++) insert(storage, collection, { _id, a: -_id, text: "x".repeat(textLength) });
  });
  storage.close();
  return path;
}

function refusal(path: string): StorageError {
  try {
    openStorage({ path }).close();
  } catch (error) {
    assert.ok(error instanceof StorageError, String(error));
    return error;
  }
  throw new Error(`${path} was opened`);
}

function assertRefused(path: string, kind: StorageErrorKind, message: RegExp): void {
  const error = refusal(path);
  assert.equal(error.kind, kind, error.message);
  assert.match(error.message, message);
  assert.ok(error.message.startsWith(`${path}: `), error.message);
}

test("a store is there again after it was closed, with its indexes, in one file", (t) => {
  const path = filledStore(t);
  assert.deepEqual(readdirSync(dirname(path)), ["store.db"]);
  const storage = openStorage({ path });
  t.after(() => storage.close());
  const collection = storage.findCollection("db", "coll");
  assert.ok(collection);
  assert.equal(storage.count(collection), 500);
  assert.deepEqual(idsOf(storage.read(collection, wholeIndex(collection, "a_1"))), [...Array(500).keys()].reverse());
});

test("an index's definition is there again after it was closed", (t) => {
  const path = join(temporaryFolder(t), "store.db");
  const spec = indexSpec({ "2": 1, "1": -1 }, { unique: true, sparse: true, expireAfterSeconds: 1.5 });
  const first = openStorage({ path });
  const made = first.createCollection("db", "coll");
  first.createIndex(made, { ...spec, key: spec.key.toReversed(), partialFilter: { a: { $exists: true } } });
  insert(first, made, { _id: 1, a: 1, "1": [1] });
  const { uuid, indexes } = made;
  first.close();
  const second = openStorage({ path });
  t.after(() => second.close());
  const found = second.findCollection("db", "coll");
  assert.deepEqual(
    [found?.uuid, found?.indexes],
    [uuid, indexes].map((part) => (part === uuid ? new Uint8Array(uuid) : part)),
  );
  assert.equal(indexes[1]?.multikey, true);
});

test("nobody else may read a new store, its log included", { skip: process.platform === "win32" }, (t) => {
  const path = join(temporaryFolder(t), "store.db");
  const storage = openStorage({ path });
  t.after(() => storage.close());
  storage.createCollection("db", "coll");
  for (const file of [path, `${path}-wal`, `${path}.owner`]) assert.equal(statSync(file).mode & 0o777, 0o600, file);
});

test("opening a store says nothing on stderr", (t) => {
  const path = join(temporaryFolder(t), "store.db");
  const { stdout, stderr } = spawnSync(process.execPath, [storageProgram, "hold", path], {
    encoding: "utf8",
    input: "",
  });
  assert.deepEqual([stdout, stderr], ["open\n", ""]);
});

test("a second process is told which process has the store", async (t) => {
  const path = filledStore(t);
  const holder = await startStorageProcess(t, ["hold", path]);
  const error = refusal(path);
  assert.deepEqual([error.kind, error.pid], ["locked", holder.pid]);
  assert.match(error.message, new RegExp(`process ${holder.pid} has the store open`));
  await holder.end();
  openStorage({ path }).close();
});

test("a note of the owner that is stale, wrong or missing changes nothing but the message", async (t) => {
  const path = filledStore(t);
  writeFileSync(`${path}.owner`, JSON.stringify({ pid: process.ppid }));
  const holder = await startStorageProcess(t, ["hold", path]);
  for (const note of ["", "{}", JSON.stringify({ pid: 2 ** 22 + 1 })]) {
    writeFileSync(`${path}.owner`, note);
    assert.equal(refusal(path).pid, null);
  }
  rmSync(`${path}.owner`);
  assertRefused(path, "locked", /another process has the store open/);
  await holder.kill();
  openStorage({ path }).close();
});

test("a second opening in the same process is refused and does not weaken the lock against others", async (t) => {
  const path = filledStore(t);
  const storage = openStorage({ path });
  t.after(() => storage.close());
  assert.equal(refusal(path).kind, "locked");
  const other = await startStorageProcess(t, ["hold", path]);
  assert.match(other.lines[0] ?? "", /"kind":"locked"/);
});

test("two processes that make the same store at once: one has it, the other is refused", async (t) => {
  const path = join(temporaryFolder(t), "store.db");
  const both = await Promise.all([startStorageProcess(t, ["hold", path]), startStorageProcess(t, ["hold", path])]);
  const said = (one: StorageProcess) => (one.lines[0] === "open" ? "open" : JSON.parse(one.lines[0] ?? "{}").kind);
  assert.deepEqual(both.map(said).sort(), ["locked", "open"]);
  await Promise.all(both.map((one) => one.end()));
  assert.deepEqual(readdirSync(dirname(path)), ["store.db"]);
});

test("another program's SQLite file is refused and left as it is", (t) => {
  const path = join(temporaryFolder(t), "other.db");
  const sql = new DatabaseSync(path);
  sql.exec("CREATE TABLE mine (a); INSERT INTO mine VALUES (1)");
  sql.close();
  const before = readFileSync(path);
  assertRefused(path, "foreign", /SQLite file of another program/);
  assert.deepEqual(readFileSync(path), before);
  assert.deepEqual(readdirSync(dirname(path)), ["other.db"]);
});

test("a store of a later version is refused", (t) => {
  const path = filledStore(t);
  const sql = new DatabaseSync(path);
  sql.exec("PRAGMA user_version = 2");
  sql.close();
  assertRefused(path, "newer", /store format 2, this program knows 1/);
});

type Damage = readonly [what: string, harm: (path: string) => void, message: RegExp];

function overwrite(path: string, at: number, bytes: Uint8Array): void {
  const descriptor = openSync(path, "r+");
  writeSync(descriptor, bytes, 0, bytes.length, at);
  closeSync(descriptor);
}

const damages: readonly Damage[] = [
  ["a text file", (path) => writeFileSync(path, "not a database ".repeat(1000)), /not a database/],
  ["a lost header", (path) => overwrite(path, 0, Buffer.alloc(100, 0xff)), /not a database/],
  ["pages of garbage", (path) => overwrite(path, 20 * 8192, Buffer.alloc(5 * 8192, 0xa5)), /damaged/],
  ["pages of zeros", (path) => overwrite(path, 20 * 8192, Buffer.alloc(5 * 8192)), /damaged/],
  ["half of its pages", (path) => truncateSync(path, 30 * 8192), /damaged/],
  ["half of a page", (path) => truncateSync(path, 30 * 8192 + 100), /damaged/],
  ["its first page", (path) => truncateSync(path, 8192), /damaged/],
  ["part of its first page", (path) => truncateSync(path, 50), /the file has 50 bytes/],
  ["nothing", (path) => truncateSync(path, 0), /the file is empty/],
];

for (const [what, harm, message] of damages) {
  test(`a store of which is left: ${what}, is refused with what to do`, (t) => {
    const path = filledStore(t);
    harm(path);
    assertRefused(path, "damaged", message);
    assertRefused(path, "damaged", /Restore a copy .* move/);
    assert.ok(existsSync(path));
  });
}

const damagesBesideLog: readonly Damage[] = [
  ["is empty", (path) => truncateSync(path, 0), /the file is empty, its log is not/],
  ["is missing", (path) => rmSync(path), /the file is missing, its log .*-wal is there/],
  ["lost its end", (path) => truncateSync(path, 30 * 8192), /damaged/],
];

for (const [what, harm, message] of damagesBesideLog) {
  test(`a store that ${what} beside a log is refused and not begun anew`, async (t) => {
    const path = filledStore(t);
    const writer = await startStorageProcess(t, ["write", path]);
    await writer.untilLines(5);
    await writer.kill();
    const log = statSync(`${path}-wal`).size;
    assert.ok(log > 0);
    harm(path);
    assertRefused(path, "damaged", message);
  });
}

test("damage that is met later stops the store", (t) => {
  // More than SQLite keeps in memory.
  const path = filledStore(t, 80_000);
  const storage = openStorage({ path });
  t.after(() => storage.close());
  const collection = storage.findCollection("db", "coll");
  assert.ok(collection);
  // By another process: closing the file here would drop the lock.
  execFileSync("dd", [
    "if=/dev/zero",
    `of=${path}`,
    "bs=8192",
    "seek=100",
    "count=4000",
    "conv=notrunc",
    "status=none",
  ]);
  const isDamaged = (error: unknown) => error instanceof StorageError && error.kind === "damaged";
  assert.throws(() => idsOf(storage.read(collection, wholeCollection)), isDamaged);
  assert.throws(() => insert(storage, collection, { _id: 1_000 }), isDamaged);
  assert.throws(() => storage.findCollection("db", "coll"), isDamaged);
});

test("a folder, a missing folder and a file for a folder are refused", (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "file"), "x");
  assertRefused(folder, "unwritable", /is a folder/);
  assertRefused(join(folder, "missing", "store.db"), "unwritable", /no such file or directory/);
  assertRefused(join(folder, "file", "store.db"), "unwritable", /not a directory/);
});

const nobody = 65_534;

test("what may not be written is refused", { skip: process.platform === "win32" }, async (t) => {
  const path = filledStore(t);
  const folder = dirname(path);
  const asNobody = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  chmodSync(path, 0o444);
  chmodSync(folder, 0o777);
  const file = await startStorageProcess(t, ["hold", path], asNobody);
  assert.match(file.lines[0] ?? "", /"kind":"unwritable".*rights of the file.*permission denied/);
  chmodSync(path, 0o666);
  chmodSync(folder, 0o555);
  for (const name of ["store.db", "new.db"]) {
    const inFolder = await startStorageProcess(t, ["hold", join(folder, name)], asNobody);
    assert.match(inFolder.lines[0] ?? "", /"kind":"unwritable"/);
  }
  chmodSync(folder, 0o700);
});

test("any name will do for a store", { skip: process.platform === "win32" }, (t) => {
  const folder = temporaryFolder(t);
  const name = "a %41 b?mode=ro#c é";
  openStorage({ path: join(folder, name) }).close();
  openStorage({ path: join(folder, name) }).close();
  assert.deepEqual(readdirSync(folder), [name]);
});

test("a copy of a closed store is a store", (t) => {
  const path = filledStore(t);
  const folder = join(dirname(path), "copy");
  mkdirSync(folder);
  const copy = join(folder, "copy.db");
  copyFileSync(path, copy);
  const storage = openStorage({ path: copy });
  t.after(() => storage.close());
  const collection = storage.findCollection("db", "coll");
  assert.equal(collection && storage.count(collection), 500);
});
