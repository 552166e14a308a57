// What a real agent tells of itself, read by scraping it over HTTP.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type ServedMetrics, serveMetrics } from "../../src/metrics/serve-metrics.ts";
import { connectStore, type Store } from "../../src/store/connect.ts";
import { failCommand } from "../helpers/fail-command.ts";
import { insertOrphan } from "../helpers/insert-orphan.ts";
import { onEmbedded } from "../helpers/mongo-targets.ts";
import { clearFleet, leaveFleet } from "../helpers/swept-fleet.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { tellAgent } from "../helpers/tell-agent.ts";
import { startAgent, type TestAgentOptions, until } from "../helpers/test-agent.ts";
import { readPage, scrape } from "./scrape.ts";

await onEmbedded("metrics of an agent", (suite) => {
  const appName = "metered";
  let served: ServedMetrics;
  let store: Store;
  let target: Target;

  before(async () => {
    target = await startTarget();
  });
  after(() => target.close());
  beforeEach(async (t) => {
    served = await serveMetrics({ host: "127.0.0.1", port: 0 });
    const { uri, dbName } = suite;
    store = await connectStore({ uri, dbName, appName, onCommand: served.metrics.commandEnded });
    await clearFleet(store);
    if (!("after" in t)) return;
    t.after(() => store.close());
    t.after(() => served[Symbol.asyncDispose]());
  });

  const startMetered = (options: TestAgentOptions = {}) =>
    startAgent(store, { ...options, meter: served.metrics, onReady: (agent) => served.watch(agent) });
  const series = async (name: string) => (await scrape(served.url)).get(`fleetcron_${name}`);
  const reaches = (name: string, value: number) =>
    until(async () => ((await series(name)) ?? 0) >= value, `${name} reaches ${value}`);

  test("runs are counted by status, with their lag, duration, steps and retries", async () => {
    target.on("/bad", (_request, response) => void response.writeHead(503).end());
    const past = new Date(Date.now() - 1_000);
    await store.jobs.insertMany([
      { name: "good", at: past, url: `${target.url}/good` },
      { name: "bad", at: past, url: `${target.url}/bad`, retry: { retries: 2, delay_sec: 0 } },
      { name: "invalid", every_sec: -1, url: target.url },
    ]);
    await using _agent = await startMetered();
    await reaches('runs_total{status="ok"}', 1);
    await reaches('runs_total{status="error"}', 1);
    const all = await scrape(served.url);
    const get = (name: string) => all.get(`fleetcron_${name}`);
    assert.deepEqual(
      [get('claims_total{result="won"}'), get('steps_total{status="ok"}'), get('steps_total{status="error"}')],
      [2, 1, 1],
    );
    assert.equal(get("step_retries_total"), 2);
    // Due a second before they started.
    assert.deepEqual([get('start_lag_seconds_bucket{le="0.5"}'), get("start_lag_seconds_count")], [0, 2]);
    assert.equal(get("run_duration_seconds_count"), 2);
    assert.deepEqual([get("jobs_loaded"), get("jobs_invalid"), get("serial"), get("ready")], [2, 1, 1, 1]);
    assert.deepEqual(await readPage(`${served.url}/readyz`), { status: 200, text: "ready\n" });
  });

  test("a run under way holds a slot, and what its job misses meanwhile is skipped", async () => {
    const answers: (() => void)[] = [];
    target.on("/slow", (_request, response) => void answers.push(() => response.end()));
    await store.jobs.insertOne({ name: "slow", every_sec: 1, url: `${target.url}/slow` });
    await using _agent = await startMetered({ maxConcurrentRuns: 4 });
    await reaches("runs_in_progress", 1);
    assert.deepEqual([await series("slots"), await series("slots_free")], [4, 3]);
    await reaches('claims_total{result="blocked"}', 1);
    await reaches('runs_total{status="skipped"}', 1);
    for (const answer of answers) answer();
    await reaches('runs_total{status="ok"}', 1);
  });

  test("with two agents, what one wins the other loses", async () => {
    await using other = await serveMetrics({ host: "127.0.0.1", port: 0 });
    await store.jobs.insertOne({ name: "each second", every_sec: 1, url: target.url, overlap: "allow" });
    // Without a stagger both claim each occurrence.
    await using _first = await startMetered({ staggerSec: 0 });
    await using _second = await startAgent(store, { staggerSec: 0, meter: other.metrics });
    const claims = async (result: string) => {
      const name = `fleetcron_claims_total{result="${result}"}`;
      const [one, two] = await Promise.all([scrape(served.url), scrape(other.url)]);
      return (one.get(name) ?? 0) + (two.get(name) ?? 0);
    };
    await until(async () => (await claims("taken")) >= 2, "two claims are lost");
    assert.ok((await claims("won")) >= 2);
  });

  test("a dead agent's run is counted as taken over, or as lost where nobody may repeat it", async () => {
    await insertOrphan(store, { name: "again", url: target.url });
    await insertOrphan(store, { name: "never", url: target.url, method: "POST" });
    await using _agent = await startMetered();
    await reaches("takeovers_total", 1);
    await reaches('runs_total{status="lost"}', 1);
    await reaches('runs_total{status="ok"}', 1);
  });

  test("what nobody was there for is counted as missed, a summary of many once", async () => {
    const dayMs = 86_400_000;
    const jobs = [{ name: "hourly", hour: null, minute: 0, url: target.url }];
    await leaveFleet(store, { resolvedUntil: Date.now() - 4 * dayMs, jobs });
    await using _agent = await startMetered();
    const summaries = () => store.runs.countDocuments({ _id: /@missed:/ });
    await until(async () => (await summaries()) === 1, "the days before the last are summed up");
    const missed = () => store.runs.countDocuments({ status: "missed" });
    await until(async () => (await missed()) > 20, "the last day is recorded one by one");
    await until(async () => (await series('runs_total{status="missed"}')) === (await missed()), "all are counted");
  });

  test("heartbeats and the other loops are counted, and the database's answers timed", async () => {
    await using _agent = await startMetered();
    for (const loop of ["heartbeat", "serial beat"])
      await reaches(`loop_rounds_total{loop="${loop}",result="done"}`, 2);
    await reaches('database_command_duration_seconds_count{command="update"}', 2);
    await store.jobs.insertMany([1, 2, 3].map((i) => ({ name: `far ${i}`, at: new Date(0), url: target.url })));
    assert.equal((await store.jobs.find({}, { batchSize: 1 }).toArray()).length, 3);
    const timed = [...(await scrape(served.url)).keys()].join();
    assert.match(timed, /command="find"/);
    assert.doesNotMatch(timed, /getMore/, "what may wait on purpose is left out");
  });

  test("an agent that gets no answer from the database is not ready, counts the failures, and is ready again", async () => {
    await using _agent = await startMetered();
    const ready = async () => (await readPage(`${served.url}/readyz`)).status;
    await until(async () => (await ready()) === 200, "it is ready");
    {
      // All that an agent asks: one answer, and the database is there again.
      const failCommands = ["find", "insert", "update", "aggregate", "findAndModify", "getMore"];
      await using _failing = await failCommand(suite, { failCommands, appName, errorCode: 11600 });
      await until(async () => (await ready()) === 503, "it is not ready");
      assert.match(
        (await readPage(`${served.url}/readyz`)).text,
        /^not ready: the database has not answered for \d+ s$/m,
      );
      assert.deepEqual([await series("database_up"), await series("ready")], [0, 0]);
      await reaches('loop_rounds_total{loop="heartbeat",result="failed"}', 1);
      await reaches('database_command_failures_total{command="find"}', 1);
    }
    await until(async () => (await ready()) === 200, "it is ready again");
    assert.equal(await series("database_up"), 1);
  });

  test("a drained agent is not ready until it is resumed; a stopped one never again", async () => {
    const agent = await startMetered();
    await tellAgent(store, agent, "drain");
    assert.match((await readPage(`${served.url}/readyz`)).text, /^not ready: drained/);
    await tellAgent(store, agent, "resume");
    assert.equal((await readPage(`${served.url}/readyz`)).status, 200);
    await agent.stop();
    assert.match((await readPage(`${served.url}/readyz`)).text, /^not ready: stopping/);
  });

  test("no series is added by more jobs, and none names one", async () => {
    const job = (i: number) => ({ name: `job-number-${i}`, at: new Date(), url: `${target.url}/path-${i}` });
    await store.jobs.insertOne(job(0));
    await using agent = await startMetered();
    await reaches('runs_total{status="ok"}', 1);
    // Loops and commands appear as they first come; both are of the program, not of its jobs.
    const names = async () => [...(await scrape(served.url)).keys()].filter((name) => !/loop=|command=/.test(name));
    const before = await names();
    await store.jobs.insertMany(Array.from({ length: 20 }, (_, i) => job(i + 1)));
    await tellAgent(store, agent, "reload_jobs");
    await reaches('runs_total{status="ok"}', 21);
    assert.deepEqual(await names(), before);
    assert.doesNotMatch([...(await scrape(served.url)).keys()].join(), /job-number|path-/);
  });
});
