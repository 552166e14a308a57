import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { duesBetween, isSameSchedule, jitterMs, nextDue, type Schedule } from "../../src/model/schedule.ts";
import { jobOf } from "./parse-fixtures.ts";

const hourMs = 3_600_000;
const at = (text: string) => Date.parse(text);

function scheduleOf(fields: object): Schedule {
  return jobOf({ _id: "a", name: "a", url: "https://example.com/", tz: "UTC", ...fields }).schedule;
}

describe("start_at and end_at", () => {
  const bounds = { start_at: "2026-05-01T09:00:00Z", end_at: "2026-05-01T11:00:00Z" };

  test("are due themselves, and nothing before or after them is", () => {
    const dues = duesBetween(scheduleOf({ minute: 0, ...bounds }), 0, at("2027-01-01T00:00:00Z"), 100);
    assert.deepEqual(
      dues,
      [9, 10, 11].map((hour) => at("2026-05-01T00:00:00Z") + hour * hourMs),
    );
  });

  test("bound every kind of schedule", () => {
    for (const fields of [{ cron: "0 * * * *" }, { every_sec: 3600 }, { schedules: [{ minute: 0 }] }]) {
      const schedule = scheduleOf({ ...fields, ...bounds });
      assert.equal(nextDue(schedule, 0), at(bounds.start_at));
      assert.equal(nextDue(schedule, at(bounds.end_at)), null);
    }
    const several = ["08:59", "09:00", "11:00", "11:01"].map((time) => ({ at: `2026-05-01T${time}:00Z` }));
    const dues = duesBetween(scheduleOf({ schedules: several, ...bounds }), 0, at("2027-01-01T00:00:00Z"), 10);
    assert.deepEqual(dues, [at(bounds.start_at), at(bounds.end_at)]);
  });

  test("take dates too, and one of them is enough", () => {
    const later = scheduleOf({ minute: 0, start_at: new Date("2026-05-01T09:30:00Z") });
    assert.equal(nextDue(later, 0), at("2026-05-01T10:00:00Z"));
    const ended = scheduleOf({ minute: 0, end_at: new Date(0) });
    assert.deepEqual([nextDue(ended, -1), nextDue(ended, 0)], [0, null]);
  });
});

test("what is due between two instants leaves out the first and takes the last, up to the limit", () => {
  const schedule = scheduleOf({ minute: 0 });
  assert.deepEqual(duesBetween(schedule, 0, 2 * hourMs, 10), [hourMs, 2 * hourMs]);
  assert.deepEqual(duesBetween(schedule, 0, 2 * hourMs, 1), [hourMs]);
  assert.deepEqual(duesBetween(schedule, 0, 2 * hourMs, 0), []);
  assert.deepEqual(duesBetween(schedule, 1, hourMs - 1, 10), []);
});

describe("jitter_sec", () => {
  const job = (id: string, jitter_sec: number) =>
    jobOf({ _id: id, name: id, hour: 9, url: "https://example.com/", jitter_sec });

  test("puts a start off by whole seconds below it, alike for everybody, now and in every version", () => {
    const delays = Array.from({ length: 2_000 }, (_, i) => jitterMs(job("nightly", 10), i * hourMs));
    assert.deepEqual(
      [...new Set(delays)].sort((a, b) => a - b),
      Array.from({ length: 10 }, (_, i) => i * 1000),
    );
    assert.equal(jitterMs(job("nightly", 3600), at("2026-05-01T09:00:00Z")), 1_891_000);
    assert.equal(jitterMs(job("other", 3600), at("2026-05-01T09:00:00Z")), 2_816_000);
  });

  test("of 0 or 1 is none, and instants stay as they are", () => {
    for (const jitter of [0, 1]) assert.equal(jitterMs(job("a", jitter), at("2026-05-01T09:00:00Z")), 0);
    assert.equal(nextDue(job("a", 3600).schedule, 0), nextDue(job("a", 0).schedule, 0));
  });
});

test("schedules are the same when they are due at the same instants", () => {
  const fields = { cron: "0 9 * * *", schedules: [{ hour: 5 }, { every_sec: 7 }, { at: new Date(5) }] };
  assert.ok(isSameSchedule(scheduleOf(fields), scheduleOf({ ...fields, jitter_sec: 5 })));
  for (const change of [
    { cron: "0 8 * * *" },
    { tz: "Asia/Seoul" },
    { start_at: new Date(0) },
    { end_at: new Date(9e12) },
    { schedules: [{ hour: 5 }] },
    { schedules: [{ hour: 6 }, { every_sec: 7 }, { at: new Date(5) }] },
  ]) {
    assert.equal(isSameSchedule(scheduleOf(fields), scheduleOf({ ...fields, ...change })), false);
  }
});
