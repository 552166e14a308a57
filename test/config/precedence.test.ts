import assert from "node:assert/strict";
import { test } from "node:test";
import { retryPolicy } from "../helpers/retry-policy.ts";
import { configName, scratch, uri } from "./scratch.ts";

test("a flag wins over a variable, that over a variable's file, that over the config file, that over the default", (t) => {
  const place = scratch(t);
  const zone = () => {
    const { config, origins } = place.load(request);
    return [config.tz, origins.get("tz")];
  };
  const env: Record<string, string> = { FLEETCRON_MONGODB_URI: uri };
  const request: { env: typeof env; set?: string[] } = { env };
  assert.deepEqual(zone(), ["UTC", "default"]);
  place.write(configName, { tz: "Asia/Seoul" });
  assert.deepEqual(zone(), ["Asia/Seoul", `${configName}:2`]);
  env.FLEETCRON_TZ_FILE = place.write("zone", "Asia/Tokyo\n");
  assert.deepEqual(zone(), ["Asia/Tokyo", "FLEETCRON_TZ_FILE"]);
  env.FLEETCRON_TZ = "Europe/Berlin";
  assert.deepEqual(zone(), ["Europe/Berlin", "FLEETCRON_TZ"]);
  request.set = ["tz=America/New_York"];
  assert.deepEqual(zone(), ["America/New_York", "--set"]);
});

test("a nested value is set by the variable of its whole path, its neighbours stay", (t) => {
  const place = scratch(t);
  place.write(configName, { mongodb_uri: uri, http_defaults: { timeout_sec: 7, retry: { retries: 5 } } });
  const { config, origins } = place.load({ env: { FLEETCRON_HTTP_DEFAULTS_RETRY_DELAY_SEC: "0.5" } });
  assert.deepEqual(config.httpDefaults, {
    timeoutSec: 7,
    retry: retryPolicy({ retries: 5, delaySec: 0.5, backoff: 2, maxDelaySec: 300 }),
  });
  assert.equal(origins.get("http_defaults.timeout_sec"), `${configName}:4`);
  assert.equal(origins.get("http_defaults.retry.retries"), `${configName}:6`);
  assert.equal(origins.get("http_defaults.retry.delay_sec"), "FLEETCRON_HTTP_DEFAULTS_RETRY_DELAY_SEC");
  assert.equal(origins.get("http_defaults.retry.backoff"), "default");
});

test("an object in a variable sets what it names, and a variable of one of its values wins over it", (t) => {
  const place = scratch(t);
  place.write(configName, { mongodb_uri: uri, log: { level: "error", format: "pretty" } });
  const env = { FLEETCRON_LOG: '{"level": "debug"}' };
  assert.deepEqual(place.load({ env }).config.log, { level: "debug", format: "pretty" });
  assert.equal(place.load({ env: { ...env, FLEETCRON_LOG_LEVEL: "trace" } }).config.log.level, "trace");
  assert.equal(place.load({ env, set: ['log={"level": "warn"}'] }).config.log.level, "warn");
});

test("tags and secrets in a variable replace those of the file as a whole", (t) => {
  const place = scratch(t);
  place.write(configName, { mongodb_uri: uri, tags: { site: "a", rack: "b" }, secrets: { A: "aaaa" } });
  const { config, origins } = place.load({
    env: { FLEETCRON_TAGS: '{"site": "c"}', FLEETCRON_SECRETS: '{"B": {"value": "bbbb", "hosts": ["H.example.com"]}}' },
  });
  assert.deepEqual(config.tags, { site: "c" });
  assert.deepEqual([...config.secrets], [["B", { value: "bbbb", hosts: ["h.example.com"] }]]);
  assert.equal(origins.get("secrets.B"), "FLEETCRON_SECRETS");
});

