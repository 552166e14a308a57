// A whole agent on a real server and a fast clock through the hours around each kind of clock change: two of them, or
// what FLEETCRON_NIGHT_HOURS says (scripts/nights.ts). One server is enough: what differs between them is not the clock.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { connectStore, type Store } from "../../src/store/connect.ts";
import { FakeClock } from "../helpers/fake-clock.ts";
import { forEachTarget, type MongoTarget, realTarget } from "../helpers/mongo-targets.ts";
import { retryPolicy } from "../helpers/retry-policy.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { startAgent, until } from "../helpers/test-agent.ts";
import { startTimeProxy } from "../helpers/time-proxy.ts";
import { instantOf } from "../model/brute/zone.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const hours = Number(process.env.FLEETCRON_NIGHT_HOURS ?? 2);

const changes: readonly [title: string, tz: string, at: string][] = [
  ["an hour is skipped", "America/New_York", "2026-03-08T07:00:00Z"],
  ["an hour is repeated", "America/New_York", "2026-11-01T06:00:00Z"],
  ["half an hour is skipped", "Australia/Lord_Howe", "2026-10-03T15:30:00Z"],
  ["half an hour is repeated", "Australia/Lord_Howe", "2026-04-04T15:00:00Z"],
  ["midnight is skipped", "America/Sao_Paulo", "2018-11-04T03:00:00Z"],
  ["a day is skipped", "Pacific/Apia", "2011-12-30T10:00:00Z"],
];

/** So rare that hardly anything but the jobs happens, and so patient that a real millisecond may be minutes. */
const settings = {
  // The turns of others would be days away, so that no sweep is due.
  staggerSec: 86_400,
  ...{ heartbeatSec: 1_800, leaseSec: 86_400, pollSec: 1_800, retentionDays: 36_500, startGraceSec: 86_400 },
  httpDefaults: { timeoutSec: 86_400, retry: retryPolicy({ retries: 0, delaySec: 1, backoff: 1, maxDelaySec: 1 }) },
};

const server = await realTarget();
// Says in plain words that the suite does not run.
if (server === undefined) await forEachTarget("clock changes", () => {});
else describe("clock changes", () => walkNights(server));

function walkNights(server: MongoTarget): void {
  const dbName = `fleetcron_test_nights_${process.pid}`;
  let store: Store;
  let target: Target;
  before(async () => {
    store = await connectStore({ uri: server.uri, dbName, appName: "clock-changes" });
    target = await startTarget();
  });
  after(async () => {
    await target.close();
    await store.db.dropDatabase();
    await store.close();
  });

  for (const [title, tz, at] of changes) {
    test(`in the ${hours} hours around a night on which ${title} every job runs when it should, once`, async () => {
      await Promise.all([store.jobs.deleteMany({}), store.runs.deleteMany({}), store.serials.deleteMany({})]);
      const from = Date.parse(at) - (hours / 2) * hourMs;
      const to = from + hours * hourMs;
      const clock = new FakeClock(from - 1);
      await using proxy = await startTimeProxy(server.uri, () => clock.now());
      await using fast = await connectStore({ uri: proxy.uri, dbName, appName: "fast" });
      const times = Array.from({ length: 48 }, (_, i) => ({ hour: Math.floor(i / 2), minute: 15 + (i % 2) * 30 }));
      const shared = { tz, overlap: "allow", url: `${target.url}/` };
      await store.jobs.insertMany([
        ...times.map(({ hour, minute }) => ({ name: `${hour}:${minute}`, cron: `${minute} ${hour} * * *`, ...shared })),
        { name: "quarters", cron: "*/15 * * * *", ...shared },
      ]);
      {
        await using _agent = await startAgent(fast, { ...settings, clock });
        const isQuiet = async () => {
          for (let turns = 0; turns < 4; turns++) {
            await new Promise((resolve) => setImmediate(resolve));
            if (!proxy.isIdle()) turns = -1;
          }
        };
        await isQuiet();
        while (clock.fireNext(to)) await isQuiet();
        await until(async () => (await store.runs.countDocuments({ status: "running" })) === 0, "all runs have ended");
      }

      const runs = await store.runs.find().sort({ scheduled_for: 1, job_name: 1 }).toArray();
      const days = Array.from({ length: 8 }, (_, i) => (Math.floor(from / dayMs) - 3 + i) * dayMs);
      const daily = times.flatMap(({ hour, minute }) => {
        const due = days.map((day) => instantOf(tz, day + (hour * 60 + minute) * 60_000));
        return [...new Set(due)].map((instant) => [instant, `${hour}:${minute}`] as const);
      });
      const quarters = Array.from({ length: 4 * hours + 1 }, (_, i) => [from + i * (hourMs / 4), "quarters"] as const);
      const expected = [...daily, ...quarters].filter(([instant]) => instant >= from && instant <= to);
      assert.deepEqual(
        runs
          .map((run) => [run.scheduled_for.toISOString(), run.job_name, run.status])
          .map(String)
          .sort(),
        expected
          .map(([instant, name]) => [new Date(instant).toISOString(), name, "ok"])
          .map(String)
          .sort(),
      );
    });
  }
}
