// Claims and results under a database that fails, loses answers and confirms nothing: one record, one request each.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import type { RunDocument } from "../../src/store/collections.ts";
import { insertCommand } from "../../src/store/commands.ts";
import { connectStore } from "../../src/store/connect.ts";
import { type Failure, failCommand } from "../helpers/fail-command.ts";
import { startLossyProxy } from "../helpers/lossy-proxy.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { startAgent, type TestAgent, until } from "../helpers/test-agent.ts";
import { twoStores } from "../helpers/two-stores.ts";

await forEachTarget("claims", (suite) => {
  const fleet = twoStores(suite);

  const soon = () => new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 1_000);
  const insertJob = (name: string, fields: Record<string, unknown> = { url: `${fleet.target.url}/once` }) =>
    fleet.control.jobs.insertOne({ name, at: soon(), ...fields });
  const hasTrouble = (agent: TestAgent, during: string) => agent.logged.some((entry) => entry.during === during);
  const hasSaid = (agent: TestAgent, text: string) => agent.logged.some((entry) => entry.msg === text);
  const keys = () => fleet.target.requests.map((request) => String(request.headers["idempotency-key"]));

  /** The one run there is, after it ended, with its one request. */
  const endedOnce = async (...agents: readonly TestAgent[]): Promise<RunDocument> => {
    await until(() => agents.some((agent) => agent.runs.length > 0), "the run has ended");
    for (const agent of agents) await agent.stop();
    const [run, ...others] = await fleet.control.runs.find().toArray();
    assert.ok(run !== undefined && others.length === 0, "one record");
    assert.deepEqual([run.status, run.steps[0]?.attempts, run.attempt], ["ok", 1, 1]);
    assert.deepEqual(keys(), [`${run._id}/0`], "one request");
    return run;
  };

  /** On a replica set the driver itself sends a broken write once more. */
  const driverTries = suite.name === "standalone" ? 1 : 2;
  const insertFailures: readonly { name: string; failure: Partial<Failure>; times: number }[] = [
    { name: "whose connection breaks again and again", failure: { closeConnection: true }, times: 4 * driverTries },
    { name: "that the server answers with a time-out", failure: { errorCode: 50 }, times: 4 },
    {
      name: "that is applied but never confirmed by the majority",
      failure: { writeConcernError: { code: 64, errmsg: "waiting for replication timed out" } },
      times: 4,
    },
  ];
  for (const { name, failure, times } of insertFailures) {
    test(`a claim ${name} is repeated until it is known, and sent once`, async () => {
      await using _ = await failCommand(suite, { failCommands: ["insert"], appName: fleet.appName, ...failure }, times);
      await insertJob("once");
      await using agent = await startAgent(fleet.store);
      await endedOnce(agent);
      assert.ok(hasTrouble(agent, "claiming runs") && hasTrouble(agent, "claiming a run"), "batch and single failed");
    });
  }

  test("a claim that can't be made is taken over by the next in line, and the first one sends nothing", async () => {
    await using unlucky = await startAgent(fleet.store);
    await using lucky = await startAgent(fleet.control);
    {
      // Others may hold the fail point for seconds: the job comes after it.
      await using _ = await failCommand(suite, {
        failCommands: ["insert"],
        appName: fleet.appName,
        closeConnection: true,
      });
      await insertJob("once");
      await insertCommand(fleet.control, { type: "reload_jobs", target: "all" });
      await until(() => lucky.runs.length > 0, "the next in line has done it");
    }
    await until(() => hasSaid(unlucky, "claim not won"), "the first one knows");
    const run = await endedOnce(unlucky, lucky);
    assert.equal(run.claimed_by, lucky.machineId);
    assert.deepEqual(unlucky.runs, []);
  });

  test("an applied claim is its agent's also while it does not know", async () => {
    const writeConcernError = { code: 64, errmsg: "waiting for replication timed out" };
    await using _ = await failCommand(
      suite,
      { failCommands: ["insert"], appName: fleet.appName, writeConcernError },
      6,
    );
    await insertJob("once");
    await using unsure = await startAgent(fleet.store);
    await using other = await startAgent(fleet.control);
    const run = await endedOnce(unsure, other);
    assert.equal(run.claimed_by, unsure.machineId);
    assert.deepEqual(other.runs, []);
  });

  if (suite.name === "standalone") {
    test("answers lost after the claim, an advance and the finish were applied cost no request and no record", async () => {
      await using proxy = await startLossyProxy(suite.uri);
      const lossy = await connectStore({ uri: proxy.uri, dbName: suite.dbName, appName: "lossy" });
      try {
        fleet.target.on("/first", (_request, response) => {
          proxy.loseAnswerTo("first-answer");
          response.end("first-answer");
        });
        fleet.target.on("/second", (_request, response) => {
          proxy.loseAnswerTo("second-answer");
          response.end("second-answer");
        });
        const actions = [{ url: `${fleet.target.url}/first` }, { url: `${fleet.target.url}/second` }];
        await using agent = await startAgent(lossy);
        await using other = await startAgent(fleet.control);
        proxy.loseAnswerTo("name-in-the-claim");
        // Only now: on a slow machine a job that was there before is claimed while the second agent still starts.
        await insertJob("name-in-the-claim", { actions });
        await insertCommand(fleet.control, { type: "reload_jobs", target: "all" });
        await until(() => agent.runs.length > 0, "the run has ended");
        await agent.stop();
        await other.stop();
        assert.equal(proxy.lost(), 3);
        const [run, ...others] = await fleet.control.runs.find().toArray();
        assert.ok(run !== undefined && others.length === 0, "one record");
        assert.deepEqual([run.status, run.claimed_by], ["ok", agent.machineId]);
        assert.deepEqual(
          run.steps.map((step) => [step.status, step.attempts, step.response_sample]),
          [
            ["ok", 1, "first-answer"],
            ["ok", 1, "second-answer"],
          ],
        );
        assert.deepEqual(keys(), [`${run._id}/0`, `${run._id}/1`]);
      } finally {
        await lossy.close();
      }
    });
  }

  /** From now on a command fails with this probability; until disposed. */
  const failSometimes = async (failure: Failure, activationProbability: number): Promise<AsyncDisposable> => {
    const failing = await failCommand(suite, failure, 1);
    const mode = { activationProbability };
    await fleet.control.client.db("admin").command({ configureFailPoint: "failCommand", mode, data: failure });
    return failing;
  };

  test("two agents at once under random failures: every occurrence has one record and one request", async () => {
    const names = Array.from({ length: 12 }, (_, i) => `job ${i}`);
    const job = { every_sec: 1, overlap: "allow", url: `${fleet.target.url}/each` };
    await fleet.control.jobs.insertMany(names.map((name) => ({ name, ...job })));
    const appName = `failing-${randomUUID()}`;
    const open = () => connectStore({ uri: suite.uri, dbName: suite.dbName, appName });
    await using one = await open();
    await using two = await open();
    const settings = { staggerSec: 0, leaseSec: 60 };
    await using agentOne = await startAgent(one, settings);
    await using agentTwo = await startAgent(two, settings);
    const agents = [agentOne, agentTwo];
    const hasRunOn = (count: number) => {
      const begun = fleet.target.requests.length;
      return until(
        () => fleet.target.requests.length >= begun + count * names.length,
        `${count} seconds were worked off`,
      );
    };
    const failCommands = ["insert", "update", "find"];
    {
      const writeConcernError = { code: 64, errmsg: "waiting for replication timed out" };
      await using _ = await failSometimes({ failCommands, appName, writeConcernError }, 0.4);
      await hasRunOn(2);
      await until(() => agents.every((agent) => hasTrouble(agent, "claiming runs")), "both had their trouble");
    }
    {
      await using _ = await failSometimes({ failCommands, appName, closeConnection: true }, 0.1);
      await hasRunOn(3);
    }
    const calmAt = new Date();
    const settledRuns = () => fleet.control.runs.find({ scheduled_for: { $lte: calmAt } }).toArray();
    const isSettled = async () => isComplete(await settledRuns(), names, calmAt);
    await until(isSettled, "everything that was due in the storm is recorded as ok");
    await Promise.all(agents.map((agent) => agent.stop()));

    assert.ok(await isSettled());
    const runs = await fleet.control.runs.find().toArray();
    assert.deepEqual(
      runs.filter((run) => run.status !== "ok").map((run) => [run._id, run.status, run.reason]),
      [],
    );
    assert.deepEqual(keys().sort(), runs.map((run) => `${run._id.replaceAll(" ", "%20")}/0`).sort());
  });
});

/** Whether each job has a run in every second from its first one to `last`, and each of them is ok. */
function isComplete(runs: readonly RunDocument[], names: readonly string[], last: Date): boolean {
  return names.every((name) => {
    const own = runs.filter((run) => run.job_name === name && run.status === "ok");
    const first = Math.min(...own.map((run) => run.scheduled_for.getTime()));
    return own.length > 0 && own.length === Math.floor((last.getTime() - first) / 1_000) + 1;
  });
}
