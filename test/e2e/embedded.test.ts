// One machine with nothing but FleetCron: an agent that serves its own store, and commands beside it.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { MongoClient } from "mongodb";
import { EmbeddedMachine } from "../helpers/embedded-machine.ts";
import { startTarget } from "../helpers/target.ts";
import { until } from "../helpers/test-agent.ts";

test("a job added before the agent runs fires once it does, and commands see it", async () => {
  await using target = await startTarget();
  using machine = new EmbeddedMachine();
  await machine.addJob({ name: "tick", every_sec: 1, url: `${target.url}/tick` });
  await using agent = await machine.startAgent();
  await until(() => target.requests.length >= 2, "two requests arrive");
  const reload = await machine.run(["reload"]);
  assert.equal(reload.code, 0, reload.stderr);
  assert.match(reload.stdout, /acknowledged .* ok/);
  const runs = await machine.rows("runs", "list");
  assert.ok(runs.length >= 2);
  assert.ok(runs.every(({ job_name }) => job_name === "tick"));
  agent.kill("SIGTERM");
  assert.equal((await agent.ended).code, 0);
  assert.ok(!existsSync(join(machine.stateDir, "embedded.json")));
});

test("what a killed agent recorded is there for the next one", async () => {
  await using target = await startTarget();
  using machine = new EmbeddedMachine();
  await machine.addJob({ name: "tick", every_sec: 1, url: `${target.url}/tick`, overlap: "allow" });
  const first = await machine.startAgent();
  await until(() => target.requests.length >= 2, "two requests arrive");
  first.kill("SIGKILL");
  await first.ended;
  const before = await machine.rows("runs", "list", "--limit", "1000");
  assert.ok(before.length >= 2);
  const arrived = target.requests.length;
  await using _second = await machine.startAgent();
  await until(() => target.requests.length > arrived, "a request of the next agent arrives");
  const after = (await machine.rows("runs", "list", "--limit", "1000")).map(({ _id }) => _id);
  assert.ok(before.every(({ _id }) => after.includes(_id)));
});

test("a store that another process holds is named with its process, and waited for", async () => {
  using machine = new EmbeddedMachine();
  await using agent = await machine.startAgent();
  // Nobody can find who serves: as if the other one were a command.
  rmSync(join(machine.stateDir, "embedded.json"));
  const { code, stderr } = await machine.run(["jobs", "list"]);
  assert.equal(code, 75);
  assert.match(stderr, new RegExp(`held by process ${agent.child.pid}, which did not let go within 5 s`));
});

test("two commands at once each get the store in turn", async () => {
  using machine = new EmbeddedMachine();
  const ends = await Promise.all([1, 2].map(() => machine.run(["jobs", "list", "--json"])));
  assert.deepEqual(
    ends.map(({ code, stdout }) => [code, JSON.parse(stdout)]),
    ends.map(() => [0, []]),
  );
});

test("a damaged store is refused in plain words and left as it is", async () => {
  using machine = new EmbeddedMachine();
  await machine.run(["jobs", "list"]);
  const file = join(machine.stateDir, "data", "fleetcron.db");
  const damaged = Buffer.from(readFileSync(file));
  damaged.fill(0x58, 0, 4_096);
  writeFileSync(file, damaged);
  const { code, stderr } = await machine.run(["jobs", "list"]);
  assert.equal(code, 1);
  assert.match(stderr, /fleetcron\.db: .*(restore a copy|move it away)/i);
  assert.deepEqual(readFileSync(file), damaged);
});

test("what the store leaves on the disk is for its owner alone", { skip: process.platform === "win32" }, async () => {
  using machine = new EmbeddedMachine();
  await using _agent = await machine.startAgent();
  const data = join(machine.stateDir, "data");
  const mode = (path: string) => statSync(path).mode & 0o077;
  assert.equal(mode(machine.stateDir), 0);
  assert.equal(mode(data), 0);
  for (const name of ["fleetcron.db", "../embedded.json"]) assert.equal(mode(join(data, name)), 0, name);
});

