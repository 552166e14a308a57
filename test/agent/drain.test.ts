// A machine taken out of the line and put back.
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { insertCommand } from "../../src/store/commands.ts";
import type { Store } from "../../src/store/connect.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { readAcks, tellAgent } from "../helpers/tell-agent.ts";
import { startAgent, type TestAgent, until } from "../helpers/test-agent.ts";

await forEachTarget("drain and resume", (suite) => {
  let store: Store;
  let target: Target;
  /** Requests to /hangs, which nobody answers unless the test does. */
  let hanging: ServerResponse[];

  before(async () => {
    ({ store } = await openTestStore(suite));
    target = await startTarget();
    target.on("/hangs", (_request, response) => void hanging.push(response));
  });
  after(async () => {
    await target.close();
    await store.close();
  });
  beforeEach(async () => {
    hanging = [];
    const { jobs, runs, machines, serials, commands } = store;
    for (const collection of [jobs, runs, machines, serials, commands]) await collection.deleteMany({});
  });

  const acks = (id: unknown) => readAcks(store, id);
  const tell = (agent: TestAgent, type: string, options?: { readonly args?: Readonly<Record<string, unknown>> }) =>
    tellAgent(store, agent, type, options);
  const machineOf = (agent: TestAgent) => store.machines.findOne({ machine_id: agent.machineId });
  const startsOf = (agent: TestAgent) => store.runs.countDocuments({ claimed_by: agent.machineId });
  const runNow = async (path: string) => {
    const { insertedId } = await store.jobs.insertOne({
      ...{ name: `job ${path}`, enabled: false, every_sec: 3600, method: "POST", url: `${target.url}${path}` },
    });
    const id = await insertCommand(store, { type: "run_job", target: "all", args: { job_id: insertedId } });
    const runId = `${insertedId}@manual:${id}`;
    await until(async () => hanging.length > 0, "the request is under way");
    return runId;
  };
  const endOf = async (runId: string) => {
    const find = () => store.runs.findOne({ _id: runId, status: { $ne: "running" } });
    await until(async () => (await find()) !== null, "the run ended");
    return find();
  };

  test("a draining agent starts nothing, gives its serial back and stays on the list; resume brings it back", async () => {
    await store.jobs.insertOne({ name: "each second", every_sec: 1, url: `${target.url}/each` });
    await using first = await startAgent(store, { leaseSec: 5 });
    await using second = await startAgent(store, { leaseSec: 5 });
    await until(() => first.runs.length >= 1, "the first in line works");

    const drained = await tell(first, "drain");
    assert.deepEqual([drained.ok, drained.report.draining], [true, true]);
    const row = await machineOf(first);
    assert.deepEqual([row?.state, row?.serial], ["draining", null], "shown at once, not a heartbeat later");
    assert.equal(await store.serials.countDocuments({ assigned_to: first.machineId }), 0);
    const before = await startsOf(first);
    const seen = second.runs.length;
    await until(() => second.runs.length >= seen + 3, "the second works");
    assert.equal(await startsOf(first), before);
    const beaten = (await machineOf(first))?.last_seen ?? null;
    await until(async () => ((await machineOf(first))?.last_seen ?? 0) > (beaten ?? 0), "its heart still beats");
    assert.equal((await machineOf(first))?.state, "draining");
    // It would be first in line again as soon as it looked for a serial.
    await until(async () => (await machineOf(second))?.serial === 1, "the second is first in line");

    const resumed = await tell(first, "resume");
    assert.deepEqual([resumed.ok, resumed.report.resumed], [true, true]);
    assert.equal((await machineOf(first))?.state, "active");
    assert.equal(typeof (await machineOf(first))?.serial, "number");
    await second.stop();
    await until(async () => (await startsOf(first)) > before, "the first works again");
    // Whoever had which second when it left the line, the other takes it: at once, or the one after it first.
    const isGapless = async () => {
      const runs = await store.runs.find().sort({ scheduled_for: 1 }).toArray();
      const start = runs[0]?.scheduled_for.getTime() ?? 0;
      return runs.every((run, i) => run.scheduled_for.getTime() === start + i * 1_000);
    };
    await until(isGapless, "no second is left out");
  });

  test("an occurrence that waits for its turn when the drain comes is left to the others", async () => {
    await store.jobs.insertOne({ name: "each second", every_sec: 1, url: `${target.url}/each` });
    // Serial 2 of a stagger so long that it always waits for some turn.
    await using first = await startAgent(store, { staggerSec: 2 });
    await using second = await startAgent(store, { staggerSec: 2 });
    await until(() => first.runs.length >= 1, "the first in line works");
    await tell(second, "drain");
    await first.stop();
    const isOver = async () => {
      const newest = await store.runs.find().sort({ scheduled_for: -1 }).limit(1).toArray();
      return Date.now() > (newest[0]?.scheduled_for.getTime() ?? 0) + 4_500;
    };
    await until(isOver, "every turn it waited for has passed");
    assert.equal(await startsOf(second), 0);
  });

  test("a run in progress ends as if nothing was, and no 'run now' is taken up while draining", async () => {
    await using agent = await startAgent(store);
    const runId = await runNow("/hangs");
    const drained = await tell(agent, "drain");
    assert.equal(drained.report.running, 1);
    const { insertedId: job_id } = await store.jobs.insertOne({ name: "later", hour: 3, url: target.url });
    const refused = await tell(agent, "run_job", { args: { job_id } });
    assert.deepEqual([refused.ok, refused.error], [false, "this agent is draining and starts nothing"]);
    hanging[0]?.end("ok");
    assert.equal((await endOf(runId))?.status, "ok");
  });

  test("a drain ends with the agent: one that starts later takes no notice of it", async () => {
    const id = await insertCommand(store, { type: "drain", target: "all" });
    await using agent = await startAgent(store);
    await until(async () => (await acks(id)).length > 0, "the drain is acknowledged");
    assert.deepEqual(
      (await acks(id)).map(({ ok, error }) => [ok, error]),
      [[false, "sent before this agent started; a restart ends a drain"]],
    );
    assert.deepEqual([(await machineOf(agent))?.state, (await machineOf(agent))?.serial], ["active", 1]);
    assert.equal((await tell(agent, "resume")).report.resumed, false, "resume without a drain is harmless");
  });
});
