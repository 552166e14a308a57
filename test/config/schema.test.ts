import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as z from "zod";
import { checkConfig } from "../../src/config/check-config.ts";
import { parseConfigText } from "../../src/config/config-file.ts";
import { configKeys } from "../../src/config/config-keys.ts";
import { configJsonSchema } from "../../src/config/json-schema.ts";
import { renderStarterConfig } from "../../src/config/starter-config.ts";
import type { Tree } from "../../src/config/tree.ts";
import { configName, scratch } from "./scratch.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const examplePath = "fleetcron.config.example.json";

test("the schema file in docs is what config schema prints", () => {
  assert.equal(
    read("docs/fleetcron.config.schema.json"),
    `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
    "run: npx fleetcron config schema > docs/fleetcron.config.schema.json",
  );
});

test("the example config is strict JSON that names its schema and holds to it", () => {
  const example = JSON.parse(read(examplePath)) as Tree;
  assert.deepEqual(JSON.parse(read(String(example.$schema))), configJsonSchema());
  const { success, error } = z.fromJSONSchema(configJsonSchema()).safeParse(example);
  assert.ok(success, error?.message);
  assert.deepEqual(checkConfig(parseConfigText(read(examplePath)).value as Tree).problems, []);
});

test("the example config loads without a warning and shows every key that this version needs", (t) => {
  const place = scratch(t);
  const token = place.write("token", "a token");
  const ca = place.write("ca.pem", read("test/helpers/certificates/ca.pem"));
  const example = read(examplePath).replace("/run/secrets/report_token", token).replace("/etc/fleetcron/ca.pem", ca);
  place.write(configName, example);
  const env = { API_SECRET: "geheim", OPS_SLACK_URL: "https://hooks.example.com/x" };
  const { config, origins, warnings } = place.load({ env });
  assert.equal(config.secrets.get("REPORT_TOKEN")?.value, "a token");
  assert.match(config.network.ca ?? "", /BEGIN CERTIFICATE/);
  assert.deepEqual(warnings, []);
  const left = [...origins].filter(([, origin]) => origin === "default").map(([key]) => key);
  assert.deepEqual(left, ["store", "embedded_port"]);
});

test("the starter config is strict JSON that holds to the schema", () => {
  const starter = JSON.parse(renderStarterConfig({ tz: undefined, store: "mongodb" })) as Tree;
  assert.ok(z.fromJSONSchema(configJsonSchema()).safeParse(starter).success);
});

test("the JSON Schema refuses what the check refuses", () => {
  const schema = z.fromJSONSchema(configJsonSchema());
  for (const broken of [
    { stager_sec: 1 },
    { max_serial: 0 },
    { http_defaults: { timeout_sec: "30s" } },
    { secrets: { A: {} } },
    { secrets: { A: { env: "A", file: "b" } } },
    { secrets: { "a-b": "x" } },
    { log: { level: "loud" } },
    { tags: { a: 1 } },
  ]) {
    assert.equal(schema.safeParse(broken).success, false, JSON.stringify(broken));
  }
});

test("the keys that commands know are those of the JSON Schema, with its defaults and descriptions", () => {
  type Part = z.core.JSONSchema.BaseSchema;
  const told = (part: Part, prefix: string): unknown[] =>
    Object.entries((part.properties ?? {}) as Record<string, Part>).flatMap(([name, property]) => {
      const { default: byDefault, description } = property;
      return [{ path: prefix + name, default: byDefault, description }, ...told(property, `${prefix}${name}.`)];
    });
  assert.deepEqual(
    configKeys().map(({ path, default: byDefault, description }) => ({ path, default: byDefault, description })),
    told(configJsonSchema(), ""),
  );
});

test("every key has a description, and a variable of its own", () => {
  const variables = new Set<string>();
  for (const { path, description, variable } of configKeys()) {
    assert.notEqual(description, "", path);
    for (const name of [variable, `${variable}_FILE`]) {
      assert.ok(!variables.has(name), name);
      variables.add(name);
    }
  }
});

test("docs/config.md has a row for every key, and no other", () => {
  const rows = [...read("docs/config.md").matchAll(/^\| `([a-z_.]+)` \|/gm)].map(([, key]) => key);
  const keys = configKeys().filter(({ kind }) => kind !== "object");
  assert.deepEqual(
    rows,
    keys.map(({ path }) => path),
  );
});

test("docs/config.md says the default of every key", () => {
  const text = read("docs/config.md");
  for (const key of configKeys()) {
    if (key.kind === "object" || key.default === undefined) continue;
    const shown = `\`${JSON.stringify(key.default)}\``;
    assert.ok(text.includes(`| \`${key.path}\` | ${shown} |`), `${key.path}: ${shown}`);
  }
});

test("every config in docs/config.md can be loaded", (t) => {
  const place = scratch(t);
  const blocks = [...read("docs/config.md").matchAll(/^```json\n(.*?)^```/gms)].map(([, text]) => text ?? "");
  assert.ok(blocks.length > 0);
  place.write("token", "a token");
  for (const block of blocks) {
    place.write(configName, block.replace("/run/secrets/report_token", "token"));
    assert.ok(place.load({ env: { API_SECRET: "geheim" }, requireUri: false }).config, block);
  }
});
