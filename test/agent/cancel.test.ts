// Runs that a person ends, wherever they are.
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { insertCommand } from "../../src/store/commands.ts";
import type { Store } from "../../src/store/connect.ts";
import { insertOrphan } from "../helpers/insert-orphan.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { clearFleet } from "../helpers/swept-fleet.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { readAcks, tellAgent } from "../helpers/tell-agent.ts";
import { startAgent, until } from "../helpers/test-agent.ts";

await forEachTarget("cancel", (suite) => {
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
    await clearFleet(store);
  });

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
  /** A run of a dead agent, of which nobody knows yet: its lease is long. */
  const orphanRun = async (definition: Record<string, unknown>) => {
    const orphan = await insertOrphan(store, definition, { lease_ms: 3_600_000 });
    const endLease = () => store.runs.updateOne({ _id: orphan._id }, { $set: { lease_ms: 1 } });
    return { runId: orphan._id, endLease };
  };

  test("cancel_run ends the run at its owner, its request included, and tells the others where it was", async () => {
    await using one = await startAgent(store);
    await using two = await startAgent(store);
    const runId = await runNow("/hangs");
    const isClosed = new Promise((resolve) => hanging[0]?.once("close", resolve));
    const id = await insertCommand(store, { type: "cancel_run", target: "all", args: { run_id: runId } });
    const run = await endOf(runId);
    assert.deepEqual([run?.status, run?.reason, run?.steps[0]?.status], ["aborted", "cancelled", "error"]);
    await isClosed;
    await until(async () => (await readAcks(store, id)).length === 2, "both acknowledged");
    const reports = new Map((await readAcks(store, id)).map(({ machine_id, report }) => [machine_id, report]));
    const [owner, other] = run?.claimed_by === one.machineId ? [one, two] : [two, one];
    assert.deepEqual(reports.get(owner.machineId), { cancelled: runId });
    // It may have looked only when the run was over.
    assert.notDeepEqual(reports.get(other.machineId), { cancelled: runId });
    assert.equal(hanging.length, 1);
  });

  test("cancel_run of an unknown or finished run is refused in words", async () => {
    await using agent = await startAgent(store);
    const error = async (args: Readonly<Record<string, unknown>>) =>
      (await tellAgent(store, agent, "cancel_run", { args })).error;
    assert.match((await error({ run_id: "none" })) ?? "", /^args\.run_id: expected .*, got "none"$/);
    assert.match((await error({})) ?? "", /^args\.run_id: expected .*, got undefined$/);
    assert.match((await error({ run_id: { id: 5 } })) ?? "", /^args\.run_id: expected .*, got \{"id":5\}$/);
    const runId = await runNow("/hangs");
    hanging[0]?.end("ok");
    await endOf(runId);
    assert.match((await error({ run_id: runId })) ?? "", /^args\.run_id: expected .* ended "ok"$/);
  });

  test("a run that is taken over after it was cancelled is ended by its new owner, which sends nothing", async () => {
    const { runId, endLease } = await orphanRun({ url: `${target.url}/again` });
    const seen = target.requests.length;
    await using agent = await startAgent(store);
    const told = await tellAgent(store, agent, "cancel_run", { to: "all", args: { run_id: runId } });
    assert.deepEqual([told.ok, told.report], [true, { run_of: "host.example" }]);
    await endLease();
    const run = await endOf(runId);
    assert.deepEqual(
      [run?.status, run?.reason, run?.attempt, run?.claimed_by],
      ["aborted", "cancelled", 2, agent.machineId],
    );
    assert.equal(target.requests.length, seen);
  });

  test("so is one whose new owner is an agent that came only after the command", async () => {
    const { runId, endLease } = await orphanRun({ url: `${target.url}/hangs` });
    await insertCommand(store, { type: "cancel_run", target: "all", args: { run_id: runId } });
    await using _agent = await startAgent(store);
    await endLease();
    // It may have sent its request before it read the command; then the request is aborted with the run.
    const run = await endOf(runId);
    assert.deepEqual([run?.status, run?.reason], ["aborted", "cancelled"]);
  });

  test("a run that is cancelled while its new owner executes it ends there, its request included", async () => {
    const { runId, endLease } = await orphanRun({ url: `${target.url}/hangs` });
    await using agent = await startAgent(store);
    await endLease();
    await until(() => hanging.length > 0, "the new owner has sent its request");
    const isClosed = new Promise((resolve) => hanging[0]?.once("close", resolve));
    const told = await tellAgent(store, agent, "cancel_run", { to: "all", args: { run_id: runId } });
    assert.deepEqual(told.report, { cancelled: runId });
    const run = await endOf(runId);
    assert.deepEqual([run?.status, run?.reason, run?.attempt], ["aborted", "cancelled", 2]);
    await isClosed;
    assert.equal(hanging.length, 1);
  });
});
