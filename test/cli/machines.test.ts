import assert from "node:assert/strict";
import { before, test } from "node:test";
import { registerMachine, stopMachine } from "../../src/store/machines.ts";
import { cliSuite } from "./cli-suite.ts";

const ids = {
  live: "aaaa1111-0000-4000-8000-000000000001",
  dead: "aaaa2222-0000-4000-8000-000000000002",
  stopped: "bbbb3333-0000-4000-8000-000000000003",
};

await cliSuite("machines", (cli) => {
  const register = async (machineId: string, hostname: string) => {
    const facts = { instanceId: `i-${machineId}`, tags: {}, version: "1.2.3", node: "24.0.0", tzdata: "2026a" };
    await registerMachine(cli.store, { machineId, hostname, ...facts }, 60_000);
  };
  before(async () => {
    await register(ids.live, "web-1");
    await register(ids.dead, "web-2");
    await register(ids.stopped, "web-3");
    await cli.store.machines.updateOne(
      { machine_id: ids.dead },
      { $set: { last_seen: new Date(Date.now() - 120_000) } },
    );
    await stopMachine(cli.store, { machineId: ids.stopped, instanceId: `i-${ids.stopped}` });
  });

  test("list tells the live, the dead and the stopped apart", async () => {
    const { code, stdout } = await cli.run(["machines"]);
    assert.equal(code, 0);
    assert.match(stdout, /^MACHINE +HOST +SERIAL +STATE +LAST SEEN +VERSION +JOBS\n/);
    assert.match(stdout, /aaaa1111\S+ +web-1 +- +active +.*(ago|now) +1\.2\.3 +0\n/);
    assert.match(stdout, /aaaa2222\S+ +web-2 +- +dead +2 min ago +1\.2\.3/);
    assert.match(stdout, /bbbb3333\S+ +web-3 +- +stopped +- +1\.2\.3/);
  });

  test("list --json prints the documents, dates as ISO text", async () => {
    const [live, dead, stopped] = await cli.json(["machines", "list"]);
    assert.deepEqual([live.machine_id, live.hostname, live.state], [ids.live, "web-1", "active"]);
    assert.match(dead.last_seen, /^\d{4}-.*Z$/);
    assert.deepEqual([stopped.last_seen, stopped.jobs], [null, { loaded: 0, invalid: 0 }]);
  });

  test("a reload of a machine that is not alive says since when, and ends with 75", async () => {
    const dead = await cli.run(["reload", "web-2"]);
    assert.equal(dead.code, 75);
    assert.match(dead.stderr, /no live agent on web-2 \(aaaa2222-.*\): its last heartbeat was 2 min ago/);
    const stopped = await cli.run(["reload", "bbbb"]);
    assert.equal(stopped.code, 75);
    assert.match(stopped.stderr, /no live agent on web-3 .*: it stopped at \d{4}-/);
  });

  test("a machine that stays silent is named when the time is over", async () => {
    const { code, stdout, stderr } = await cli.run(["reload", "--timeout", "0"]);
    assert.deepEqual([code, stdout], [75, ""]);
    assert.match(stderr, /no acknowledgement from 1 of 1 live machine within 0 s\n {2}web-1 \(aaaa1111-/);
  });

  test("an ambiguous or unknown machine is an error that lists the known ones", async () => {
    const ambiguous = await cli.run(["reload", "aaaa"]);
    assert.equal(ambiguous.code, 1);
    assert.match(ambiguous.stderr, /"aaaa" names 2 machines; give one's id\n {2}aaaa1111.* {2}web-1\n {2}aaaa2222/);
    const unknown = await cli.run(["reload", "web-9"]);
    assert.equal(unknown.code, 1);
    assert.match(
      unknown.stderr,
      /no machine "web-9"; did you mean "web-1"\?\n {2}known machines:\n {2}aaaa1111-\S+ {2}web-1\n/,
    );
  });

  test("run without anybody who takes it up ends with 75, and with no live agent starts nothing", async () => {
    await cli.store.jobs.insertOne({ name: "now", hour: 1, url: "https://x.example.com" });
    const silent = await cli.run(["jobs", "run", "now", "--timeout", "0"]);
    assert.equal(silent.code, 75);
    assert.match(silent.stderr, /has not started within/);
    await cli.store.commands.deleteMany({});
    const nobody = await cli.run(["jobs", "run", "now"], { env: { FLEETCRON_HEARTBEAT_SEC: "0.1" } });
    assert.equal(nobody.code, 75);
    assert.match(nobody.stderr, /no live agent; nothing was started/);
    assert.equal(await cli.store.commands.countDocuments(), 0);
  });

  test("forget refuses a live machine unless forced, and frees what it held", async () => {
    const refused = await cli.run(["machines", "forget", "web-1"]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /web-1 \(aaaa1111-.*\) is alive: its last heartbeat was .*\n.*--force/);
    for (const args of [["web-1", "--force"], ["aaaa2222"], [ids.stopped]]) {
      const { code, stdout } = await cli.run(["machines", "forget", ...args]);
      assert.equal(code, 0);
      assert.match(stdout, /^forgot web-\d \(/);
    }
    assert.deepEqual(await cli.json(["machines"]), []);
  });
});
