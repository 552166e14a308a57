import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { JobCatalog } from "../../src/agent/job-catalog.ts";
import type { Job } from "../../src/model/job.ts";
import { jobOf } from "../model/parse-fixtures.ts";

const now = Date.parse("2026-05-01T00:00:00Z");
const hourMs = 3_600_000;
const graceMs = 300_000;

function job(id: string, fields: object): Job {
  return jobOf({ _id: id, name: id, tz: "UTC", url: "https://example.com/", ...fields });
}

function takeUntil(catalog: JobCatalog, end: number): readonly string[] {
  const taken: string[] = [];
  for (let at = catalog.nextAt(); at !== null && at <= end; at = catalog.nextAt()) {
    const due = catalog.takeNext();
    taken.push(`${new Date(at).toISOString().slice(11, 16)} ${due?.jobs.map(({ name }) => name).sort()}`);
  }
  return taken;
}

describe("a reload", () => {
  test("keeps the times of jobs that stay, drops those of removed and disabled ones, starts new ones now", () => {
    const catalog = new JobCatalog();
    const stays = job("stays", { cron: "30 * * * *" });
    const first = [stays, job("goes", { minute: 10 }), job("sleeps", { minute: 20 }), job("moves", { minute: 40 })];
    catalog.replace(first, [], { now, graceMs });
    const second = [
      stays,
      job("sleeps", { minute: 20, enabled: false }),
      job("moves", { cron: "50 * * * *" }),
      job("comes", { minute: 5 }),
    ];
    const diff = catalog.replace(second, [], { now, graceMs });
    assert.deepEqual(diff, { added: ["comes"], changed: ["sleeps", "moves"], removed: ["goes"], invalid: [] });
    assert.deepEqual(takeUntil(catalog, now + hourMs), ["00:05 comes", "00:30 stays", "00:50 moves"]);
  });

  test("does not make due again what was handed out, whatever else of the job changed", () => {
    const catalog = new JobCatalog();
    catalog.replace([job("a", { minute: 30 })], [], { now, graceMs });
    assert.deepEqual(takeUntil(catalog, now + hourMs), ["00:30 a"]);
    const changed = job("a", { minute: 30, description: "other words" });
    catalog.replace([changed], [], { now, graceMs });
    assert.deepEqual(catalog.takeNext(), { at: now + 1.5 * hourMs, jobs: [changed] });
  });

  test("hands out a one-time job of the last minutes once, and never again after another reload", () => {
    const catalog = new JobCatalog();
    const once = job("once", { at: new Date(now - 60_000) });
    const old = job("old", { at: new Date(now - 2 * graceMs) });
    catalog.replace([once, old], [], { now, graceMs });
    catalog.replace([once, old], [], { now, graceMs });
    assert.deepEqual(takeUntil(catalog, now), ["23:59 once"]);
    catalog.replace([once, old, job("other", { hour: 9 })], [], { now, graceMs });
    assert.deepEqual(takeUntil(catalog, now), []);
  });

  test("makes an enabled job due only from now on", () => {
    const catalog = new JobCatalog();
    catalog.replace([job("a", { minute: 30, enabled: false })], [], { now, graceMs });
    catalog.replace([job("a", { minute: 30 })], [], { now: now + hourMs, graceMs });
    assert.equal(catalog.nextAt(), now + 1.5 * hourMs);
  });

  test("many times over leaves each job in once", () => {
    const catalog = new JobCatalog();
    for (let i = 0; i < 500; i++) {
      catalog.replace([job("a", { minute: i % 60 }), job("b", { minute: 30, description: `${i}` })], [], {
        now,
        graceMs,
      });
    }
    assert.deepEqual(takeUntil(catalog, now + hourMs), ["00:19 a", "00:30 b"]);
  });
});
