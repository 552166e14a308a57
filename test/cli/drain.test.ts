// drain, resume and runs cancel with real agents on the other side.
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, before, test } from "node:test";
import { insertJob } from "../../src/store/jobs.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { startAgent, type TestAgent, until } from "../helpers/test-agent.ts";
import { type Json, processSuite } from "./cli-suite.ts";

await processSuite("drain, resume and cancel", (cli) => {
  let target: Target;
  let agents: readonly TestAgent[];
  const hanging: ServerResponse[] = [];
  before(async () => {
    target = await startTarget();
    target.on("/hangs", (_request, response) => void hanging.push(response));
    agents = [
      await startAgent(cli.store, { hostname: "web-1" }),
      await startAgent(cli.store, { hostname: "web-2", pollSec: 1 }),
    ];
  });
  after(async () => {
    await Promise.all(agents.map((agent) => agent.stop()));
    await target.close();
  });
  const statesShown = async () =>
    Object.fromEntries((await cli.json(["machines"])).map((row: Json) => [row.hostname, [row.state, row.serial]]));
  const runNow = async () => {
    const count = hanging.length;
    const { stdout } = await cli.run(["jobs", "run", "hangs", "--no-wait"]);
    await until(() => hanging.length > count, "its request is under way");
    return stdout.trim();
  };

  test("drain of one machine waits for it; status and machines show it until resume", async () => {
    const drained = await cli.run(["drain", "web-1"]);
    assert.equal(drained.code, 0, drained.stderr);
    assert.match(drained.stdout, /^web-1 \(.*\) {2}serial 1 {2}acknowledged .* ok: draining, nothing runs\n$/);
    assert.deepEqual((await statesShown())["web-1"], ["draining", null]);
    assert.match((await cli.run(["status"])).stdout, /^\S+ +web-1 +- +draining /m);
    assert.match((await cli.run(["machines"])).stdout, /^\S+ +web-1 +- +draining /m);

    const [answer] = await cli.json(["resume", "web-1"]);
    assert.deepEqual([answer.acknowledged, answer.ok, answer.report.resumed], [true, true, true]);
    assert.deepEqual((await statesShown())["web-1"][0], "active");
    const again = await cli.run(["resume", "web-1"]);
    assert.match(again.stdout, / ok: was not draining, serial \d\n$/);
  });

  test("without a machine all are meant, and --no-wait ends at once", async () => {
    const { code, stdout, stderr } = await cli.run(["drain"]);
    assert.equal(code, 0, stderr);
    assert.equal(stdout.trimEnd().split("\n").length, 2);
    const refused = await cli.run(["jobs", "run", "hangs"]);
    assert.equal(refused.code, 1, "no such job yet");
    await insertJob(cli.store, { name: "hangs", enabled: false, hour: 2, method: "POST", url: `${target.url}/hangs` });
    const nobody = await cli.run(["jobs", "run", "hangs"]);
    assert.equal(nobody.code, 1);
    assert.match(nobody.stderr, /no agent could start it\n {2}this agent is draining and starts nothing/);
    const sent = await cli.run(["resume", "--no-wait"]);
    assert.deepEqual([sent.code, sent.stdout], [0, ""]);
    assert.match(sent.stderr, /^command [0-9a-f]{24} sent to all machines\n$/);
    const back = () => cli.store.machines.countDocuments({ state: "active" });
    await until(async () => (await back()) === agents.length, "both are back");
  });

  test("drain says which machine stayed silent", async () => {
    const { code, stderr } = await cli.run(["drain", "web-2", "--timeout", "0"]);
    assert.equal(code, 75);
    assert.match(stderr, /no acknowledgement from 1 of 1 live machine within 0 s\n {2}web-2 /);
    assert.equal((await cli.run(["resume", "web-2"])).code, 0);
  });

  test("runs cancel ends the run and prints it", async () => {
    const id = await runNow();
    const { code, stdout, stderr } = await cli.run(["runs", "cancel", id]);
    assert.equal(code, 0, stderr);
    assert.ok(stdout.startsWith(`aborted  ${id}  `), stdout);
    const run = await cli.json(["runs", "show", id]);
    assert.deepEqual([run.status, run.reason], ["aborted", "cancelled"]);
    const refused = await cli.run(["runs", "cancel", id]);
    assert.deepEqual([refused.code, refused.stdout], [1, ""]);
    assert.match(refused.stderr, /is over: it ended aborted at \d{4}-/);
  });

  test("runs cancel of an unknown run names the newest ones", async () => {
    const { code, stderr } = await cli.run(["runs", "cancel", "none"]);
    assert.equal(code, 1);
    assert.match(stderr, /no run with the id "none"\n {2}newest runs:\n/);
  });

  test("runs cancel waits no longer than told, and --no-wait not at all", async () => {
    const id = await runNow();
    await cli.store.runs.updateOne({ _id: id }, { $set: { lease_ms: 60_000 } });
    const sent = await cli.json(["runs", "cancel", id, "--no-wait"]);
    assert.deepEqual([sent._id, sent.status], [id, "running"]);
    await until(async () => (await cli.json(["runs", "show", id])).status === "aborted", "it is cancelled");
    const row = { ...(await cli.store.runs.findOne({ _id: id })), _id: "of nobody", status: "running" };
    await cli.store.runs.insertOne({ ...row, beat_at: new Date(Date.now() + 60_000) } as never);
    const late = await cli.run(["runs", "cancel", "of nobody", "--timeout", "0"]);
    assert.equal(late.code, 75);
    assert.match(late.stderr, /of nobody on web-\d has not ended within /);
  });
});
