import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Store } from "../../../src/store/connect.ts";
import { forEachTarget } from "../../helpers/mongo-targets.ts";
import { openTestStore } from "../../helpers/open-test-store.ts";
import { sampleJob } from "../../helpers/sample-run.ts";
import { clearFleet } from "../../helpers/swept-fleet.ts";
import { ask, insertMachine, type Left, leave, noon, record, settings } from "./asking.ts";

const daily = { hour: 9, minute: 0 };
const night = { hour: 2, minute: 30, tz: "Europe/Berlin" };

await forEachTarget("explain without a record", (target) => {
  let store: Store;
  before(async () => {
    ({ store } = await openTestStore(target));
  });
  after(() => store.close());

  const rows: readonly {
    readonly name: string;
    readonly left: Left;
    readonly time: string;
    readonly now?: number;
    readonly situation: string;
    readonly status: string;
    readonly says: readonly RegExp[];
  }[] = [
    {
      name: "an instant between two due ones is told with both",
      left: { job: daily },
      time: "2026-03-29T09:00:01Z",
      ...{ situation: "between_dues", status: "not due" },
      says: [/due before 2026-03-29 09:00:00 \+00:00/, /due after 2026-03-30 09:00:00 \+00:00/],
    },
    {
      name: "a disabled job says so, and how to enable it",
      left: { job: { ...daily, enabled: false } },
      time: "2026-03-29T09:00:00Z",
      ...{ situation: "disabled", status: "not due" },
      says: [/is disabled/, /jobs enable "nightly"/],
    },
    {
      name: "an instant before start_at is outside the job's time",
      left: { job: { ...daily, start_at: "2026-03-29T10:00:00Z" } },
      time: "2026-03-29T09:00:00Z",
      ...{ situation: "outside_window", status: "not due" },
      says: [/before the job's start_at, 2026-03-29 10:00:00/, /due before never/],
    },
    {
      name: "an instant after end_at is outside the job's time",
      left: { job: { ...daily, end_at: "2026-03-28T10:00:00Z" } },
      time: "2026-03-29T09:00:00Z",
      ...{ situation: "outside_window", status: "not due" },
      says: [/after the job's end_at, 2026-03-28 10:00:00/, /due after never again/],
    },
    {
      name: "a schedule that is over says when it was due last",
      left: { job: { at: "2026-03-01T09:00:00Z" } },
      time: "2026-03-29T09:00:00Z",
      ...{ situation: "ended", status: "not due" },
      says: [/has ended/, /due before 2026-03-01 09:00:00/],
    },
    {
      name: "a due instant that lies ahead says how far, and who is alive",
      left: { job: daily },
      time: "2026-03-30T09:00:00Z",
      ...{ situation: "in_future", status: "not due" },
      says: [/Not yet: it is due in 21 h/, /alive now no agent/],
    },
    {
      name: "a local time that the clock skips is answered for the instant that it moved to",
      left: { job: night },
      time: "2026-03-29 02:30",
      now: Date.parse("2026-03-29T00:00:00Z"),
      ...{ situation: "in_future", status: "not due" },
      says: [/2026-03-29T01:30:00Z, in 1 h/, /02:30 does not exist: the clock goes on from 02:00 to 03:00/],
    },
    {
      name: "a local time that the clock skips and nothing moved from is said to be none",
      left: { job: { ...daily, tz: night.tz } },
      time: "2026-03-29 02:30",
      ...{ situation: "between_dues", status: "not due" },
      says: [/2026-03-29 02:30:00 does not exist there; 2026-03-29 03:30:00 \+02:00 stands for it/],
    },
    {
      name: "the instant that a clock change moved says from where",
      left: { job: night },
      time: "2026-03-29T01:30:00Z",
      now: Date.parse("2026-03-29T00:00:00Z"),
      ...{ situation: "in_future", status: "not due" },
      says: [/clock 02:30 does not exist: the clock goes on from 02:00 to 03:00/],
    },
    {
      name: "the second time of a repeated hour says that the first one counts",
      left: { job: night },
      time: "2026-10-25T01:30:00Z",
      ...{ situation: "second_pass", status: "not due" },
      says: [/shows this time twice/, /2026-10-25 02:30:00 \+02:00/],
    },
    {
      name: "a local time that comes twice is answered for the time that is due",
      left: { job: night },
      time: "2026-10-25 02:30",
      ...{ situation: "in_future", status: "not due" },
      says: [/2026-10-25T00:30:00Z/, /02:30 comes twice: .* this is the first time, the second is left out/],
    },
    {
      name: "a local time that comes twice and is not due says which one it took, and the other",
      left: { job: { ...daily, tz: night.tz } },
      time: "2026-10-25 02:30",
      ...{ situation: "between_dues", status: "not due" },
      says: [/comes twice there; this is 2026-10-25 02:30:00 \+02:00, ask also for 2026-10-25T01:30:00Z/],
    },
    {
      name: "a local time that comes twice is the second one where only that is due",
      left: { job: { at: "2026-10-25T01:30:00Z", tz: night.tz } },
      time: "2026-10-25 02:30",
      ...{ situation: "in_future", status: "not due" },
      says: [/2026-10-25 02:30:00 \+01:00 Europe\/Berlin, 2026-10-25T01:30:00Z/, /ask also for 2026-10-25T00:30:00Z/],
    },
    {
      name: "an instant before the job was first seen is not due",
      left: { job: daily, since: Date.parse("2026-03-29T09:02:00Z") },
      time: "2026-03-29T09:00:00Z",
      ...{ situation: "before_first_seen", status: "not due" },
      says: [/only after it was first seen/, /first seen 2026-03-29 09:02:00/],
    },
    {
      name: "an instant that was due before the schedule was changed tells when that was",
      left: { job: daily, since: Date.parse("2026-03-29T09:02:00Z") },
      time: "2026-03-29T08:00:00Z",
      ...{ situation: "between_dues", status: "not due" },
      says: [/changed the fleet has known the job as it is since 2026-03-29 09:02:00/],
    },
    {
      name: "an `at` that was past when the job was saved is still to be settled, not before its time",
      left: { job: { at: "2026-03-29T11:59:00Z" }, since: noon, resolvedUntil: noon - 60_000 },
      time: "2026-03-29T11:59:00Z",
      ...{ situation: "waiting_for_agent", status: "waiting" },
      says: [/no agent has claimed it/],
    },
    {
      name: "an occurrence inside its grace that nobody claims says until when it may start",
      left: { job: daily, resolvedUntil: Date.parse("2026-03-29T08:00:00Z") },
      time: "2026-03-29T09:00:00Z",
      now: Date.parse("2026-03-29T09:01:00Z"),
      ...{ situation: "waiting_for_agent", status: "waiting" },
      says: [/alive now no agent/, /no start after 2026-03-29 09:05:00/],
    },
    {
      name: "an occurrence past its grace without a record waits for a sweep",
      left: { job: daily, resolvedUntil: Date.parse("2026-03-29T08:00:00Z") },
      time: "2026-03-29T09:00:00Z",
      ...{ situation: "waiting_for_sweep", status: "waiting" },
      says: [/next sweep/, /recorded up to 2026-03-29 08:00:00/],
    },
    {
      name: "an occurrence that was settled and has no record says that the record is gone",
      left: { job: daily },
      time: "2026-03-29T09:00:00Z",
      ...{ situation: "record_removed", status: "no record" },
      says: [/its record is gone/],
    },
    {
      name: "an occurrence older than records are kept says that",
      left: { job: daily },
      time: "2026-02-01T09:00:00Z",
      ...{ situation: "record_expired", status: "no record" },
      says: [/30 days \(retention_days\)/],
    },
  ];
  for (const { name, left, time, now, situation, status, says } of rows) {
    test(name, async () => {
      await leave(store, left);
      const answer = await ask(store, time, now);
      assert.deepEqual([answer.situation, answer.status], [situation, status]);
      for (const words of says) assert.match(answer.words, words);
    });
  }

  test("an invalid job is told with its problems", async () => {
    await clearFleet(store);
    await store.jobs.insertOne({ name: "nightly", hour: 99, minute: 61, url: "https://x.example.com" });
    const { situation, status, text } = await ask(store, "2026-03-29 09:00");
    assert.deepEqual([situation, status], ["invalid", "not due"]);
    assert.match(text, /problem +hour: expected a whole number 0-23[^\n]*got 99\n/);
    assert.match(text, /problem +minute:/);
  });

  test("a schedule that no agent has seen yet is not due", async () => {
    await leave(store, { job: daily });
    await store.jobs.updateOne({ name: "nightly" }, { $set: { minute: 30 } });
    assert.equal((await ask(store, "2026-03-29 09:30")).situation, "not_seen_yet");
    await store.jobState.deleteMany({});
    const { situation, text } = await ask(store, "2026-03-29 09:30");
    assert.equal(situation, "not_seen_yet");
    assert.match(text, /fleetcron reload/);
  });

  test("agents that wait for their turn are named with it, those that drain or died are not", async () => {
    await leave(store, { job: { ...daily, jitter_sec: 0 } });
    await insertMachine(store, { machine_id: "1", hostname: "web-1", serial: 2 });
    await insertMachine(store, { machine_id: "2", hostname: "web-2", serial: 4 });
    await insertMachine(store, { machine_id: "3", hostname: "web-3", serial: 3, state: "draining" });
    await insertMachine(store, { machine_id: "4", hostname: "web-4", serial: 1 });
    await insertMachine(store, { machine_id: "5", hostname: "web-5", serial: 5, last_seen: new Date(noon) });
    const { situation, status, text } = await ask(store, "2026-03-29 09:00", Date.parse("2026-03-29T09:00:01Z"));
    assert.deepEqual([situation, status], ["waiting_for_turn", "waiting"]);
    assert.match(text, /turn +web-1, in 4 s\nturn +web-2, in 14 s$/);
  });

  test("an exclusive job whose earlier run is silent waits for its takeover", async () => {
    const job = await leave(store, { job: daily, resolvedUntil: 0 });
    const earlier = await record(store, job, "2026-03-28T09:00:00.000Z", { status: "running", end_at: null });
    const { situation, text } = await ask(store, "2026-03-29 09:00", Date.parse("2026-03-29T09:01:00Z"));
    assert.equal(situation, "waiting_for_earlier_run");
    assert.ok(text.includes(earlier._id));
  });

  test("`last` is the newest due instant, `now` this second", async () => {
    await leave(store, { job: daily });
    assert.match((await ask(store, "last")).text, /\n2026-03-29 09:00:00 \+00:00 UTC, 2026-03-29T09:00:00Z, 3 h ago\n/);
    assert.match((await ask(store, "now", noon + 250)).text, /\n2026-03-29 12:00:00 \+00:00 UTC, /);
  });

  test("records of other jobs and other instants explain nothing", async () => {
    const job = await leave(store, { job: daily });
    await record(store, job, "2026-03-28T09:00:00.000Z", {});
    await record(store, sampleJob({ id: "other", idText: "other" }), "2026-03-29T09:00:00.000Z", {});
    assert.equal((await ask(store, "2026-03-29 09:00")).situation, "record_removed");
    assert.equal(settings.retentionDays, 30);
  });
});