test("one tag can be set by a flag", (t) => {
  const place = scratch(t);
  place.write(configName, { mongodb_uri: uri, tags: { site: "a", rack: "7" } });
  const { config, origins } = place.load({ set: ["tags.rack=8"] });
  assert.deepEqual(config.tags, { site: "a", rack: "8" });
  assert.equal(origins.get("tags.rack"), "--set");
  assert.equal(origins.get("tags.site"), `${configName}:4`);
});

test("a flag cannot reach into every object of the process", (t) => {
  const error = scratch(t).failure({ env: { FLEETCRON_MONGODB_URI: uri }, set: ["tags.__proto__=x"] });
  assert.deepEqual(error.details, ["tags.__proto__: this name is not allowed (--set)"]);
});

test("lists, numbers and truth values are read from text", (t) => {
  const env = {
    FLEETCRON_MONGODB_URI: uri,
    FLEETCRON_NETWORK_ALLOW_HOSTS: "a.example.com:8080, 10.0.0.1",
    FLEETCRON_NETWORK_DENY_HOSTS: '["b.example.com", "fd00::1", "[::1]:80"]',
    FLEETCRON_NETWORK_DENY_PRIVATE: "true",
    FLEETCRON_STAGGER_SEC: "0.25",
  };
  const { config } = scratch(t).load({ env, set: ["max_serial=3"] });
  assert.deepEqual(config.network, {
    denyPrivate: true,
    allowHosts: ["a.example.com:8080", "10.0.0.1"],
    denyHosts: ["b.example.com", "fd00::1", "[::1]:80"],
  });
  assert.equal(config.staggerSec, 0.25);
  assert.equal(config.maxSerial, 3);
});

test("an empty variable counts as not set", (t) => {
  const place = scratch(t);
  place.write(configName, { mongodb_uri: uri, tz: "Asia/Seoul" });
  const env = { FLEETCRON_TZ: "", FLEETCRON_POLL_SEC: "", FLEETCRON_CONFIG: "" };
  assert.equal(place.load({ env }).config.tz, "Asia/Seoul");
});

test("a good value above hides a bad one below", (t) => {
  const place = scratch(t);
  place.write(configName, { mongodb_uri: uri, poll_sec: "often" });
  assert.equal(place.load({ set: ["poll_sec=2"] }).config.pollSec, 2);
});

test("the connection string comes from a mounted secret without its line end", (t) => {
  const place = scratch(t);
  const file = place.write("uri", `${uri}\n`);
  const { config, origins } = place.load({ env: { FLEETCRON_MONGODB_URI_FILE: file } });
  assert.equal(config.mongodbUri, uri);
  assert.equal(origins.get("mongodb_uri"), "FLEETCRON_MONGODB_URI_FILE");
});

test("only variables near a known one are pointed out", (t) => {
  const place = scratch(t);
  const env = {
    FLEETCRON_MONGODB_URI: uri,
    FLEETCRON_SERVICE_HOST: "10.0.0.1",
    FLEETCRON_PORT: "tcp://10.0.0.1:80",
    FLEETCRON_PORT_80_TCP_ADDR: "10.0.0.1",
    FLEETCRON_TEST_MONGODB_URI: uri,
    FLEETCRON_MONGO_URI: uri,
    FLEETCRON_STAGER_SEC: "3",
    FLEETCRON_TAGS_SITE: "a",
    FLEETCRON_TZ: "UTC",
    FLEETCRON_TZ_FILE: "/no/such/file",
    FLEETCRON_SECRETS: '{"A": {"env": "FLEETCRON_SECRETS_A"}}',
    FLEETCRON_SECRETS_A: "aaaa",
  };
  assert.deepEqual(place.load({ env }).warnings, [
    "FLEETCRON_MONGO_URI is not used; did you mean FLEETCRON_MONGODB_URI?",
    "FLEETCRON_STAGER_SEC is not used; did you mean FLEETCRON_STAGGER_SEC?",
    "FLEETCRON_TAGS_SITE is not used; FLEETCRON_TAGS takes all of them as a JSON object",
    "FLEETCRON_TZ and FLEETCRON_TZ_FILE are both set; FLEETCRON_TZ is used",
  ]);
});
