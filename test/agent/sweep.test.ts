// What a fleet finds on its return: every occurrence that fell due meanwhile ends as exactly one record.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import type { Job } from "../../src/model/job.ts";
import { duesBetween } from "../../src/model/schedule.ts";
import type { RunDocument } from "../../src/store/collections.ts";
import type { Store } from "../../src/store/connect.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { sampleRun } from "../helpers/sample-run.ts";
import { leaveFleet } from "../helpers/swept-fleet.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { startAgent, testSettings, until } from "../helpers/test-agent.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const graceMs = testSettings.startGraceSec * 1_000;
/** All turns, and ten seconds. */
const lagMs = testSettings.maxSerial * testSettings.staggerSec * 1_000 + 10_000;

await forEachTarget("the sweep", (suite) => {
  let store: Store;
  let target: Target;
  before(async () => {
    ({ store } = await openTestStore(suite));
  });
  beforeEach(async () => {
    target = await startTarget();
  });
  afterEach(() => target.close());
  after(() => store.close());

  const runsOf = (name: string) => store.runs.find({ job_name: name }).sort({ scheduled_for: 1 }).toArray();
  const endedUpTo = async (jobs: readonly Job[], from: number, to: number) => {
    const ids = jobs.flatMap(({ idText, schedule }) =>
      duesBetween(schedule, from, to, 10_000).map((at) => `${idText}@${new Date(at).toISOString()}`),
    );
    await until(
      async () => (await store.runs.countDocuments({ _id: { $in: ids }, status: { $ne: "running" } })) === ids.length,
      "every occurrence has its record",
    );
    return ids;
  };
  const shape = ({ trigger, status, reason }: RunDocument) => `${trigger} ${status} ${reason}`;
  const countShapes = (runs: readonly RunDocument[]) =>
    Object.fromEntries([...Map.groupBy(runs, shape)].map(([text, some]) => [text, some.length]));
  /** Once a minute, and not near the end of the range that is swept now. */
  const eachMinute = (now: number) => `${new Date(now - lagMs - minuteMs / 2).getUTCSeconds()} * * * * *`;

  test("a fleet down for ten minutes: every occurrence of three jobs has its record, run late within the grace or missed", async () => {
    const now = Date.now();
    const jobs = await leaveFleet(store, {
      resolvedUntil: now - 10 * minuteMs,
      jobs: [
        { name: "minutes", every_sec: 60, overlap: "allow", url: `${target.url}/minutes` },
        { name: "halves", cron: "15,45 * * * * *", overlap: "skip", url: `${target.url}/halves` },
        { name: "odd", every_sec: 7, jitter_sec: 3, overlap: "allow", url: `${target.url}/odd` },
      ],
    });
    await using agent = await startAgent(store);
    const ids = await endedUpTo(jobs, now - 10 * minuteMs + 3_000, now - lagMs - 4_000);
    assert.ok(ids.length > 100);
    await agent.stop();
    for (const { name } of jobs) {
      for (const run of await runsOf(name)) {
        const lateBy = run.claimed_at.getTime() - run.scheduled_for.getTime();
        if (run.status === "missed") {
          assert.deepEqual([run.reason, lateBy > graceMs, run.steps], ["start_grace_passed", true, []]);
        } else if (run.status === "ok") assert.ok(lateBy <= graceMs + 3_000, run._id);
        else assert.deepEqual([run.status, run.reason], ["skipped", "previous_running"]);
      }
    }
    const started = await store.runs.countDocuments({ status: "ok" });
    assert.equal(target.requests.length, started, "what was started was sent once");
    assert.ok(started > 5);
  });

  test("a fleet down for three days leaves one summary per job and records of the last 24 hours", async () => {
    const now = Date.now();
    const from = now - 3 * dayMs;
    const at = new Date(now - 2 * dayMs);
    const jobs = await leaveFleet(store, {
      resolvedUntil: from,
      since: from - dayMs,
      jobs: [
        { name: "hours", cron: "17 * * * *", url: target.url },
        { name: "tens", every_sec: 600, url: target.url },
        { name: "disabled", every_sec: 600, enabled: false, url: target.url },
        { name: "once", at, url: target.url },
      ],
    });
    const [hours, tens] = jobs as [Job, Job];
    // Executed after the last sweep: no part of what was missed.
    const [executed = 0] = duesBetween(tens.schedule, from, now, 1);
    await store.runs.insertOne({ ...sampleRun({ job: tens, scheduledFor: executed }), status: "ok" });
    await using agent = await startAgent(store);
    await endedUpTo([hours, tens], now - dayMs + minuteMs, now - lagMs - 1_000);
    await agent.stop();

    for (const { name, schedule } of [hours, tens]) {
      const old = (await runsOf(name)).filter((run) => run.count !== undefined);
      const dues = duesBetween(schedule, from, now - dayMs, 10_000).filter(
        (due) => due !== executed || name !== "tens",
      );
      const [summary] = old;
      assert.equal(old.length, 1);
      assert.ok(Math.abs((summary?.count ?? 0) - dues.length) <= 1);
      assert.deepEqual(
        [summary?._id, summary?.status, summary?.from?.getTime(), summary?.reason],
        [
          `${name}@missed:${new Date(dues[0] ?? 0).toISOString()}`,
          "missed",
          dues[0],
          `${summary?.count} occurrences were due while no agent ran`,
        ],
      );
      assert.ok((summary?.to?.getTime() ?? 0) <= Date.now() - dayMs);
    }
    const all = await store.runs.find().toArray();
    assert.equal(new Set(all.map(({ _id }) => _id)).size, all.length);
    assert.deepEqual((await runsOf("disabled")).length, 0);
    assert.deepEqual((await runsOf("once")).map(shape), ["schedule missed start_grace_passed"]);
    assert.ok(all.length < 24 + 6 * 24 + 10, "not thousands");
  });

  test("catch_up: last runs the newest missed occurrence, unless something newer of the job started", async () => {
    const now = Date.now();
    const cron = `${new Date(now - 30 * minuteMs).getUTCMinutes()} * * * *`;
    const [, made] = await leaveFleet(store, {
      resolvedUntil: now - 5 * hourMs,
      jobs: [
        { name: "last", cron, catch_up: "last", url: `${target.url}/last` },
        { name: "made", cron, catch_up: "last", url: `${target.url}/made` },
        { name: "none", cron, url: `${target.url}/none` },
      ],
    });
    const newer = sampleRun({ job: made as Job, scheduledFor: now - minuteMs });
    await store.runs.insertOne({ ...newer, job_name: "a newer one", status: "error" });
    await using agent = await startAgent(store);
    await endedUpTo([made as Job], now - 5 * hourMs, now - lagMs);
    await until(async () => (await store.runs.countDocuments({ trigger: "catch_up", status: "ok" })) > 0, "caught up");
    await agent.stop();
    const missed = "schedule missed start_grace_passed";
    assert.deepEqual((await runsOf("last")).map(shape), [missed, missed, missed, missed, "catch_up ok null"]);
    assert.deepEqual(countShapes(await runsOf("made")), { [missed]: 5 });
    assert.deepEqual(countShapes(await runsOf("none")), { [missed]: 5 });
    assert.deepEqual(
      target.requests.map(({ url }) => url),
      ["/last"],
    );
  });

  test("catch_up: all runs the newest 100 late, each once, and records the others", async () => {
    const now = Date.now();
    const from = now - 130 * minuteMs;
    const jobs = await leaveFleet(store, {
      resolvedUntil: from,
      jobs: [
        {
          name: "all",
          cron: eachMinute(now),
          overlap: "allow",
          start_grace_sec: 2,
          catch_up: "all",
          url: `${target.url}/all`,
        },
      ],
    });
    await using agent = await startAgent(store, { maxConcurrentRuns: 7 });
    const ids = await endedUpTo(jobs, from, now - lagMs);
    await agent.stop();
    const runs = (
      await store.runs
        .find({ _id: { $in: ids } })
        .sort({ scheduled_for: 1 })
        .toArray()
    ).map(shape);
    const capped = ids.length - 100;
    assert.ok(capped > 20);
    assert.deepEqual(runs, [
      ...Array.from({ length: capped }, () => "schedule missed catch_up_cap"),
      ...Array.from({ length: 100 }, () => "catch_up ok null"),
    ]);
    assert.equal(
      target.requests.filter(({ url }) => url === "/all").length,
      await store.runs.countDocuments({ status: "ok" }),
    );
  });

  test("the cap counts what an earlier sweep of the same gap has started", async () => {
    const now = Date.now();
    const from = now - 130 * minuteMs;
    const [job] = (await leaveFleet(store, {
      resolvedUntil: from,
      jobs: [
        { name: "all", cron: eachMinute(now), overlap: "allow", start_grace_sec: 2, catch_up: "all", url: target.url },
      ],
    })) as [Job];
    const dues = duesBetween(job.schedule, from, now - lagMs, 1_000);
    const before = dues.slice(-60).map((scheduledFor) => sampleRun({ job, scheduledFor }));
    await store.runs.insertMany(before.map((run) => ({ ...run, status: "ok" as const, trigger: "catch_up" as const })));
    await using agent = await startAgent(store);
    await endedUpTo([job], from, now - lagMs);
    await agent.stop();
    assert.equal(await store.runs.countDocuments({ trigger: "catch_up" }), 100);
  });

  test("two agents that return at once give every occurrence one record, and send nothing twice", async () => {
    const now = Date.now();
    const jobs = await leaveFleet(store, {
      resolvedUntil: now - 10 * minuteMs,
      jobs: [
        { name: "fives", every_sec: 5, overlap: "allow", url: `${target.url}/fives` },
        { name: "caught", every_sec: 30, overlap: "allow", catch_up: "all", url: `${target.url}/caught` },
      ],
    });
    const agents = await Promise.all([startAgent(store), startAgent(store), startAgent(store)]);
    const ids = await endedUpTo(jobs, now - 10 * minuteMs, now - lagMs - 1_000);
    await Promise.all(agents.map((agent) => agent.stop()));
    assert.equal(await store.runs.countDocuments({ _id: { $in: ids } }), ids.length);
    const keys = target.requests.map(({ headers }) => headers["idempotency-key"]);
    assert.equal(new Set(keys).size, keys.length);
    assert.equal(keys.length, await store.runs.countDocuments({ status: "ok" }));
  });

  test("where it came is kept: up to there nothing is looked at again", async () => {
    const now = Date.now();
    const jobs = await leaveFleet(store, {
      resolvedUntil: now - 10 * minuteMs,
      jobs: [{ name: "minutes", every_sec: 60, start_grace_sec: 1, url: target.url }],
    });
    const resolved = async () => (await store.meta.findOne({ _id: "sweep" }))?.resolved_until?.getTime() ?? 0;
    {
      await using _agent = await startAgent(store);
      await endedUpTo(jobs, now - 10 * minuteMs, now - lagMs);
      await until(async () => (await resolved()) >= now - lagMs, "the sweep has moved on");
    }
    assert.ok((await resolved()) <= Date.now() - lagMs, "never into the time that belongs to the turns");
  });

  test("what waits for a free place is not settled: the sweep does not pass it, and starts it once", async () => {
    const now = Date.now();
    const held: (() => void)[] = [];
    target.on("/held", (_request, response) => {
      held.push(() => response.end("at last"));
    });
    const [job] = (await leaveFleet(store, {
      resolvedUntil: now - 5 * minuteMs,
      jobs: [{ name: "held", every_sec: 60, overlap: "allow", url: `${target.url}/held`, timeout_sec: 600 }],
    })) as [Job];
    const [, second = 0] = duesBetween(job.schedule, now - 5 * minuteMs, now, 10);
    await using agent = await startAgent(store, { maxConcurrentRuns: 1, startGraceSec: 600 });
    const sweeps = () => agent.logged.filter(({ msg }) => msg === "swept").length;
    await until(() => sweeps() >= 4 && held.length === 1, "it was looked at again and again");
    assert.ok(((await store.meta.findOne({ _id: "sweep" }))?.resolved_until?.getTime() ?? 0) < second);
    await until(async () => {
      for (const answer of held) answer();
      return (await store.runs.countDocuments({ status: "ok" })) >= 4;
    }, "all have run");
    const keys = target.requests.map(({ headers }) => headers["idempotency-key"]);
    assert.equal(new Set(keys).size, keys.length);
    await target.close();
  });

  test("an occurrence whose condition does not hold is skipped, late or not", async () => {
    const now = Date.now();
    const jobs = await leaveFleet(store, {
      resolvedUntil: now - 10 * minuteMs,
      jobs: [{ name: "never", every_sec: 60, when: { minute_in: [] }, url: target.url }].map((job) => ({
        ...job,
        when: { hour_in: [(new Date(now).getUTCHours() + 12) % 24] },
      })),
    });
    await using agent = await startAgent(store);
    await endedUpTo(jobs, now - 10 * minuteMs, now - lagMs);
    await agent.stop();
    assert.deepEqual(Object.keys(countShapes(await runsOf("never"))), ["schedule skipped when"]);
    assert.equal(target.requests.length, 0);
  });
});
