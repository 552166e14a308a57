import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { configName, scratch, uri } from "./scratch.ts";

test("the first place that has a config wins", (t) => {
  const place = scratch(t);
  const env: Record<string, string> = {};
  const files = ["program", ".", "xdg/fleetcron", "home/.fleetcron"].map((folder) =>
    place.write(join(folder, configName), { mongodb_uri: uri }),
  );
  env.XDG_CONFIG_HOME = join(place.dir, "xdg");
  env.FLEETCRON_CONFIG = place.write("by-env.json", { mongodb_uri: uri });
  const configPath = place.write("by-flag.json", { mongodb_uri: uri });

  assert.equal(place.load({ env, configPath }).file, configPath);
  assert.equal(place.load({ env }).file, env.FLEETCRON_CONFIG);
  delete env.FLEETCRON_CONFIG;
  for (const file of files) {
    assert.equal(place.load({ env }).file, file);
    rmSync(file);
  }
  assert.equal(place.failure({ env }).code, "config_missing");
});

test("without XDG_CONFIG_HOME, or with a relative one, it is ~/.config", (t) => {
  const place = scratch(t);
  const file = place.write(join("home/.config/fleetcron", configName), { mongodb_uri: uri });
  assert.equal(place.load().file, file);
  assert.equal(place.load({ env: { XDG_CONFIG_HOME: "relative" } }).file, file);
});

test("a folder of the config's name is passed over", (t) => {
  const place = scratch(t);
  mkdirSync(join(place.dir, configName));
  const file = place.write(join("home/.fleetcron", configName), { mongodb_uri: uri });
  assert.equal(place.load().file, file);
});

test("a file that is named but missing is an error, even where another could be found", (t) => {
  const place = scratch(t);
  place.write(configName, { mongodb_uri: uri });
  const missing = join(place.dir, "nope.json");
  const byFlag = place.failure({ configPath: "nope.json" });
  assert.equal(byFlag.code, "config_missing");
  assert.equal(byFlag.message, `--config names ${missing}, which does not exist`);
  const byVariable = place.failure({ env: { FLEETCRON_CONFIG: missing, FLEETCRON_MONGODB_URI: uri } });
  assert.equal(byVariable.code, "config_missing");
  assert.equal(byVariable.message, `FLEETCRON_CONFIG names ${missing}, which does not exist`);
  assert.equal(place.failure({ configPath: "." }).message, `--config names ${place.dir}, which is a folder`);
});
