import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { ensureMongod, renderMongod } from "../../scripts/ensure-mongod.ts";

describe("finding a mongod", () => {
  const dir = mkdtempSync(join(tmpdir(), "fleetcron-ensure-"));
  after(() => rmSync(dir, { recursive: true }));

  /** A program that answers `--version` as told. */
  function fakeMongod(folder: string, script: string): string {
    const path = join(dir, folder, "mongod");
    mkdirSync(join(dir, folder), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  }
  const cacheDir = join(dir, "cache");
  const onPath = fakeMongod("path", "echo 'db version v7.0.1'");
  const cached = fakeMongod("cache", "echo 'db version v6.0.5'");
  const named = fakeMongod("named", "echo 'db version v8.0.0-rc1'");
  const env = { PATH: `${join(dir, "empty")}:${join(dir, "path")}` };

  test("a connection string comes first, and its password is never shown", async () => {
    const uri = "mongodb://me:s3cret@db.example/?replicaSet=rs";
    const found = await ensureMongod({ ...env, FLEETCRON_TEST_MONGODB_URI: uri, MONGOMS_SYSTEM_BINARY: named });
    assert.deepEqual(found, { kind: "uri", uri, from: "FLEETCRON_TEST_MONGODB_URI" });
    assert.ok(renderMongod(found).includes("db.example"));
    assert.ok(!renderMongod(found).includes("s3cret"));
  });

  test("then the program that is named, then PATH, then the cache", async () => {
    const first = await ensureMongod({ ...env, MONGOMS_SYSTEM_BINARY: named }, { cacheDir });
    assert.deepEqual(first, { kind: "binary", path: named, version: "8.0.0-rc1", from: "MONGOMS_SYSTEM_BINARY" });
    const second = await ensureMongod(env, { cacheDir });
    assert.deepEqual(second, { kind: "binary", path: onPath, version: "7.0.1", from: "PATH" });
    const third = await ensureMongod({ PATH: "" }, { cacheDir });
    assert.deepEqual(third, { kind: "binary", path: cached, version: "6.0.5", from: "cache" });
  });

  test("one on PATH that does not run is passed over", async () => {
    fakeMongod("broken", "echo 'mongod: cannot execute' >&2; exit 1");
    const found = await ensureMongod({ PATH: join(dir, "broken") }, { cacheDir });
    assert.equal(found.kind === "binary" && found.path, cached);
  });

  for (const [name, script, why] of [
    [
      "lacks libcurl",
      'echo "mongod: error while loading shared libraries: libcurl.so.4: cannot open shared object file" >&2; exit 127',
      /libcurl\.so\.4 is missing \(apt-get install libcurl4\)/,
    ],
    [
      "lacks another library",
      'echo "mongod: error while loading shared libraries: libssl.so.3: cannot open shared object file" >&2; exit 127',
      /the library libssl\.so\.3 is missing/,
    ],
    ["says nothing", "exit 3", /it ended with 3 and told no version/],
  ] as const) {
    test(`a named program that ${name} is an error, not silently replaced`, async () => {
      const path = fakeMongod(name.replaceAll(" ", "-"), script);
      await assert.rejects(ensureMongod({ ...env, MONGOMS_SYSTEM_BINARY: path }, { cacheDir }), (error: Error) => {
        assert.ok(error.message.startsWith(`MONGOMS_SYSTEM_BINARY names ${path}, which cannot be used: `));
        assert.match(error.message, why);
        return true;
      });
    });
  }

  test("a named program that is not there is an error", async () => {
    const env = { MONGOMS_SYSTEM_BINARY: "/nowhere/mongod" };
    await assert.rejects(ensureMongod(env, { cacheDir }), { code: "not_found", message: /\/nowhere\/mongod.*ENOENT/ });
  });

  test("a connection string that is none is an error", async () => {
    const env = { FLEETCRON_TEST_MONGODB_URI: "localhost:27017" };
    await assert.rejects(ensureMongod(env, { cacheDir }), { code: "not_found" });
  });
});
