// Three years of the minute loop, and two days around every kind of clock change, each instant found by walking.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { dueInstants } from "../../src/agent/due-instants.ts";
import { JobCatalog } from "../../src/agent/job-catalog.ts";
import { FakeClock } from "../helpers/fake-clock.ts";
import { instantOf, offsetOf } from "../model/brute/zone.ts";
import { jobOf } from "../model/parse-fixtures.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Hands out what is due in [from, to) to jobs by these fields, in order, as the loop does it. */
async function loop(jobs: Readonly<Record<string, object>>, from: number, to: number): Promise<Map<string, number[]>> {
  const clock = new FakeClock(from - 1);
  const catalog = new JobCatalog();
  const documents = Object.entries(jobs).map(([name, fields]) => ({ _id: name, name, url: "http://a/", ...fields }));
  catalog.replace(
    documents.map((document) => jobOf(document)),
    [],
    { now: from - 1, graceMs: 0 },
  );
  const handed = new Map(Object.keys(jobs).map((name): [string, number[]] => [name, []]));
  const stopping = new AbortController();
  const sleepUntil = async (at: number) => {
    assert.ok(at > clock.now(), "nothing is due twice or late");
    if (at < to) clock.leap(at - clock.now());
    else stopping.abort();
  };
  for await (const { at, jobs } of dueInstants({ sleepUntil }, catalog, stopping.signal)) {
    assert.equal(clock.now(), at);
    for (const job of jobs) handed.get(job.name)?.push(at);
  }
  return handed;
}

const iso = (instants: readonly number[] | undefined) => instants?.map((at) => new Date(at).toISOString());

describe("over three years", () => {
  for (const tz of ["America/New_York", "Europe/Berlin"]) {
    test(`02:30 in ${tz} comes exactly once a day, and an hourly job at every real hour`, async () => {
      const [from, to] = [Date.UTC(2026, 0, 1, 12), Date.UTC(2029, 0, 1, 12)];
      const handed = await loop({ daily: { cron: "30 2 * * *", tz }, hourly: { cron: "0 * * * *", tz } }, from, to);
      const days = (to - from) / dayMs;
      const daily = handed.get("daily") ?? [];
      assert.equal(daily.length, days);
      const dates = daily.map((at) => new Date(at + offsetOf(tz, at)).toISOString().slice(0, 10));
      assert.equal(new Set(dates).size, days);
      const expected = Array.from({ length: days * 24 }, (_, i) => from + i * hourMs);
      assert.deepEqual(iso(handed.get("hourly")), iso(expected));
    });
  }
});

const changes: readonly [title: string, tz: string, around: string][] = [
  ["an hour is skipped", "America/New_York", "2026-03-08T07:00:00Z"],
  ["an hour is repeated", "America/New_York", "2026-11-01T06:00:00Z"],
  ["an hour is skipped at midnight", "America/Sao_Paulo", "2018-11-04T03:00:00Z"],
  ["an hour is repeated at midnight", "America/Havana", "2026-11-01T05:00:00Z"],
  ["half an hour is skipped", "Australia/Lord_Howe", "2026-10-03T15:30:00Z"],
  ["half an hour is repeated", "Australia/Lord_Howe", "2026-04-04T15:00:00Z"],
  ["two hours are skipped", "Antarctica/Troll", "2026-03-29T01:00:00Z"],
  ["two hours are repeated", "Antarctica/Troll", "2026-10-25T01:00:00Z"],
  ["a day is skipped", "Pacific/Apia", "2011-12-30T10:00:00Z"],
  ["a zone moves by half an hour for good", "Asia/Pyongyang", "2018-05-04T15:00:00Z"],
  ["the clock goes on for Ramadan's end", "Africa/Casablanca", "2026-03-22T02:00:00Z"],
];

describe("for two days on which", () => {
  for (const [title, tz, around] of changes) {
    test(`${title} (${tz})`, async () => {
      const from = Date.parse(around) - dayMs;
      const to = from + 2 * dayMs;
      const times = Array.from({ length: 96 }, (_, i) => ({ hour: Math.floor(i / 4), minute: (i % 4) * 15 }));
      const jobs = Object.fromEntries(times.map(({ hour, minute }) => [`${hour}:${minute}`, { hour, minute, tz }]));
      const handed = await loop({ ...jobs, quarters: { cron: "*/15 * * * *", tz } }, from, to);

      for (const { hour, minute } of times) {
        const days = Array.from({ length: 7 }, (_, i) => (Math.floor(from / dayMs) - 2 + i) * dayMs);
        const wallClock = days.map((day) => instantOf(tz, day + (hour * 60 + minute) * 60_000));
        const expected = [...new Set(wallClock)].filter((at) => at >= from && at < to);
        assert.deepEqual(iso(handed.get(`${hour}:${minute}`)), iso(expected), `${hour}:${minute}`);
      }
      const quarters = Array.from({ length: 4 * 48 }, (_, i) => from + i * 900_000);
      assert.deepEqual(iso(handed.get("quarters")), iso(quarters));
    });
  }
});
