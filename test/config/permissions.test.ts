import assert from "node:assert/strict";
import { test } from "node:test";
import { configName, scratch, uri } from "./scratch.ts";

const skip = process.platform === "win32" ? "Windows has no file modes" : false;
const holding = {
  "a password in mongodb_uri": { mongodb_uri: "mongodb://u:geheim@h" },
  "a secret option in mongodb_uri": { mongodb_uri: "mongodb://h/?tlsCertificateKeyFilePassword=geheim" },
  "a secret as text": { mongodb_uri: uri, secrets: { A: "geheim" } },
  "a secret as value": { mongodb_uri: uri, secrets: { A: { value: "geheim", hosts: ["h"] } } },
};

for (const [name, content] of Object.entries(holding)) {
  test(`a config with ${name} must not be readable by others`, { skip }, (t) => {
    const place = scratch(t);
    const file = place.write(configName, content, 0o644);
    const error = place.failure();
    assert.equal(error.code, "config_permissions");
    assert.equal(error.exitCode, 77);
    assert.equal(error.message, `${file} holds secrets and others can read it (mode 0644)`);
    assert.deepEqual(error.details, [`run: chmod 600 ${file}`, "or allow it with --insecure-permissions"]);
    place.write(configName, content, 0o640);
    assert.match(place.failure().message, /mode 0640/);
    assert.ok(place.load({ insecurePermissions: true }).config);
    place.write(configName, content, 0o600);
    assert.ok(place.load().config);
  });
}

test("a config without secrets may be readable by all", { skip }, (t) => {
  const place = scratch(t);
  const content = { mongodb_uri: "mongodb://u@h/?tls=true", secrets: { A: { env: "A" } } };
  place.write(configName, content, 0o644);
  assert.ok(place.load({ env: { A: "geheim" } }).config);
});

test("a bad mode is told before other problems", { skip }, (t) => {
  const place = scratch(t);
  place.write(configName, { mongodb_uri: uri, secrets: { A: "geheim" }, poll_sec: 0 }, 0o644);
  assert.equal(place.failure().code, "config_permissions");
});
