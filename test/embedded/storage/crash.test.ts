// What was acknowledged is there after the worst: the process killed, the log cut, the disk full.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Int32 } from "bson";
import { openStorage } from "../../../src/embedded/storage/storage.ts";
import { decode } from "../../../src/embedded/values/value.ts";
import { idsOf, insert, temporaryFolder, wholeCollection, wholeIndex } from "./storage-fixtures.ts";
import { startStorageProcess } from "./storage-processes.ts";

/** What one process told, as the state that must be found: number → whether it was replaced. */
interface Told {
  readonly present: Map<number, boolean>;
  readonly removed: Set<number>;
  next: number;
}

function hear(told: Told, lines: readonly string[]): void {
  for (const line of lines) {
    const [what, number] = line.split(" ");
    const n = Number(number);
    if (what === "inserted") told.present.set(n, false);
    else if (what === "replaced") told.present.set(n, true);
    else if (what === "removed") {
      told.present.delete(n);
      told.removed.add(n);
    }
  }
}

/**
 * Everything told is there, once, in the collection and in every index. The one operation that was done but not told
 * any more counts as told from here on.
 */
function assertAllThere(path: string, told: Told): void {
  const storage = openStorage({ path });
  try {
    const collection = storage.findCollection("db", "numbers");
    assert.ok(collection);
    const documents = [...storage.read(collection, wholeCollection)].map(({ bytes }) => decode(bytes));
    const found = new Map(documents.map(({ n, replaced }) => [(n as Int32).value, replaced === true]));
    assert.equal(found.size, documents.length, "a document is there twice");
    const inOrder = [...found.keys()].sort((a, b) => a - b);
    for (const { name } of collection.indexes) {
      const byIndex: number[] = idsOf(storage.read(collection, wholeIndex(collection, name))).map(Number);
      assert.deepEqual(
        byIndex.sort((a, b) => a - b),
        inOrder,
        `${name} holds other documents than the collection`,
      );
      assert.equal(storage.sizes(collection).count, documents.length);
    }
    const differing = [...new Set([...told.present.keys(), ...found.keys()])].filter(
      (n) => told.present.get(n) !== found.get(n),
    );
    assert.ok(differing.length <= 1, `differ from what was told: ${differing.join(", ")}`);
    const last = Math.max(-1, ...told.present.keys(), ...told.removed);
    for (const n of differing) assert.ok(n >= last, `${n} was told, and ${last} after it`);
    told.present.clear();
    for (const [n, replaced] of found) told.present.set(n, replaced);
    told.next = Math.max(last, ...found.keys()) + 1;
  } finally {
    storage.close();
  }
}

const kills = Number(process.env.FLEETCRON_TEST_KILLS ?? 5);

test(`${kills} processes killed under load lose nothing they told, and double nothing`, async (t) => {
  const path = join(temporaryFolder(t), "store.db");
  const told: Told = { present: new Map(), removed: new Set(), next: 0 };
  for (let round = 0; round < kills; round++) {
    const writer = await startStorageProcess(t, ["write", path, String(told.next)]);
    await writer.untilLines(50 + ((round * 131) % 700));
    await writer.kill();
    hear(told, writer.lines);
    assertAllThere(path, told);
  }
});

test("a log cut anywhere keeps every commit before the cut, and no half of one after it", (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "store.db");
  const storage = openStorage({ path });
  const collection = storage.createCollection("db", "coll");
  const lengths: number[] = [];
  for (let n = 0; n < 20; n++) {
    storage.transaction(() => {
      insert(storage, collection, { _id: 2 * n, text: "x".repeat(500 * (n % 5)) });
      insert(storage, collection, { _id: 2 * n + 1 });
    });
    lengths.push(statSync(`${path}-wal`).size);
  }
  const kept = join(folder, "kept");
  mkdirSync(kept);
  // By another process: closing the file here would drop the store's lock on it.
  execFileSync("cp", [path, `${path}-wal`, kept]);
  storage.close();
  const whole = lengths.at(-1) ?? 0;
  const cuts = [
    ...lengths.flatMap((at) => [at - 1, at]),
    ...Array.from({ length: 60 }, (_, at) => Math.floor((whole * at) / 60)),
  ];
  for (const cut of cuts) {
    const copy = join(folder, "copy.db");
    copyFileSync(join(kept, "store.db"), copy);
    copyFileSync(join(kept, "store.db-wal"), `${copy}-wal`);
    truncateSync(`${copy}-wal`, cut);
    const commits = lengths.filter((length) => length <= cut).length;
    assert.deepEqual(idsIn(copy), [...Array(2 * commits).keys()], `cut at ${cut} of ${whole}`);
    rmSync(copy);
  }
});

function idsIn(path: string): unknown[] {
  const storage = openStorage({ path });
  try {
    const collection = storage.findCollection("db", "coll");
    return collection === null ? [] : idsOf(storage.read(collection, wholeCollection));
  } finally {
    storage.close();
  }
}

test("a file that may not grow stops the store, and nothing told is lost", {
  skip: process.platform === "win32",
}, async (t) => {
  const path = join(temporaryFolder(t), "store.db");
  // Blocks of 1,024 bytes; the signal would end the process before SQLite hears of it.
  const prefix = "trap '' XFSZ; ulimit -f 7000";
  const writer = await startStorageProcess(t, ["write", path], { prefix });
  await writer.gone();
  assertStopped(path, writer.lines, ["full", "failed"]);
});

test("a full disk stops the store, and nothing told is lost", async (t) => {
  const disk = mountSmallDisk(t);
  if (disk === null) return t.skip("needs a small disk of its own, which only root may mount");
  const path = join(disk, "store.db");
  const writer = await startStorageProcess(t, ["write", path]);
  await writer.gone();
  assertStopped(path, writer.lines, ["full"]);
});

function assertStopped(path: string, lines: readonly string[], kinds: readonly string[]): void {
  const { kind, message, again } = JSON.parse(lines.at(-1) ?? "{}");
  assert.ok(kinds.includes(kind), lines.at(-1));
  assert.equal(again, kind, "the store went on");
  assert.match(message, /What was acknowledged is kept/);
  const told: Told = { present: new Map(), removed: new Set(), next: 0 };
  hear(told, lines);
  assert.ok(told.present.size > 100);
  assertAllThere(path, told);
}

function mountSmallDisk(t: TestContext): string | null {
  const folder = mkdtempSync(join(tmpdir(), "fleetcron-disk-"));
  // One hook: hooks run in the order of their making, and a disk goes before its folder.
  t.after(() => {
    spawnSync("umount", [folder], { stdio: "ignore" });
    rmSync(folder, { recursive: true });
  });
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=12m", "tmpfs", folder], { stdio: "ignore" });
  return status === 0 ? folder : null;
}
