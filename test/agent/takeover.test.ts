// Runs whose agent died in the middle: what is sent again by a successor, what never is, and what the record says.
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import type { RunDocument } from "../../src/store/collections.ts";
import { connectStore } from "../../src/store/connect.ts";
import { failCommand } from "../helpers/fail-command.ts";
import { insertOrphan as insertOrphanInto, type Orphan } from "../helpers/insert-orphan.ts";
import { startLossyProxy } from "../helpers/lossy-proxy.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { startAgent, type TestAgent, until } from "../helpers/test-agent.ts";
import { twoStores } from "../helpers/two-stores.ts";

await forEachTarget("takeover", (suite) => {
  const fleet = twoStores(suite);

  const insertOrphan = (definition: Record<string, unknown>, fields?: Orphan) =>
    insertOrphanInto(fleet.control, definition, fields);
  const loadRun = async (id: string) => {
    const run = await fleet.control.runs.findOne({ _id: id });
    assert.ok(run);
    return run;
  };
  const ended = async (id: string) => {
    await until(async () => (await loadRun(id)).status !== "running", "the run has ended");
    return loadRun(id);
  };
  const urls = () => fleet.target.requests.map(({ url }) => url);
  const keys = () => fleet.target.requests.map(({ headers }) => headers["idempotency-key"]);
  const said = (agent: TestAgent, text: string) => agent.logged.some(({ msg }) => msg === text);

  test("a GET under way is sent again by another agent with the same key, and the record shows both", async () => {
    const orphan = await insertOrphan({ url: `${fleet.target.url}/{{run.attempt}}/{{machine.hostname}}` });
    await using agent = await startAgent(fleet.store, { hostname: "successor" });
    const run = await ended(orphan._id);
    assert.deepEqual([keys(), urls()], [[`${orphan._id}/0`], ["/2/successor"]]);
    assert.deepEqual([run.status, run.attempt, run.hostname, run.claimed_by], ["ok", 2, "successor", agent.machineId]);
    assert.deepEqual([run.instance_id, run.executed_by_serial], [agent.instanceId, 1]);
    assert.equal(run.steps[0]?.url, `${fleet.target.url}/2/successor`);
    assert.deepEqual(run.takeovers, [
      {
        ...{ claimed_by: "machine", instance_id: "instance", hostname: "host.example", executed_by_serial: 1 },
        ...{ attempt: 1, at: run.takeovers?.[0]?.at, step: 0 },
      },
    ]);
    assert.ok((run.elapsed_ms ?? 0) >= 60_000, "it took from its first start on");
    await until(() => agent.runs.length === 1, "the end is reported");
  });

  test("a POST under way is never sent again: the run is lost and its step unknown", async () => {
    const orphan = await insertOrphan({ url: fleet.target.url, method: "POST" });
    await using _one = await startAgent(fleet.store);
    await using _two = await startAgent(fleet.control);
    const run = await ended(orphan._id);
    assert.deepEqual([run.status, run.steps[0]?.status, run.attempt], ["lost", "unknown", 1]);
    assert.match(
      run.reason ?? "",
      /^its agent on host.example stopped beating for more than 1 s; whether its last request was answered is unknown$/,
    );
    assert.deepEqual(fleet.target.requests, []);
  });

  test('on_crash decides against the method: "retry" sends a POST again, "fail" no GET', async () => {
    const post = await insertOrphan({
      name: "post",
      url: `${fleet.target.url}/post`,
      method: "POST",
      on_crash: "retry",
    });
    const get = await insertOrphan({ name: "get", url: `${fleet.target.url}/get`, on_crash: "fail" });
    await using _agent = await startAgent(fleet.store);
    assert.deepEqual([(await ended(post._id)).status, (await ended(get._id)).status], ["ok", "lost"]);
    assert.deepEqual([urls(), keys()], [["/post"], [`${post._id}/0`]]);
  });

  test("a chain goes on from the step in doubt, and what was recorded before it stays", async () => {
    const actions = [
      { name: "first", method: "POST", url: `${fleet.target.url}/0` },
      { name: "second", url: `${fleet.target.url}/1` },
      { name: "third", method: "POST", url: `${fleet.target.url}/2` },
    ];
    const orphan = await insertOrphan(
      { actions },
      { steps: [{ status: "ok", attempts: 1, responseSample: "from the former one" }, {}] },
    );
    await using _agent = await startAgent(fleet.store);
    const run = await ended(orphan._id);
    assert.deepEqual(urls(), ["/1", "/2"]);
    assert.deepEqual(
      run.steps.map((step) => [step.name, step.status, step.attempts, step.response_sample]),
      [
        ["first", "ok", 1, "from the former one"],
        ["second", "ok", 1, "ok"],
        ["third", "ok", 1, "ok"],
      ],
    );
    assert.deepEqual([run.status, run.attempt, run.takeovers?.[0]?.step], ["ok", 2, 1]);
  });

  test("a run that its third agent left behind is lost, and its second one's is taken over", async () => {
    const former = { claimed_by: "a", instance_id: "b", hostname: "c", executed_by_serial: 1, attempt: 1, step: 0 };
    const takeovers = [{ ...former, at: new Date(0) }];
    const second = await insertOrphan({ name: "second", url: `${fleet.target.url}/second` }, { attempt: 2, takeovers });
    const third = await insertOrphan({ name: "third", url: `${fleet.target.url}/third` }, { attempt: 3 });
    await using _agent = await startAgent(fleet.store);
    const run = await ended(second._id);
    assert.deepEqual([run.status, run.attempt, run.takeovers?.map(({ attempt }) => attempt)], ["ok", 3, [1, 2]]);
    const lost = await ended(third._id);
    assert.deepEqual([lost.status, lost.attempt, lost.steps[0]?.status], ["lost", 3, "unknown"]);
    assert.match(lost.reason ?? "", /; it was the run's attempt 3, the last$/);
    assert.deepEqual(urls(), ["/second"]);
  });

  test("a run whose job was edited or removed meanwhile is lost and says so", async () => {
    const edited = await insertOrphan({ name: "edited", url: fleet.target.url });
    const removed = await insertOrphan({ name: "removed", url: fleet.target.url });
    await fleet.control.jobs.updateOne({ name: "edited" }, { $set: { description: "another" } });
    await fleet.control.jobs.deleteOne({ name: "removed" });
    await using _agent = await startAgent(fleet.store);
    for (const { _id } of [edited, removed]) {
      const run = await ended(_id);
      assert.deepEqual([run.status, run.reason, run.steps[0]?.status], ["lost", "job_edited", "unknown"]);
    }
    assert.deepEqual(fleet.target.requests, []);
  });

  test("deadline_sec ends a run in the middle of a request, and a dead agent's run is lost after it", async () => {
    fleet.target.on("/hangs", () => undefined);
    const actions = [
      { url: `${fleet.target.url}/hangs`, continue_on_failure: true },
      { url: `${fleet.target.url}/after` },
    ];
    const over = await insertOrphan({ url: `${fleet.target.url}/over`, deadline_sec: 60 });
    await fleet.control.jobs.insertOne({ name: "hangs", at: new Date(), timeout_sec: 600, deadline_sec: 1, actions });
    await using agent = await startAgent(fleet.store);
    const lost = await ended(over._id);
    assert.deepEqual([lost.status, lost.reason, lost.steps[0]?.status], ["lost", "deadline_passed", "unknown"]);
    await until(() => agent.runs.length === 1, "the hanging run has ended");
    const run = await fleet.control.runs.findOne({ job_name: "hangs" });
    assert.deepEqual([run?.status, run?.reason, run?.steps.length], ["aborted", "deadline_passed", 1]);
    assert.equal(run?.steps[0]?.error?.message, "aborted: deadline_passed");
    assert.deepEqual(urls(), ["/hangs"]);
  });

  test("of several agents one takes each run over, and sends it once", async () => {
    const orphans = [];
    for (let i = 0; i < 12; i++)
      orphans.push(await insertOrphan({ name: `orphan ${i}`, url: `${fleet.target.url}/${i}` }));
    await using _one = await startAgent(fleet.store);
    await using _two = await startAgent(fleet.control);
    await using _three = await startAgent(fleet.store);
    for (const { _id } of orphans) {
      const run = await ended(_id);
      assert.deepEqual([run.status, run.attempt, run.takeovers?.length], ["ok", 2, 1]);
    }
    assert.equal(fleet.target.requests.length, 12);
    assert.equal(new Set(keys()).size, 12);
  });

  test("an agent takes over only what it has free slots for, and the rest once they are free", async () => {
    const open: ServerResponse[] = [];
    fleet.target.on("*", (_request, response) => void open.push(response));
    const orphans = [];
    for (let i = 0; i < 5; i++)
      orphans.push(await insertOrphan({ name: `orphan ${i}`, url: `${fleet.target.url}/${i}` }));
    await using _agent = await startAgent(fleet.store, { maxConcurrentRuns: 2 });
    await until(() => open.length === 2, "the slots are taken");
    // Once this one is lost, the agent has looked again.
    await ended((await insertOrphan({ name: "later", url: fleet.target.url, method: "POST" }))._id);
    assert.equal(open.length, 2);
    fleet.target.on("*", (_request, response) => response.end());
    for (const response of open) response.end();
    for (const { _id } of orphans) assert.equal((await ended(_id)).status, "ok");
    assert.equal(fleet.target.requests.length, 5);
  });

  test("a stopping agent takes nothing over", async () => {
    const open: ServerResponse[] = [];
    fleet.target.on("/held", (_request, response) => void open.push(response));
    const held = await insertOrphan({ name: "held", url: `${fleet.target.url}/held` });
    await using agent = await startAgent(fleet.store);
    await until(() => open.length === 1, "a request is under way");
    const stopped = agent.stop();
    const orphan = await insertOrphan({ url: fleet.target.url });
    await using other = await startAgent(fleet.control, { hostname: "other" });
    assert.equal((await ended(orphan._id)).claimed_by, other.machineId);
    open[0]?.end();
    await stopped;
    assert.equal((await loadRun(held._id)).status, "ok");
  });

  test("a run of which every step was skipped is ended by a successor, which sends nothing", async () => {
    const when = { hour_in: [(new Date().getUTCHours() + 12) % 24] };
    const actions = [{ url: fleet.target.url, when }];
    const orphan = await insertOrphan({ actions }, { steps: [{ status: "skipped_when" }] });
    await using _agent = await startAgent(fleet.store);
    const run = await ended(orphan._id);
    assert.deepEqual([run.status, run.reason, run.takeovers?.[0]?.step], ["ok", "every step was skipped", null]);
    assert.deepEqual(fleet.target.requests, []);
  });

  test("malformed records stop nobody: each becomes lost and says which field, others are taken over", async () => {
    const odd: Record<string, unknown>[] = [
      { steps: "none" },
      { steps: { 0: { status: "started" } } },
      { steps: [null, 7, { status: "started" }] },
      { steps: [] },
      { steps: Array.from({ length: 5_000 }, () => ({ status: "started" })) },
      { attempt: "2" },
      { attempt: 0 },
      { scheduled_for: "noon" },
      { start_at: null },
      { takeovers: "many" },
      { job_id: { a: 1 } },
      { job_id: null },
      { hostname: ["a"], lease_ms: "x", attempt: {} },
    ];
    const ids: string[] = [];
    for (const [i, fields] of odd.entries()) {
      const run = await insertOrphan({ name: `odd ${i}`, url: fleet.target.url });
      ids.push(run._id);
      // By replacement, for some of these are no fields an update could set one by one.
      await fleet.control.runs.replaceOne({ _id: run._id }, { ...run, ...fields } as unknown as RunDocument);
    }
    const whole = await insertOrphan({ name: "whole", url: `${fleet.target.url}/whole` });
    await using _agent = await startAgent(fleet.store);
    assert.equal((await ended(whole._id)).status, "ok");
    for (const [i, id] of ids.entries()) {
      const run = await ended(id);
      const field = Object.keys(odd[i] ?? {}).at(-1);
      assert.equal(run.status, "lost");
      assert.match(run.reason ?? "", new RegExp(`can't be continued: ${field} is malformed$`));
    }
    assert.deepEqual(urls(), ["/whole"]);
  });

  test("a takeover whose outcome stays unknown is repeated until it is known, and sent once", async () => {
    const orphan = await insertOrphan({ url: `${fleet.target.url}/once` });
    const writeConcernError = { code: 64, errmsg: "waiting for replication timed out" };
    await using agent = await startAgent(fleet.store, { leaseSec: 60 });
    {
      await using _ = await failCommand(suite, { failCommands: ["update"], appName: fleet.appName, writeConcernError });
      const isUnsure = () => agent.logged.some(({ during }) => during === "taking over a run");
      await until(() => isUnsure() || fleet.target.requests.length > 0, "a try is unknown");
    }
    const run = await ended(orphan._id);
    assert.deepEqual([run.status, run.attempt, run.claimed_by], ["ok", 2, agent.machineId]);
    assert.deepEqual(keys(), [`${orphan._id}/0`]);
  });

  if (suite.name === "standalone") {
    test("a takeover whose answer is lost after it was applied is recognised as one's own", async () => {
      await using proxy = await startLossyProxy(suite.uri);
      const lossy = await connectStore({ uri: proxy.uri, dbName: suite.dbName, appName: "lossy" });
      try {
        const orphan = await insertOrphan({ url: `${fleet.target.url}/once` });
        proxy.loseAnswerTo("takeovers");
        await using agent = await startAgent(lossy);
        const run = await ended(orphan._id);
        await agent.stop();
        assert.deepEqual([proxy.lost(), run.status, run.attempt, run.takeovers?.length], [1, "ok", 2, 1]);
        assert.deepEqual(keys(), [`${orphan._id}/0`]);
        assert.ok(said(agent, "run taken over"));
      } finally {
        await lossy.close();
      }
    });
  }
});
