import assert from "node:assert/strict";
import { test } from "node:test";
import { jitterMs, type Schedule } from "../../src/model/schedule.ts";
import { onceDues, recurringDues } from "../../src/model/unresolved.ts";

const t0 = Date.parse("2026-03-01T12:00:00Z");
const job = (fields: Partial<Schedule>) => ({
  idText: "job",
  schedule: { tz: "UTC", rules: [{ kind: "every" as const, everySec: 60 }], ...fields },
});
const minutes = (...counts: number[]) => counts.map((count) => t0 + count * 60_000);
const once = (...at: number[]) => job({ rules: at.map((instant) => ({ kind: "once" as const, at: instant })) });

test("a window holds what is later than its begin, up to its end", () => {
  const dues = recurringDues(job({}), 0, { after: t0, until: t0 + 180_000 }, 100);
  assert.deepEqual(
    dues.map(({ at }) => at),
    minutes(1, 2, 3),
  );
  assert.equal(recurringDues(job({}), 0, { after: t0, until: t0 + 180_000 }, 2).length, 2);
  assert.deepEqual(recurringDues(job({}), 0, { after: t0, until: t0 - 60_000 }, 100), []);
});

test("nothing up to the moment a job was first seen is due", () => {
  const dues = recurringDues(job({}), t0 + 60_000, { after: t0, until: t0 + 180_000 }, 100);
  assert.deepEqual(
    dues.map(({ at }) => at),
    minutes(2, 3),
  );
});

test("however windows are laid, each occurrence is in one of them, jitter or not", () => {
  for (const jitterSec of [0, 50, 900]) {
    const jittered = job({ jitterSec });
    const found: number[] = [];
    for (let after = t0; after < t0 + 3_600_000; ) {
      const until = after + 7_000 + ((after / 1_000) % 90) * 1_000;
      for (const due of recurringDues(jittered, t0, { after, until }, 10_000)) {
        assert.equal(due.claimableAt, due.at + jitterMs(jittered, due.at));
        assert.ok(due.claimableAt > after && due.claimableAt <= until);
        found.push(due.at);
      }
      after = until;
    }
    const whole = recurringDues(jittered, t0, { after: t0, until: t0 + 3_600_000 }, 10_000).map(({ at }) => at);
    assert.equal(new Set(found).size, found.length);
    assert.deepEqual(
      whole.filter((at) => !found.includes(at)),
      [],
    );
  }
});

test("one-time instants are no recurring ones, and the other way round", () => {
  const both = job({
    rules: [
      { kind: "once", at: t0 + 30_000 },
      { kind: "every", everySec: 60 },
    ],
  });
  const window = { after: t0, until: t0 + 60_000 };
  assert.deepEqual(
    recurringDues(both, 0, window, 100).map(({ at }) => at),
    minutes(1),
  );
  const dues = onceDues(both, 0, { ...window, now: t0 + 90_000, oldest: 0 });
  assert.deepEqual(
    dues.map(({ at }) => at),
    [t0 + 30_000],
  );
  assert.deepEqual(recurringDues(once(t0 + 1), 0, window, 100), []);
});

for (const [what, at, since, expected] of [
  ["in the window", 30, 0, true],
  ["before the window", -1, -100, false],
  ["after the window: its turn belongs to others", 70, 0, false],
  ["past when first seen, in the window", -500, 30, true],
  ["past when first seen, and that only just now", 40, 80, true],
  ["past when first seen, and swept since", -500, -100, false],
  ["past when first seen in the moment that sweeping began", -500, 0, true],
  ["so long past when first seen that its record may be gone", -2_000, 30, false],
  ["in the future", 100, 0, false],
] satisfies [string, number, number, boolean][]) {
  test(`a one-time instant ${what} ${expected ? "is looked at" : "is not looked at"}`, () => {
    const second = (count: number) => t0 + count * 1_000;
    const window = { after: t0, until: second(60), now: second(90), oldest: second(-1_000) };
    assert.equal(onceDues(once(second(at)), second(since), window).length, expected ? 1 : 0);
  });
}

test("a one-time instant outside the bounds of its job is never due", () => {
  const bounded = { ...once(t0 + 30_000), schedule: { ...once(t0 + 30_000).schedule, endAt: t0 } };
  assert.deepEqual(onceDues(bounded, 0, { after: t0, until: t0 + 60_000, now: t0 + 60_000, oldest: 0 }), []);
});
