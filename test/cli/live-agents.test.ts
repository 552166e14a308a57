// reload, reload-config and jobs run with real agents on the other side.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { insertJob } from "../../src/store/jobs.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { startAgent, type TestAgent } from "../helpers/test-agent.ts";
import { apiSecret, type Json, processSuite } from "./cli-suite.ts";

await processSuite("commands to live agents", (cli) => {
  let target: Target;
  let agents: readonly TestAgent[];
  const secrets = new Map([["API_SECRET", { value: apiSecret, hosts: null }]]);
  before(async () => {
    target = await startTarget();
    target.on("/fail", (request, response) => {
      response.statusCode = 500;
      response.end(`refused ${request.headers.authorization}`);
    });
    agents = await Promise.all([
      startAgent(cli.store, { hostname: "web-1", secrets }),
      startAgent(cli.store, {
        hostname: "web-2",
        secrets,
        reloadSettings: () => {
          throw new Error("tz: expected Asia/Seoul");
        },
      }),
    ]);
  });
  after(async () => {
    await Promise.all(agents.map((agent) => agent.stop()));
    await target.close();
  });
  const idOf = (index: number) => agents[index]?.machineId ?? "";

  test("reload shows for each machine when it acknowledged and what it added, changed, removed and refused", async () => {
    const job = { hour: 2, url: `${target.url}/ok` };
    const added = await insertJob(cli.store, { ...job, name: "added" });
    await insertJob(cli.store, { _id: "b", name: "broken", hour: 99 });
    const first = await cli.run(["reload"]);
    assert.equal(first.code, 0, first.stderr);
    const lines = first.stdout.trimEnd().split("\n").sort();
    assert.equal(lines.length, 2);
    for (const [i, line] of lines.entries()) {
      assert.ok(line.startsWith(`web-${i + 1} (${idOf(i)})  serial `), line);
      assert.match(line, / {2}acknowledged \d\d:\d\d:\d\d after \d+ ms {2}ok: added added; invalid broken$/);
    }
    await cli.store.jobs.updateOne({ _id: added as never }, { $set: { hour: 3 } });
    const changed = await cli.json(["reload", "web-1"]);
    assert.deepEqual(
      changed.map(({ machine_id, ok }: Json) => [machine_id, ok]),
      [[idOf(0), true]],
    );
    assert.deepEqual([changed[0].report.changed, changed[0].hostname], [["added"], "web-1"]);
    assert.ok(changed[0].after_ms >= 0 && changed[0].serial >= 1);
  });

  test("reload-config ends with 1 when a machine refuses, and shows why", async () => {
    const { code, stdout } = await cli.run(["reload-config"]);
    assert.equal(code, 1);
    assert.match(stdout, /^web-1 .* ok$/m);
    assert.match(stdout, /^web-2 .* refused: tz: expected Asia\/Seoul$/m);
    assert.equal((await cli.run(["reload-config", idOf(0).slice(0, 8)])).code, 0);
  });

  test("jobs run executes a disabled job once, waits for its end and prints the run", async () => {
    await insertJob(cli.store, { name: "off", enabled: false, hour: 2, url: `${target.url}/ok` });
    const { code, stdout, stderr } = await cli.run(["jobs", "run", "off"]);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^ok {2}[0-9a-f]{24}@manual:[0-9a-f]{24} {2}.* {2}web-\d \(.*\) {2}serial \d\n {2}1\. \S+ {2}ok {2}200/,
    );
    assert.equal(target.requests.filter(({ url }) => url === "/ok").length, 1);
  });

  test("jobs run ends with 1 when the run fails, and prints no secret", async () => {
    const headers = { Authorization: "{{API_SECRET}}" };
    await insertJob(cli.store, { name: "fails", hour: 2, url: `${target.url}/fail`, headers });
    const run = await cli.json(["jobs", "run", "fails"], { code: 1 });
    assert.deepEqual([run.status, run.steps[0].status_code, run.trigger], ["error", 500, "manual"]);
    assert.equal(run.steps[0].response_sample, "refused {{API_SECRET}}");
  });

  test("jobs run --no-wait prints the run's id at once", async () => {
    const { code, stdout } = await cli.run(["jobs", "run", "off", "--no-wait"]);
    assert.equal(code, 0);
    assert.match(stdout, /^[0-9a-f]{24}@manual:[0-9a-f]{24}\n$/);
  });

  test("jobs run refuses an invalid job with its problems", async () => {
    const { code, stdout, stderr } = await cli.run(["jobs", "run", "broken"]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /job "broken" is invalid\n {2}broken \(b\): /);
  });

  test("a machine that stopped is not waited for", async () => {
    await agents[1]?.stop();
    const { code, stdout } = await cli.run(["reload"]);
    assert.equal(code, 0);
    assert.match(stdout, /^web-1 [^\n]*\n$/);
  });
});
