import assert from "node:assert/strict";
import { test } from "node:test";
import { scheduleHash } from "../../src/model/schedule-hash.ts";
import { jobOf } from "../helpers/swept-fleet.ts";

const base = { _id: "a", name: "a", cron: "5 4 * * *", url: "http://127.0.0.1/" };

test("what decides when a job is due changes its schedule's hash", () => {
  const editions = [
    base,
    { ...base, cron: "6 4 * * *" },
    { ...base, enabled: false },
    { ...base, tz: "Asia/Tokyo" },
    { ...base, start_at: "2026-01-01T00:00:00Z" },
    { ...base, end_at: "2036-01-01T00:00:00Z" },
    { ...base, jitter_sec: 5 },
    { ...base, schedules: [{ every_sec: 60 }] },
    { ...base, schedules: [{ at: "2036-01-01T00:00:00Z" }] },
  ];
  assert.equal(new Set(editions.map((edition) => scheduleHash(jobOf(edition)))).size, editions.length);
});

test("nothing else does", () => {
  const others = [
    { ...base, cron: "5  4 * * *" },
    { ...base, name: "b", description: "other" },
    { ...base, method: "POST", retry: { retries: 3 }, when: { hour_in: [4] } },
    { ...base, overlap: "allow", catch_up: "all", start_grace_sec: 5, tz: "UTC", enabled: true },
  ];
  for (const other of others) assert.equal(scheduleHash(jobOf(other)), scheduleHash(jobOf(base)));
});