test("on a port it asks for a password, which stands in no argument and no log", async () => {
  using machine = new EmbeddedMachine({ FLEETCRON_EMBEDDED_PORT: "0", FLEETCRON_LOG_LEVEL: "trace" });
  await using agent = await machine.startAgent();
  const password = readFileSync(join(machine.stateDir, "data", "password"), "utf8");
  assert.equal(statSync(join(machine.stateDir, "data", "password")).mode & 0o077, 0);
  const { stdout } = await machine.run(["mongosh", "--print-uri"]);
  const uri = stdout.trim();
  assert.ok(uri.includes(password));
  await using client = new MongoClient(uri);
  assert.equal(await client.db("fleetcron").collection("jobs").countDocuments({}), 0);
  const { host } = new URL(uri.replace("mongodb:", "http:"));
  await using stranger = new MongoClient(`mongodb://${host}/?directConnection=true`);
  await assert.rejects(stranger.db("fleetcron").collection("jobs").findOne({}), { code: 13 });
  assert.equal((await machine.run(["status"])).code, 0);
  assert.ok(!(agent.stdout + agent.stderr).includes(password));
  if (process.platform === "linux") {
    assert.ok(!readFileSync(`/proc/${agent.child.pid}/cmdline`, "utf8").includes(password));
    assert.ok(!readFileSync(`/proc/${agent.child.pid}/environ`, "utf8").includes(password));
  }
});

test("a state_dir too deep for a socket's path works all the same", async () => {
  using machine = new EmbeddedMachine();
  const deep = join(machine.dir.path, ..."abcdefghijkl".split("").map((letter) => letter.repeat(12)), "state");
  const env = { FLEETCRON_STATE_DIR: deep };
  assert.equal((await machine.run(["jobs", "list"], env)).code, 0);
  assert.deepEqual(readdirSync(join(deep, "data")), ["fleetcron.db"]);
});

test("mongosh needs a running agent, and says so", async () => {
  using machine = new EmbeddedMachine();
  const { code, stderr, stdout } = await machine.run(["mongosh", "--print-uri"]);
  assert.equal(code, 69);
  assert.equal(stdout, "");
  assert.match(stderr, /nobody serves the embedded store .*\n.*fleetcron agent/);
  assert.ok(!existsSync(join(machine.stateDir, "data")));
});

test("mongosh gets the store's address and a person's own arguments", {
  skip: process.platform === "win32",
}, async () => {
  using machine = new EmbeddedMachine();
  await using _agent = await machine.startAgent();
  writeFileSync(join(machine.dir.path, "mongosh"), '#!/bin/sh\nprintf "%s\\n" "$@"\nexit 3\n', { mode: 0o755 });
  const { code, stdout } = await machine.run(["mongosh", "--quiet", "--eval", "db.jobs.countDocuments()"], {
    PATH: `${machine.dir.path}:/usr/bin:/bin`,
  });
  const uri = (await machine.run(["mongosh", "--print-uri"])).stdout.trim();
  assert.deepEqual(stdout.trim().split("\n"), [uri, "--quiet", "--eval", "db.jobs.countDocuments()"]);
  assert.equal(code, 3);
  const without = await machine.run(["mongosh"], { PATH: "/nowhere" });
  assert.equal(without.code, 1);
  assert.match(without.stderr, /mongosh is not on PATH\n.*npm install --global mongosh/);
});

test("for a MongoDB it says what to type, without the password", async () => {
  using machine = new EmbeddedMachine({ FLEETCRON_STORE: undefined });
  const env = { FLEETCRON_MONGODB_URI: "mongodb://ann:s3cret@db.example.com:27017/?tls=true" };
  const { code, stdout, stderr } = await machine.run(["mongosh"], env);
  assert.equal(code, 0);
  assert.equal(stdout, 'mongosh "mongodb://ann@db.example.com:27017/?tls=true"\n');
  assert.match(stderr, /use fleetcron/);
  assert.ok(!stderr.includes("s3cret"));
});
