import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { retryPolicy } from "../helpers/retry-policy.ts";
import { configName, scratch, uri } from "./scratch.ts";

test("the environment alone is enough to run", (t) => {
  const { config, file, origins } = scratch(t).load({ env: { FLEETCRON_MONGODB_URI: uri } });
  assert.equal(file, null);
  assert.equal(config.mongodbUri, uri);
  assert.equal(origins.get("mongodb_uri"), "FLEETCRON_MONGODB_URI");
  assert.equal(origins.get("tz"), "default");
});

test("no config at all says what to do and where it looked", (t) => {
  const place = scratch(t);
  const error = place.failure();
  assert.equal(error.code, "config_missing");
  assert.equal(error.exitCode, 78);
  assert.equal(error.message, "found no config");
  assert.deepEqual(error.details, [
    "run: fleetcron init, which writes one to edit, or set FLEETCRON_MONGODB_URI",
    ...["program", ".", "home/.config/fleetcron", "home/.fleetcron"].map(
      (folder) => `looked for ${join(place.dir, folder, configName)}`,
    ),
    "looked for /etc/fleetcron/fleetcron.config.json",
  ]);
});

test("whoever brings a store of its own needs no config", (t) => {
  const { config, file } = scratch(t).load({ requireUri: false });
  assert.equal(file, null);
  assert.equal(config.mongodbUri, null);
});

test("whoever needs a file is not content with the environment", (t) => {
  const error = scratch(t).failure({ requireFile: true, env: { FLEETCRON_MONGODB_URI: uri } });
  assert.equal(error.code, "config_missing");
});

test("the embedded store needs no connection string, and keeps runs for two days unless told otherwise", (t) => {
  const place = scratch(t);
  place.write(configName, { store: "embedded" });
  const { config } = place.load();
  assert.equal(config.mongodbUri, null);
  assert.equal(config.retentionDays, 2);
  place.write(configName, { store: "embedded", retention_days: 30, embedded_port: 0 });
  const told = place.load().config;
  assert.equal(told.retentionDays, 30);
  assert.equal(told.embeddedPort, 0);
});

test("the embedded store needs no config file at all", (t) => {
  const place = scratch(t);
  assert.equal(place.load({ env: { FLEETCRON_STORE: "embedded" } }).config.store, "embedded");
});

test("defaults are those of the documentation, and nothing can be changed", (t) => {
  const place = scratch(t);
  place.write(configName, { mongodb_uri: uri });
  const { config, warnings } = place.load();
  assert.deepEqual(config, {
    mongodbUri: uri,
    store: "mongodb",
    embeddedPort: null,
    dbName: "fleetcron",
    tz: "UTC",
    maxSerial: 10,
    staggerSec: 5,
    secrets: new Map(),
    httpDefaults: { timeoutSec: 30, retry: retryPolicy({ retries: 2, delaySec: 3, backoff: 2, maxDelaySec: 300 }) },
    maxConcurrentRuns: 50,
    heartbeatSec: 10,
    leaseSec: 60,
    pollSec: 5,
    startGraceSec: 300,
    retentionDays: 30,
    tags: {},
    network: { denyPrivate: false, allowHosts: [], denyHosts: [] },
    exec: { allow: [] },
    tls: { caFile: null },
    notify: new Map(),
    notifyDefault: { channels: [], after: 1, on: ["failed", "recovered", "missed", "lost", "slow"], slowSec: null },
    notifyMachines: [],
    metrics: { listen: null },
    log: { level: "info", format: "auto" },
    stateDir: join(place.dir, "home/.fleetcron"),
  });
  assert.deepEqual(warnings, []);
  for (const part of [config, config.httpDefaults.retry, config.network, config.network.allowHosts, config.tags]) {
    assert.ok(Object.isFrozen(part));
  }
});

test("metrics.listen is a host and a port, an IPv6 host in brackets", (t) => {
  const place = scratch(t);
  const listenOf = (listen: string) => {
    place.write(configName, { mongodb_uri: uri, metrics: { listen } });
    return place.load().config.metrics.listen;
  };
  assert.deepEqual(listenOf("0.0.0.0:9464"), { host: "0.0.0.0", port: 9464 });
  assert.deepEqual(listenOf("[::1]:0"), { host: "::1", port: 0 });
  assert.deepEqual(listenOf("metrics.example.com:80"), { host: "metrics.example.com", port: 80 });
});

test("comments and remarks are allowed anywhere", (t) => {
  const place = scratch(t);
  place.write(
    configName,
    `{ // a comment
      "$schema": "./x.json", "//": 1, "// a": {},
      "mongodb_uri": "${uri}", /* another */
      "log": {"// b": "x", "level": "warn"}, "tags": {"// c": "x", "site": "y"},
      "secrets": {"// d": 5, "A": {"// e": [], "value": "v", "hosts": ["h"]}}
    }`,
  );
  const { config } = place.load();
  assert.equal(config.log.level, "warn");
  assert.deepEqual(config.tags, { site: "y" });
  assert.deepEqual([...config.secrets.keys()], ["A"]);
});

test("a relative state_dir starts at the config file's folder", (t) => {
  const place = scratch(t);
  const configPath = place.write(`etc/${configName}`, { mongodb_uri: uri, state_dir: "state" });
  assert.equal(place.load({ configPath }).config.stateDir, join(place.dir, "etc/state"));
});

test("a database named in the URI is pointed out unless db_name is given", (t) => {
  const place = scratch(t);
  place.write(configName, { mongodb_uri: `${uri}/jobs?w=majority` });
  assert.deepEqual(place.load().warnings, [
    'mongodb_uri names the database "jobs", but db_name decides: "fleetcron" is used',
  ]);
  assert.deepEqual(place.load({ set: ["db_name=cron"] }).warnings, []);
  assert.deepEqual(place.load({ env: { FLEETCRON_MONGODB_URI: `${uri}/admin` } }).warnings, []);
});

test("valid connection strings of every form are taken as they are", (t) => {
  const place = scratch(t);
  for (const valid of [
    "mongodb://localhost",
    "mongodb://localhost/",
    "mongodb://u:p%40ss@a:27017,b:27018,[::1]:27019/db?replicaSet=rs0&tls=true",
    "mongodb://u@h/?authMechanism=MONGODB-X509&appName=a%20b",
    "mongodb+srv://u:p@cluster0.example.mongodb.net/?retryWrites=true&w=majority",
    "mongodb://%2Ftmp%2Fmongodb-27017.sock/db",
    "mongodb://h?tls=true",
  ]) {
    assert.equal(place.load({ env: { FLEETCRON_MONGODB_URI: valid } }).config.mongodbUri, valid);
  }
});
