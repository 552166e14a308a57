// How runs end when the agent stops, and how they end when they stop being the agent's.
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import type { Store } from "../../src/store/connect.ts";
import { failCommand } from "../helpers/fail-command.ts";
import { hurriedClock } from "../helpers/hurried-clock.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { startAgent, type TestAgent, until } from "../helpers/test-agent.ts";

await forEachTarget("shutdown", (suite) => {
  /** The test's own eyes and hands: no fail point is meant for it. */
  let control: Store;
  let store: Store;
  let appName: string;
  let target: Target;
  let open: { response: ServerResponse; isClosed: boolean }[];

  before(async () => {
    ({ store: control } = await openTestStore(suite));
    ({ store, appName } = await openTestStore(suite));
    target = await startTarget();
  });
  after(async () => {
    await target.close();
    await store.close();
    await control.close();
  });
  beforeEach(async () => {
    await Promise.all([control.jobs.deleteMany({}), control.runs.deleteMany({}), control.serials.deleteMany({})]);
    open = [];
    target.on("/wait", (_request, response) => {
      const one = { response, isClosed: false };
      open.push(one);
      response.once("close", () => {
        one.isClosed = true;
      });
    });
  });

  const waitJob = () => ({ name: "wait", at: new Date(), url: `${target.url}/wait`, timeout_sec: 120 });
  const waitRun = async () => {
    const [run, ...others] = await control.runs.find({ job_name: "wait" }).toArray();
    assert.ok(run !== undefined && others.length === 0, "one run");
    return run;
  };
  const isUnderWay = () => until(() => open.length === 1, "the request is under way");
  const said = (agent: TestAgent, text: string) => agent.logged.some((entry) => entry.msg === text);
  const serialIsFree = async () => (await control.serials.findOne({ serial: 1 }))?.assigned_to === null;

  test("a stop gives the serial back at once, claims nothing more, and waits for the run in flight", async () => {
    await control.jobs.insertMany([waitJob(), { name: "each second", every_sec: 1, url: `${target.url}/each` }]);
    await using agent = await startAgent(store);
    await isUnderWay();
    const stopped = agent.stop();
    await until(serialIsFree, "the serial is free");
    const claimed = await control.runs.countDocuments({ job_name: "each second" });
    const machine = () => control.machines.findOne({ machine_id: agent.machineId });
    const isDraining = async () => (await machine())?.state === "draining";
    await until(isDraining, "the machine is shown as draining");
    assert.equal((await waitRun()).status, "running");
    const stoppedAt = performance.now();
    await until(() => performance.now() - stoppedAt > 1_200, "another second was due");
    open[0]?.response.end("done");
    await stopped;
    const run = await waitRun();
    assert.deepEqual([run.status, run.steps[0]?.response_sample], ["ok", "done"]);
    assert.equal(await control.runs.countDocuments({ job_name: "each second" }), claimed);
    assert.deepEqual([(await machine())?.state, (await machine())?.last_seen], ["stopped", null]);
  });

  test("a run that outlasts the drain is aborted, and its record says why", async () => {
    await control.jobs.insertOne(waitJob());
    await using agent = await startAgent(store, { clock: hurriedClock() });
    await isUnderWay();
    await agent.stop();
    await until(() => open[0]?.isClosed === true, "the request was given up");
    const run = await waitRun();
    assert.deepEqual(
      [run.status, run.reason, run.steps[0]?.status, run.steps[0]?.error?.code],
      ["aborted", "agent stopped", "error", "aborted"],
    );
    assert.ok(run.end_at);
    assert.equal(await serialIsFree(), true);
  });

  test("an agent that can't record a result ends all the same and leaves nothing waiting", async () => {
    await control.jobs.insertOne(waitJob());
    const clock = hurriedClock();
    await using agent = await startAgent(store, { clock });
    await isUnderWay();
    {
      await using _failing = await failCommand(suite, { failCommands: ["update"], appName, errorCode: 50 });
      open[0]?.response.end("nobody will know");
      await until(() => said(agent, "database not answering; nothing is started until it is back"), "it tries");
      await agent.stop();
    }
    await until(() => clock.sleeping() === 0, "nothing waits any more");
    assert.equal((await waitRun()).status, "running", "its record is left to the fleet");
  });

  test("a claim taken away in mid-request ends the request at the next beat, and nothing more is written or sent", async () => {
    const { name, at, ...request } = waitJob();
    await control.jobs.insertOne({ name, at, actions: [request, { url: `${target.url}/second` }] });
    // So long that only the beat itself can tell.
    await using agent = await startAgent(store, { leaseSec: 600 });
    await isUnderWay();
    await control.runs.updateOne({ job_name: "wait" }, { $set: { claim_id: "another" } });
    const taken = await waitRun();
    await until(() => open[0]?.isClosed === true, "the request was given up");
    await until(() => said(agent, "claim lost; the run belongs to its record now"), "the loss is noticed");
    assert.deepEqual(await waitRun(), taken);
    await agent.stop();
    assert.deepEqual(await waitRun(), taken);
    assert.ok(!target.requests.some((sent) => sent.url === "/second"));
    assert.deepEqual(agent.runs, [], "it is no longer this agent's to report");
  });

  test("a run whose beats don't arrive is given up, and recorded so once the database answers", async () => {
    await control.jobs.insertOne(waitJob());
    await using agent = await startAgent(store);
    await isUnderWay();
    {
      await using _failing = await failCommand(suite, { failCommands: ["update"], appName, errorCode: 50 });
      await until(() => open[0]?.isClosed === true, "the request was given up");
    }
    await until(() => agent.runs.length === 1, "the run has ended");
    const run = await waitRun();
    assert.deepEqual([run.status, run.reason], ["aborted", "ownership_lost"]);
  });
});
