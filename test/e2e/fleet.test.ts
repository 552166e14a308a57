// Three agents as real processes: every occurrence once, whatever happens to the first in line.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import type { Store } from "../../src/store/connect.ts";
import { type ProgramProcess, startAgentProcess, temporaryDir } from "../helpers/agent-process.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { until } from "../helpers/test-agent.ts";

const staggerSec = 1;
const settings = { stagger_sec: staggerSec, heartbeat_sec: 1, lease_sec: 6, poll_sec: 1, max_serial: 5 };

await forEachTarget("fleet", (suite) => {
  let store: Store;
  let target: Target;
  const agents: ProgramProcess[] = [];
  const serialsHeld = async () =>
    new Map(
      (await store.serials.find({ assigned_to: { $ne: null } }).toArray()).map((row) => [row.serial, row.assigned_to]),
    );

  before(async () => {
    ({ store } = await openTestStore(suite));
    target = await startTarget();
  });
  after(async () => {
    for (const agent of agents) await agent[Symbol.asyncDispose]();
    await target.close();
    await store.close();
  });

  test("60 occurrences on three agents are 60 records and 60 requests, also when the first in line is killed", async () => {
    const base = Math.ceil(Date.now() / 1_000) * 1_000;
    await store.jobs.insertMany(
      ["a", "b", "c"].map((name) => ({
        name,
        every_sec: 1,
        overlap: "allow",
        method: "POST",
        url: `${target.url}/${name}`,
      })),
    );
    using dirs = temporaryDir();
    for (let i = 0; i < 3; i++) {
      const stateDir = `${dirs.path}/${i}`;
      agents.push(await startAgentProcess({ uri: suite.uri, dbName: suite.dbName, stateDir, settings }));
    }
    await until(async () => (await serialsHeld()).size === 3, "each agent holds a serial");
    assert.deepEqual([...(await serialsHeld()).keys()].sort(), [1, 2, 3]);
    const first = (await serialsHeld()).get(1);

    await until(() => target.requests.length >= 15, "the fleet is at work");
    const victim = agents[0];
    // Between two occurrences: those of this second have ended, those of the next have not begun.
    await until(() => Date.now() % 1_000 > 400 && Date.now() % 1_000 < 600, "it is the middle of a second");
    victim?.kill("SIGKILL");
    await victim?.ended;
    await until(
      async () => (await serialsHeld()).get(1) !== first && (await serialsHeld()).get(1) !== null,
      "serial 1 was taken over",
    );
    await until(() => target.requests.length >= 60, "60 requests were sent");
    const stop = [agents[1], agents[2]];
    for (const agent of stop) agent?.kill("SIGTERM");
    assert.deepEqual(
      (await Promise.all(stop.map((agent) => agent?.ended))).map((end) => end?.code),
      [0, 0],
    );

    const runs = await store.runs.find({ scheduled_for: { $gte: new Date(base) } }).toArray();
    assert.ok(runs.length >= 60);
    const keys = new Set(runs.map((run) => `${run.job_name} ${run.scheduled_for.toISOString()}`));
    assert.equal(keys.size, runs.length, "no occurrence has two records");
    const sent = target.requests.map((request) => String(request.headers["idempotency-key"]));
    assert.equal(new Set(sent).size, sent.length, "no request was sent twice");

    // No instant between the first and the last is without its record, and every record has its request.
    for (const name of ["a", "b", "c"]) {
      const instants = runs
        .filter((run) => run.job_name === name)
        .map((run) => run.scheduled_for.getTime())
        .sort();
      for (const [i, instant] of instants.entries()) {
        if (i > 0)
          assert.equal(instant - (instants[i - 1] ?? 0), 1_000, `${name} at ${new Date(instant).toISOString()}`);
      }
    }
    for (const run of runs.filter((run) => run.status === "ok")) {
      assert.ok(
        sent.some((key) => key.startsWith(run._id)),
        run._id,
      );
    }
    assert.deepEqual(
      runs.filter((run) => run.status !== "ok").map(({ _id, status, reason }) => [_id, status, reason]),
      [],
    );

    // After the kill and before serial 1 was taken over, serial 2 started runs one stagger after they were due.
    const bySecond = runs.filter((run) => run.executed_by_serial === 2 && run.status === "ok");
    assert.ok(bySecond.length > 0, "serial 2 stepped in");
    assert.ok(
      bySecond.every((run) => run.late_ms >= staggerSec * 1_000),
      "at its own turn, not before",
    );
    const takenOver = runs.filter((run) => run.executed_by_serial === 1 && run.claimed_by !== first);
    assert.ok(takenOver.length > 0, "the agent that took over serial 1 goes first again");
  });

  test("a stopped agent leaves the list of the living at once", async () => {
    const dbName = `${suite.dbName}_stop`;
    using dirs = temporaryDir();
    const agent = await startAgentProcess({ uri: suite.uri, dbName, stateDir: dirs.path, settings });
    agents.push(agent);
    const db = store.client.db(dbName);
    const living = () =>
      db.collection("machines").countDocuments({ last_seen: { $gte: new Date(Date.now() - 120_000) } });
    assert.equal(await living(), 1);
    agent.kill("SIGTERM");
    assert.equal((await agent.ended).code, 0);
    assert.equal(await living(), 0);
    const [serial] = await db.collection("serials").find().toArray();
    assert.equal(serial?.assigned_to, null, "its serial is free");
    await db.dropDatabase();
  });

  test("SIGTERM lets a run in flight finish; what is still going when a second signal comes is left to its record", async () => {
    const dbName = `${suite.dbName}_term_${randomUUID().slice(0, 8)}`;
    const db = store.client.db(dbName);
    let answer: (() => void) | undefined;
    target.on("/wait", (_request, response) => {
      answer = () => response.end("done");
    });
    await db.collection("jobs").insertOne({ name: "wait", at: new Date(), url: `${target.url}/wait` });
    using dirs = temporaryDir();
    const options = { uri: suite.uri, dbName, stateDir: dirs.path, settings };
    const agent = await startAgentProcess(options);
    agents.push(agent);
    await until(() => answer !== undefined, "the request is under way");
    agent.kill("SIGTERM");
    await agent.says("stopping");
    answer?.();
    assert.equal((await agent.ended).code, 0);
    assert.equal((await db.collection("job_runs").findOne({}))?.status, "ok");

    answer = undefined;
    await db.collection("jobs").insertOne({ name: "wait again", at: new Date(), url: `${target.url}/wait` });
    const again = await startAgentProcess(options);
    agents.push(again);
    await until(() => answer !== undefined, "the second request is under way");
    again.kill("SIGTERM");
    await again.says("stopping");
    again.kill("SIGTERM");
    assert.equal((await again.ended).code, 143);
    assert.equal((await db.collection("job_runs").findOne({ job_name: "wait again" }))?.status, "running");
    await db.dropDatabase();
  });
});
