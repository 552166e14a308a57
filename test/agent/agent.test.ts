// One agent on a real store against a real HTTP target: what an operator relies on, from due instant to record.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { Double, Int32, Long } from "mongodb";
import type { RunDocument } from "../../src/store/collections.ts";
import { findCommand, insertCommand } from "../../src/store/commands.ts";
import type { Store } from "../../src/store/connect.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { startAgent, testSettings, until } from "../helpers/test-agent.ts";

await forEachTarget("agent", (suite) => {
  let store: Store;
  let target: Target;
  const insert = (...jobs: Record<string, unknown>[]) => store.jobs.insertMany(jobs);
  const runsOf = (jobName: string) => store.runs.find({ job_name: jobName }).sort({ scheduled_for: 1 }).toArray();
  const acknowledged = async (id: unknown) => {
    await until(async () => ((await findCommand(store, id))?.acks.length ?? 0) > 0, "the command is acknowledged");
    return (await findCommand(store, id))?.acks[0];
  };

  before(async () => {
    ({ store } = await openTestStore(suite));
    target = await startTarget();
  });
  after(async () => {
    await target.close();
    await store.close();
  });
  beforeEach(async () => {
    await Promise.all([store.jobs.deleteMany({}), store.runs.deleteMany({}), store.serials.deleteMany({})]);
    await store.commands.deleteMany({});
  });

  test("every occurrence becomes one request and one record with the fields people query", async () => {
    await insert({
      name: "each second",
      every_sec: new Int32(1),
      url: `${target.url}/each`,
      headers: { "User-Agent": "mine" },
    });
    const agent = await startAgent(store);
    await until(() => agent.runs.length >= 3, "three runs ended");
    await agent.stop();
    const runs = await runsOf("each second");
    const requests = target.requests.filter((request) => request.url === "/each");
    assert.equal(requests.length, runs.length);
    for (const run of runs) {
      assert.equal(run._id, `${run.job_id}@${run.scheduled_for.toISOString()}`);
      assert.equal(run.scheduled_for.getTime() % 1_000, 0);
      assert.equal(run.status, "ok");
      assert.equal(run.executed_by_serial, 1);
      assert.equal(run.claimed_by, agent.machineId);
      assert.ok(run.start_at && run.end_at && run.start_at >= run.scheduled_for && run.end_at >= run.start_at);
      assert.deepEqual(
        run.steps.map((step) => [step.status, step.status_code, step.attempts]),
        [["ok", 200, 1]],
      );
      assert.equal(
        requests.filter((request) => String(request.headers["idempotency-key"]).startsWith(run._id)).length,
        1,
      );
    }
    assert.equal(requests[0]?.headers["user-agent"], "mine");
  });

  test("the machine's row shows serial and jobs as soon as the agent is ready, not a heartbeat later", async () => {
    await insert({ name: "rarely", every_sec: 3600, url: target.url }, { name: "broken", url: target.url });
    await using agent = await startAgent(store, { heartbeatSec: 60, leaseSec: 240 });
    const row = await store.machines.findOne({ machine_id: agent.machineId });
    assert.deepEqual([row?.serial, row?.jobs], [1, { loaded: 1, invalid: 1 }]);
  });

  test("numbers count alike as Int32, Long and Double", async () => {
    await insert(
      { name: "int", every_sec: new Int32(1), url: `${target.url}/int`, timeout_sec: new Int32(3) },
      { name: "long", every_sec: Long.fromNumber(1), url: `${target.url}/long`, timeout_sec: Long.fromNumber(3) },
      { name: "double", every_sec: new Double(1), url: `${target.url}/double`, timeout_sec: new Double(3) },
    );
    await using agent = await startAgent(store);
    await until(() => new Set(agent.runs.map((run) => run.job)).size === 3, "each of the three ran");
  });

  test("a slow job delays no other, and its own next occurrence is recorded as skipped", async () => {
    target.on("/slow", () => undefined);
    await insert(
      { name: "slow", every_sec: 1, url: `${target.url}/slow`, timeout_sec: 60 },
      { name: "quick", every_sec: 1, url: `${target.url}/quick` },
    );
    const agent = await startAgent(store, { maxConcurrentRuns: 2 });
    const ended = (job: string) => agent.runs.filter((run) => run.job === job).map((run) => run.status);
    await until(() => ended("quick").length >= 4 && ended("slow").length >= 2, "the quick one ran on");
    assert.deepEqual(new Set(ended("quick")), new Set(["ok"]));
    assert.deepEqual(new Set(ended("slow")), new Set(["skipped"]));
    const [first, second] = await runsOf("slow");
    assert.deepEqual([first?.status, second?.status, second?.reason], ["running", "skipped", "previous_running"]);
    target.on("/slow", (_request, response) => response.end());
    await store.jobs.deleteMany({});
    await store.runs.updateOne({ _id: first?._id ?? "" }, { $set: { claim_id: "taken away" } });
    await until(
      () => agent.logged.some((entry) => entry.msg === "claim lost; the run belongs to its record now"),
      "the loss is noticed",
    );
    await agent.stop();
  });

  test("what comes too late in the line for a slot is missed while the line stands still, or left to be caught up with", async () => {
    target.on("/slow", () => undefined);
    await insert(
      { name: "slow", at: new Date(), url: `${target.url}/slow`, timeout_sec: 60 },
      { name: "late", every_sec: 1, url: `${target.url}/late` },
      { name: "caught up with", every_sec: 1, overlap: "allow", catch_up: "all", url: `${target.url}/late` },
    );
    const agent = await startAgent(store, { maxConcurrentRuns: 1, startGraceSec: 1 });
    await until(() => agent.runs.filter((run) => run.job === "late" && run.status === "missed").length >= 2, "missed");
    assert.deepEqual(
      (await runsOf("slow")).map(({ status }) => status),
      ["running"],
    );
    await store.jobs.deleteMany({});
    await store.runs.updateOne({ job_name: "slow" }, { $set: { claim_id: "taken away" } });
    await agent.stop();
  });

  test("a chain runs in order, retries as told, and stops at the first failing action", async () => {
    let calls = 0;
    target.on("/flaky", (_request, response) => response.writeHead(++calls === 1 ? 503 : 200).end());
    target.on("/bad", (_request, response) => response.writeHead(404).end("nothing here"));
    const retry = { retries: 2, delay_sec: 0.01 };
    await insert({
      name: "chain",
      at: new Date(),
      actions: [
        { name: "first", url: `${target.url}/flaky`, retry },
        { name: "skipped", url: `${target.url}/never`, when: { minute_in: [(new Date().getUTCMinutes() + 30) % 60] } },
        { name: "bad", method: "POST", url: `${target.url}/bad`, body: { due: "{{scheduled_for}}" }, retry },
        { name: "after", url: `${target.url}/never` },
      ],
    });
    await using agent = await startAgent(store);
    await until(() => agent.runs.length === 1, "the chain ended");
    const [run] = await runsOf("chain");
    assert.equal(run?.status, "error");
    assert.match(run?.reason ?? "", /bad.*404/);
    assert.deepEqual(
      run?.steps.map((step) => [step.name, step.status, step.status_code, step.attempts]),
      [
        ["first", "ok", 200, 2],
        ["skipped", "skipped_when", null, 0],
        ["bad", "error", 404, 1],
      ],
    );
    assert.equal(run?.steps[2]?.response_sample, "nothing here");
    assert.equal(
      target.requests.some((request) => request.url === "/never"),
      false,
    );
  });

  test("a job whose condition does not hold leaves a skipped record and sends nothing", async () => {
    const hour_in = [(new Date().getUTCHours() + 12) % 24];
    await insert({ name: "not now", every_sec: 1, url: `${target.url}/not-now`, when: { hour_in } });
    await using agent = await startAgent(store);
    await until(() => agent.runs.length > 0, "an occurrence was recorded");
    const [run] = await runsOf("not now");
    assert.deepEqual([run?.status, run?.reason, run?.steps], ["skipped", "when", []]);
    assert.equal(
      target.requests.some((request) => request.url === "/not-now"),
      false,
    );
  });

  test("reload takes up added, changed and removed jobs and acknowledges with their names", async () => {
    await insert(
      { name: "stays", every_sec: 3600, url: target.url },
      { name: "goes", every_sec: 3600, url: target.url },
    );
    await using agent = await startAgent(store);
    await store.jobs.deleteOne({ name: "goes" });
    await store.jobs.updateOne({ name: "stays" }, { $set: { every_sec: 7200 } });
    await insert({ name: "comes", every_sec: 1, url: `${target.url}/comes` }, { name: "broken", url: target.url });
    const ack = await acknowledged(await insertCommand(store, { type: "reload_jobs", target: "all", args: {} }));
    assert.deepEqual([ack?.machine_id, ack?.ok], [agent.machineId, true]);
    const { added, changed, removed, invalid } = ack?.report ?? {};
    assert.deepEqual(invalid, ["broken"]);
    // Also where a change stream told of the edits first.
    assert.deepEqual([added, changed, removed], [["comes"], ["stays"], ["goes"]]);
    await until(() => agent.runs.some((run) => run.job === "comes"), "the added job ran");
  });

  test("a command inserted by hand without a date or args works, and an unknown one is refused in words", async () => {
    await using _agent = await startAgent(store);
    const reload = await store.db.collection("commands").insertOne({ type: "reload_jobs", target: "all" });
    assert.equal((await acknowledged(reload.insertedId))?.ok, true);
    const odd = await store.db.collection("commands").insertOne({ type: "make_coffee", target: "all" });
    const ack = await acknowledged(odd.insertedId);
    assert.equal(ack?.ok, false);
    assert.match(ack?.error ?? "", /unknown command type "make_coffee"/);
  });

  test("run now executes a disabled job once, whoever hears it first", async () => {
    await insert({ name: "on demand", enabled: false, every_sec: 3600, url: `${target.url}/on-demand` });
    const job = await store.jobs.findOne({ name: "on demand" });
    await using one = await startAgent(store);
    await using two = await startAgent(store);
    const id = await insertCommand(store, { type: "run_job", target: "all", args: { job_id: job?._id } });
    await until(async () => ((await findCommand(store, id))?.acks.length ?? 0) === 2, "both acknowledged");
    await until(() => one.runs.length + two.runs.length === 1, "it ran");
    const runs = await runsOf("on demand");
    assert.deepEqual(
      runs.map((run) => [run._id, run.trigger, run.status]),
      [[`${job?._id}@manual:${id}`, "manual", "ok"]],
    );
    assert.equal(target.requests.filter((request) => request.url === "/on-demand").length, 1);
  });

  test("reload_config takes up new settings, and keeps the old ones when the new are refused", async () => {
    let next = { ...testSettings, secrets: new Map([["TOKEN", { value: "second-secret", hosts: null }]]) };
    await insert({ name: "uses it", every_sec: 1, url: `${target.url}/token`, headers: { "X-Token": "{{TOKEN}}" } });
    await using agent = await startAgent(store, {
      secrets: new Map([["TOKEN", { value: "first-secret", hosts: null }]]),
      reloadSettings: () => ({ settings: next, notes: ["log changed"] }),
    });
    const sent = () => target.requests.filter((request) => request.url === "/token").at(-1)?.headers["x-token"];
    await until(() => sent() === "first-secret", "the first secret was used");
    const ack = await acknowledged(
      await insertCommand(store, { type: "reload_config", target: agent.machineId, args: {} }),
    );
    assert.deepEqual([ack?.ok, ack?.report], [true, { notes: ["log changed"] }]);
    await until(() => sent() === "second-secret", "the second secret was used");
    next = { ...next, tz: "Asia/Seoul" };
    const refused = await acknowledged(await insertCommand(store, { type: "reload_config", target: "all", args: {} }));
    assert.equal(refused?.ok, false);
    assert.match(refused?.error ?? "", /the fleet's zone is "UTC"/);
    await store.jobs.deleteMany({});
  });

  test("a run whose agent died becomes lost, in plain words, and frees its job", async () => {
    await insert({ name: "orphan", every_sec: 1, url: `${target.url}/orphan` });
    const job = await store.jobs.findOne({ name: "orphan" });
    const long_ago = new Date(Date.now() - 3_600_000);
    await store.runs.insertOne({
      _id: `${job?._id}@${long_ago.toISOString()}`,
      ...{ job_id: job?._id, job_name: "orphan", scheduled_for: long_ago, status: "running", exclusive: true },
      ...{ claim_id: "dead", hostname: "web-7", lease_ms: 60_000, beat_at: long_ago, steps: [{ status: "started" }] },
    } as unknown as RunDocument);
    await using agent = await startAgent(store);
    await until(() => agent.runs.some((run) => run.job === "orphan" && run.status === "ok"), "the job runs again");
    const [lost] = await runsOf("orphan");
    assert.equal(lost?.status, "lost");
    assert.match(lost?.reason ?? "", /its agent on web-7 stopped beating for more than 60 s/);
    assert.equal(lost?.steps[0]?.status, "unknown");
  });
});
