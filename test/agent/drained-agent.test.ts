// What a drained agent still looks after, and that it starts nothing by any path: sweep, catch-up, takeover.
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import type { Store } from "../../src/store/connect.ts";
import { failCommand } from "../helpers/fail-command.ts";
import { insertOrphan } from "../helpers/insert-orphan.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { clearFleet, jobOf, leaveFleet, stateOf } from "../helpers/swept-fleet.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { tellAgent } from "../helpers/tell-agent.ts";
import { startAgent, type TestAgent, until } from "../helpers/test-agent.ts";

const minuteMs = 60_000;

await forEachTarget("a drained agent", (suite) => {
  let store: Store;
  let appName: string;
  let target: Target;
  /** Requests to /hangs, which nobody answers unless the test does. */
  let hanging: ServerResponse[];

  before(async () => {
    ({ store, appName } = await openTestStore(suite));
  });
  after(() => store.close());
  beforeEach(async (t) => {
    await clearFleet(store);
    hanging = [];
    target = await startTarget();
    target.on("/hangs", (_request, response) => void hanging.push(response));
    if ("after" in t) t.after(() => target.close());
  });

  const statusOf = async (runId: string) => (await store.runs.findOne({ _id: runId }))?.status;
  /** Once a run that can't go on is lost, the agent has looked at expired runs from start to end. */
  let lost = 0;
  const reapAgain = async () => {
    const { _id } = await insertOrphan(store, { name: `lost ${lost++}`, url: target.url, method: "POST" });
    await until(async () => (await statusOf(_id)) === "lost", "it has looked at expired runs");
  };

  test("sweeps, and records what was missed, but starts neither what is in its grace nor what is caught up with", async () => {
    const now = Date.now();
    const job = { every_sec: 60, overlap: "allow" };
    await leaveFleet(store, {
      // Nothing to sweep until the test says so.
      resolvedUntil: now,
      jobs: [
        { ...job, name: "missed", start_grace_sec: 1, url: `${target.url}/missed` },
        { ...job, name: "caught up", start_grace_sec: 1, catch_up: "all", url: `${target.url}/late` },
        { ...job, name: "in grace", start_grace_sec: 3_600, url: `${target.url}/grace` },
      ],
    });
    await using agent = await startAgent(store);
    await tellAgent(store, agent, "drain");
    const before = await store.runs.distinct("_id", { status: { $ne: "missed" } });
    const sent = target.requests.length;
    const sweeps = () => agent.logged.filter(({ msg }) => msg === "swept").length;
    const seen = sweeps();
    await store.meta.updateOne({ _id: "sweep" }, { $set: { resolved_until: new Date(now - 10 * minuteMs) } });
    await until(
      async () => (await store.runs.countDocuments({ status: "missed" })) >= 8,
      "what was missed is recorded",
    );
    await until(() => sweeps() >= seen + 2, "it has swept twice");
    assert.deepEqual(await store.runs.distinct("_id", { status: { $ne: "missed" } }), before);
    assert.equal(target.requests.length, sent);

    await tellAgent(store, agent, "resume");
    const startedOf = (name: string) => store.runs.countDocuments({ job_name: name, status: "ok" });
    await until(
      async () => (await startedOf("caught up")) >= 8 && (await startedOf("in grace")) >= 8,
      "both are made up for after the resume",
    );
    assert.equal(await store.runs.countDocuments({ job_name: "missed", trigger: { $ne: "schedule" } }), 0);
  });

  test("starts after the resume what fell due in the seconds before it, which no sweep looks at in time", async () => {
    const now = Math.floor(Date.now() / 1_000) * 1_000;
    const due = new Date(now - 3_000);
    const cron = `${due.getUTCSeconds()} ${due.getUTCMinutes()} * * * *`;
    await leaveFleet(store, { resolvedUntil: now, jobs: [] });
    await using agent = await startAgent(store);
    await tellAgent(store, agent, "drain");
    const document = { _id: "brief", name: "brief", cron, start_grace_sec: 45, url: `${target.url}/brief` };
    // Known for long: else it would be due only from now on.
    await store.jobState.insertOne(stateOf(jobOf(document), 0));
    await store.jobs.insertOne(document as never);
    await tellAgent(store, agent, "reload_jobs");
    assert.equal(await store.runs.countDocuments(), 0);
    await tellAgent(store, agent, "resume");
    const ran = { job_name: "brief", scheduled_for: due, trigger: "schedule", status: "ok" } as const;
    await until(async () => (await store.runs.countDocuments(ran)) === 1, "it ran");
    assert.equal(target.requests.length, 1);
  });

  test("declares dead agents' runs lost where nothing else is left, and takes over none until it is resumed", async () => {
    await using agent = await startAgent(store);
    await tellAgent(store, agent, "drain");
    const orphan = await insertOrphan(store, { url: `${target.url}/orphan` });
    await reapAgain();
    await reapAgain();
    assert.deepEqual([await statusOf(orphan._id), target.requests.length], ["running", 0]);
    await tellAgent(store, agent, "resume");
    await until(async () => (await statusOf(orphan._id)) === "ok", "it is taken over after the resume");
  });

  /** An agent with one place, which a request holds, and an orphaned run that waits for it. */
  const fillPlace = async (): Promise<{ agent: TestAgent; orphanId: string }> => {
    const held = await insertOrphan(store, { name: "held", url: `${target.url}/hangs` });
    const agent = await startAgent(store, { maxConcurrentRuns: 1 });
    await until(() => hanging.length === 1, "its place is taken");
    assert.equal(await statusOf(held._id), "running");
    const orphan = await insertOrphan(store, { name: "orphan", url: `${target.url}/orphan` });
    await reapAgain();
    return { agent, orphanId: orphan._id };
  };

  test("lets go of a takeover that waited for a free place when the drain came", async () => {
    const { agent, orphanId } = await fillPlace();
    await using _ = agent;
    await tellAgent(store, agent, "drain");
    hanging[0]?.end();
    await until(() => agent.runs.length === 1, "the place is free");
    await reapAgain();
    assert.deepEqual([await statusOf(orphanId), target.requests.length], ["running", 1]);
  });

  if (suite.name !== "embedded") {
    test("lets go of a takeover that it was judging when the drain came", async () => {
      const { agent, orphanId } = await fillPlace();
      await using _ = agent;
      const slow = { failCommands: ["find"], appName, blockConnection: true, blockTimeMS: 4_000 };
      const namespace = `${suite.dbName}.job_runs`;
      {
        await using _slow = await failCommand(suite, { ...slow, namespace });
        hanging[0]?.end();
        await until(() => agent.runs.length === 1, "the place is free, and the takeover reads the run");
        await tellAgent(store, agent, "drain");
      }
      await reapAgain();
      await reapAgain();
      assert.deepEqual([await statusOf(orphanId), target.requests.length], ["running", 1]);
    });
  }
});
