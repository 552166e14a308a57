import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { configJsonSchema } from "../../src/config/json-schema.ts";
import { configName, scratch } from "../config/scratch.ts";
import { run } from "./run-config-command.ts";

test("init writes a config that only its owner can read and that passes the check as it is", async (t) => {
  const place = scratch(t);
  const file = join(place.dir, configName);
  const { stdout, stderr } = await run(place, ["init"]);
  assert.equal(stdout, `${file}\n`);
  assert.match(stderr, /set mongodb_uri/);
  if (process.platform !== "win32") assert.equal(statSync(file).mode & 0o777, 0o600);
  const checked = await run(place, ["config", "check"]);
  assert.equal(checked.stdout, `ok: ${file}\n`);
  assert.equal(checked.stderr, "");
});

test("the written config has every value at its default, and its schema beside it", async (t) => {
  const place = scratch(t);
  await run(place, ["init"]);
  const written = place.load();
  const defaults = place.load({ cwd: join(place.dir, "elsewhere"), requireUri: false });
  assert.deepEqual({ ...written.config, mongodbUri: null }, defaults.config);
  // A key without a default stands there as its remark alone.
  const unsaid = [...written.origins].filter(([, origin]) => !origin.startsWith(configName)).map(([path]) => path);
  assert.deepEqual(unsaid, ["embedded_port", "tls.ca_file", "notify_default.slow_sec", "metrics.listen"]);
  const { $schema } = JSON.parse(readFileSync(join(place.dir, configName), "utf8")) as { $schema: string };
  assert.deepEqual(JSON.parse(readFileSync(join(place.dir, $schema), "utf8")), configJsonSchema());
});

test("init writes a config of the embedded store that passes as it is", async (t) => {
  const place = scratch(t);
  const { stderr } = await run(place, ["init", "--store", "embedded"]);
  assert.match(stderr, /next: fleetcron agent/);
  const { config } = place.load();
  assert.equal(config.store, "embedded");
  assert.equal(config.retentionDays, 2);
});

test("init takes the path and the fleet's zone", async (t) => {
  const place = scratch(t);
  const { stdout } = await run(place, ["init", "--file", "etc/mine.json", "--tz", "Asia/Seoul", "--json"]);
  const configPath = join(place.dir, "etc/mine.json");
  assert.deepEqual(JSON.parse(stdout), {
    file: configPath,
    schema: join(place.dir, "etc/fleetcron.config.schema.json"),
  });
  assert.equal(place.load({ configPath }).config.tz, "Asia/Seoul");
});

test("init never overwrites a config", async (t) => {
  const place = scratch(t);
  const file = place.write(configName, "mine");
  await assert.rejects(run(place, ["init"]), {
    code: "file_exists",
    exitCode: 1,
    message: `${file} exists already and is left as it is`,
  });
  assert.equal(readFileSync(file, "utf8"), "mine");
});

test("init refuses an unknown zone before it writes anything", async (t) => {
  const place = scratch(t);
  await assert.rejects(run(place, ["init", "--tz", "Asia/Soul"]), {
    code: "usage",
    message:
      '--tz: expected an IANA time zone such as Europe/Berlin, or UTC, got "Asia/Soul"; did you mean "Asia/Seoul"?',
  });
  assert.equal(place.failure().code, "config_missing");
});

test("init says why it cannot write", async (t) => {
  const place = scratch(t);
  place.write("occupied", "a file where a folder belongs");
  await assert.rejects(run(place, ["init", "--file", "occupied/config.json"]), { code: "file_unwritable" });
});
