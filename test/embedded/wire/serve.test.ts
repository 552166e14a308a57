// The store as the program starts it: in a thread of its own, on a socket or a port.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { MongoClient } from "mongodb";
import { type EmbeddedOptions, startEmbedded } from "../../../src/embedded/serve.ts";
import { StorageError } from "../../../src/embedded/storage/storage-error.ts";
import { FakeClock } from "../../helpers/fake-clock.ts";

const folder = mkdtempSync(join(tmpdir(), "fleetcron-serve-"));
after(() => rmSync(folder, { recursive: true }));
let places = 0;

const root = join(import.meta.dirname, "../../..");
const isWindows = process.platform === "win32";

function newPlace() {
  const place = join(folder, `${++places}`);
  return { path: `${place}.db`, socket: `${place}.sock` };
}

const connect = (uri: string) => new MongoClient(uri, { serverSelectionTimeoutMS: 5_000 });

for (const worker of [true, false]) {
  const where = worker ? "in a worker" : "in this thread";

  test(`${where}: what was acknowledged is there after a restart`, async () => {
    const { path, socket } = newPlace();
    const options: EmbeddedOptions = { path, listen: { socket }, worker };
    {
      await using server = await startEmbedded(options);
      assert.equal(server.port, null);
      await using client = connect(server.uri);
      await client.db("db").collection<{ _id: number }>("t").insertOne({ _id: 1 });
    }
    assert.equal(existsSync(socket), false);
    await using server = await startEmbedded(options);
    await using client = connect(server.uri);
    assert.deepEqual(await client.db("db").collection("t").find().toArray(), [{ _id: 1 }]);
  });

  test(`${where}: a port asks for the password, which its URI has`, async () => {
    const listen = { port: 0, user: "fleet:cron", password: "p@ss w/rd%" };
    await using server = await startEmbedded({ path: ":memory:", listen, worker });
    await using client = connect(server.uri);
    assert.equal((await client.db("db").command({ ping: 1 })).ok, 1);
    assert.ok(server.uri.includes(`@127.0.0.1:${server.port}/`));
    await using stranger = connect(`mongodb://127.0.0.1:${server.port}/`);
    await assert.rejects(stranger.db("db").command({ find: "t" }), { code: 13 });
  });

  test(`${where}: a store that is damaged or held by another is refused as such`, async () => {
    const { path, socket } = newPlace();
    writeFileSync(path, "this is no store");
    const refused = (kind: string) => (error: unknown) => error instanceof StorageError && error.kind === kind;
    await assert.rejects(startEmbedded({ path, listen: { socket }, worker }), refused("damaged"));
    const held = newPlace();
    await using _server = await startEmbedded({ path: held.path, listen: { socket: held.socket }, worker });
    const again = { path: held.path, listen: { socket: newPlace().socket }, worker };
    await assert.rejects(startEmbedded(again), refused("locked"));
  });

  test(`${where}: what keeps it from listening is told, and the store let go`, async () => {
    const { path, socket } = newPlace();
    writeFileSync(socket, "precious");
    await assert.rejects(startEmbedded({ path, listen: { socket }, worker }), { code: "EADDRINUSE" });
    await using server = await startEmbedded({ path, listen: { socket: newPlace().socket }, worker });
    assert.match(server.uri, /^mongodb:/);
  });

  test(`${where}: closing twice is harmless, and no failure`, async () => {
    const server = await startEmbedded({ path: ":memory:", listen: { socket: newPlace().socket }, worker });
    await Promise.all([server.close(), server.close()]);
    await server.close();
    const stillPending = Symbol();
    assert.equal(await Promise.race([server.failed, Promise.resolve(stillPending)]), stillPending);
  });
}

test("what expires is gone after a minute of its clock", async () => {
  const clock = new FakeClock(Date.parse("2026-01-01T00:00:00Z"));
  const listen = { socket: newPlace().socket };
  await using server = await startEmbedded({ path: ":memory:", listen, worker: false, clock });
  await using client = connect(server.uri);
  const documents = client.db("db").collection("t");
  await documents.createIndex({ at: 1 }, { expireAfterSeconds: 30 });
  await documents.insertOne({ at: new Date(clock.now()) });
  await clock.advance(59_999);
  assert.equal((await documents.find().toArray()).length, 1);
  await clock.advance(1);
  assert.equal((await documents.find().toArray()).length, 0);
});

test("a store that can't write any more stops, says why, and keeps what it acknowledged", {
  skip: isWindows,
}, async () => {
  const { path, socket } = newPlace();
  // The size limit of files stands for a full disk; the signal that comes with it would end the process.
  const limited = ["-c", `trap "" XFSZ; ulimit -f 1024; exec "$0" --input-type=module -e "$1"`, process.execPath];
  const child = spawnSync("sh", [...limited, fillStore(path, socket)], { encoding: "utf8" });
  const { isStorageError, acknowledged } = JSON.parse(child.stdout || assert.fail(child.stderr));
  assert.equal(isStorageError, true);
  assert.ok(acknowledged > 0);
  await using server = await startEmbedded({ path, listen: { socket } });
  await using client = connect(server.uri);
  assert.equal((await client.db("db").collection("t").find().toArray()).length, acknowledged);
});

/** A program that inserts until its store fails, and prints how that was. */
function fillStore(path: string, socket: string): string {
  const source = (file: string) => JSON.stringify(pathToFileURL(join(root, "src/embedded", file)));
  return `
    const { startEmbedded } = await import(${source("serve.ts")});
    const { StorageError } = await import(${source("storage/storage-error.ts")});
    const { MongoClient } = await import(${JSON.stringify(import.meta.resolve("mongodb"))});
    const listen = { socket: ${JSON.stringify(socket)} };
    const server = await startEmbedded({ path: ${JSON.stringify(path)}, listen });
    const client = await new MongoClient(server.uri, { serverSelectionTimeoutMS: 10_000 }).connect();
    const text = "x".repeat(50_000);
    let acknowledged = 0;
    try {
      for (;;) {
        await client.db("db").collection("t").insertOne({ text });
        acknowledged++;
      }
    } catch {}
    const isStorageError = (await server.failed) instanceof StorageError;
    await server.close();
    await client.close();
    process.stdout.write(JSON.stringify({ isStorageError, acknowledged }));
  `;
}
