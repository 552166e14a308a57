import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { configJsonSchema } from "../../src/config/json-schema.ts";
import { configName, type Scratch, scratch, uri } from "../config/scratch.ts";
import { run } from "./run-config-command.ts";

function withSecrets(t: TestContext): Scratch {
  const place = scratch(t);
  place.write(configName, {
    mongodb_uri: "mongodb://u:geheim@h",
    secrets: { A: "geheim", B: { value: "geheim", hosts: ["h"] } },
  });
  return place;
}

test("config show lists every value with its origin, and no secret", async (t) => {
  const { stdout, stderr } = await run(withSecrets(t), ["config", "show"], { env: { FLEETCRON_TZ: "Asia/Seoul" } });
  const cells = stdout.split("\n").map((line) => line.split(/ {2,}/));
  assert.deepEqual(cells[0], ["KEY", "VALUE", "ORIGIN"]);
  assert.deepEqual(cells[1], ["mongodb_uri", "mongodb://u:***@h", `${configName}:2`]);
  assert.ok(cells.some((row) => row.join() === "tz,Asia/Seoul,FLEETCRON_TZ"));
  assert.ok(cells.some((row) => row.join() === `secrets.B,{"value":"***","hosts":["h"]},${configName}:5`));
  assert.ok(cells.some((row) => row.join() === "http_defaults.retry.retries,2,default"));
  assert.match(stderr, /^config file .*\nwarning: secrets: A may be sent to any host/);
  assert.doesNotMatch(stdout + stderr, /geheim/);
});

test("config show --json is one object of values and origins", async (t) => {
  const place = withSecrets(t);
  const { stdout } = await run(place, ["config", "show", "--json"]);
  const shown = JSON.parse(stdout) as { file: string; values: Record<string, unknown> };
  assert.equal(shown.file, join(place.dir, configName));
  assert.deepEqual(shown.values["secrets.A"], { value: { value: "***", hosts: null }, origin: `${configName}:4` });
  assert.deepEqual(shown.values.max_serial, { value: 10, origin: "default" });
  assert.doesNotMatch(stdout, /geheim/);
});

test("config check says ok, with warnings beside", async (t) => {
  const place = withSecrets(t);
  const { stdout, stderr, exitCode } = await run(place, ["config", "check"]);
  assert.equal(stdout, `ok: ${join(place.dir, configName)}\n`);
  assert.match(stderr, /^warning: secrets: A may be sent to any host/);
  assert.equal(exitCode, 0);
});

test("config check lists every problem and ends with 78", async (t) => {
  const place = scratch(t);
  const file = place.write(configName, { mongodb_uri: uri, poll_sec: 0, max_serial: "x" });
  const problems = [
    `max_serial: expected a whole number from 1 to 1000, got "x" (${configName}:4)`,
    `poll_sec: expected a number from 0.1 to 600, got 0 (${configName}:3)`,
  ];
  const plain = await run(place, ["config", "check"]);
  assert.equal(plain.stdout, `${problems.join("\n")}\n`);
  assert.equal(plain.stderr, `${file}: 2 problems\n`);
  assert.equal(plain.exitCode, 78);
  const json = await run(place, ["config", "check", "--json"]);
  assert.deepEqual(JSON.parse(json.stdout), { ok: false, file, problems, warnings: [] });
  assert.equal(json.exitCode, 78);
});

test("config check without a config says where it looked and ends with 78", async (t) => {
  const { stdout, stderr, exitCode } = await run(scratch(t), ["config", "check"]);
  assert.equal(stderr, "found no config\n");
  assert.match(stdout, /fleetcron init/);
  assert.equal(exitCode, 78);
});

test("config schema prints the schema", async (t) => {
  const { stdout } = await run(scratch(t), ["config", "schema"]);
  assert.deepEqual(JSON.parse(stdout), configJsonSchema());
});
