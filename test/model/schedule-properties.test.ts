// What holds for every expression, zone and time. FLEETCRON_PROPERTY_RUNS and FLEETCRON_PROPERTY_SEED: see
// scripts/properties.ts.
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import fc from "fast-check";
import { parseCron } from "../../src/model/parse-cron.ts";
import { duesBetween, nextDue, type Rule, type Schedule } from "../../src/model/schedule.ts";
import { anyCron, type BruteCron } from "./brute/cron-arbitrary.ts";
import { everComes, walk } from "./brute/walk.ts";
import { changesOf, zones } from "./brute/zone.ts";

const numRuns = Number(process.env.FLEETCRON_PROPERTY_RUNS ?? 300);
const seed = Number(process.env.FLEETCRON_PROPERTY_SEED ?? Math.floor(Math.random() * 2 ** 31));
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Most starts lie near a change of the zone's clock: within two hours of it, or a day and a half. */
const anyStart = fc
  .record({
    tz: fc.constantFrom(...zones),
    year: fc.integer({ min: 1990, max: 2037 }),
    pick: fc.nat(1000),
    second: fc.nat(366 * 86_400),
    near: fc.option(fc.oneof(fc.integer({ min: -7200, max: 7200 }), fc.integer({ min: -129_600, max: 129_600 })), {
      freq: 4,
    }),
  })
  .map(({ tz, year, pick, second, near }) => {
    const changes = near === null ? [] : changesOf(tz, year);
    const change = changes[pick % Math.max(1, changes.length)];
    return { tz, start: change === undefined ? Date.UTC(year, 0, 1) + second * 1000 : change + (near ?? 0) * 1000 };
  });

function ruleOf(cron: BruteCron): Rule | null {
  const parsed = parseCron(cron.text, "");
  const isRefused = "refusals" in parsed;
  assert.equal(isRefused, cron.isAmbiguous || !everComes(cron), `"${cron.text}" is refused for a reason only`);
  return isRefused ? null : { kind: "cron", expression: cron.text, pattern: parsed.cron.pattern };
}

function scheduleOf(tz: string, crons: readonly BruteCron[]): Schedule | null {
  const rules = crons.map(ruleOf).filter((rule) => rule !== null);
  return rules.length === 0 ? null : { tz, rules };
}

const anySchedule = fc
  .record({
    at: anyStart,
    crons: fc.array(anyCron, { minLength: 1, maxLength: 3 }),
    everySec: fc.option(fc.integer({ min: 1, max: 100_000 }), { freq: 8 }),
    begins: fc.option(fc.integer({ min: -400, max: 400 }), { freq: 8 }),
    lasts: fc.option(fc.nat(4000), { freq: 8 }),
  })
  .map(({ at: { tz, start }, crons, everySec, begins, lasts }) => {
    const schedule = scheduleOf(tz, crons) ?? { tz, rules: [] };
    const startAt = begins === null ? undefined : start + begins * dayMs;
    const every: Rule[] = everySec === null ? [] : [{ kind: "every", everySec }];
    return {
      start,
      label: `${tz} ${crons.map(({ text }) => text)} after ${new Date(start).toISOString()}`,
      schedule: {
        ...{ tz, rules: [...schedule.rules, ...every] },
        ...(startAt === undefined ? {} : { startAt }),
        ...(lasts === null ? {} : { endAt: (startAt ?? start) + lasts * hourMs }),
      },
    };
  });

function check<T>(t: TestContext, arbitrary: fc.Arbitrary<T>, property: (value: T) => void): void {
  t.diagnostic(`${numRuns} runs, seed ${seed}`);
  fc.assert(fc.property(arbitrary, property), { numRuns, seed });
}

describe("for every schedule", () => {
  test("instants grow strictly, and asking a second before one gives the same", (t) => {
    check(t, anySchedule, ({ schedule, start, label }) => {
      let last = start;
      for (let i = 0; i < 20; i++) {
        const next = nextDue(schedule, last);
        if (next === null) return assert.ok(schedule.rules.length === 0 || schedule.endAt !== undefined, label);
        assert.ok(next > last, label);
        assert.equal(nextDue(schedule, next - 1000), next, label);
        assert.equal(nextDue(schedule, next - 1), next, label);
        last = next;
      }
    });
  });

  test("what is due between two instants is what follows each other", (t) => {
    check(t, fc.tuple(anySchedule, fc.nat(200), fc.nat(60)), ([{ schedule, start, label }, hours, limit]) => {
      const to = start + hours * hourMs;
      const expected: number[] = [];
      let at = nextDue(schedule, start);
      while (at !== null && at <= to && expected.length < limit) {
        expected.push(at);
        at = nextDue(schedule, at);
      }
      assert.deepEqual(duesBetween(schedule, start, to, limit), expected, label);
    });
  });
});

describe("a walk finds the same instants as the search", () => {
  const compare = (cron: BruteCron, { tz, start }: { tz: string; start: number }, lengthMs: number) => {
    const schedule = scheduleOf(tz, [cron]);
    if (schedule === null) return;
    const found = duesBetween(schedule, start, start + lengthMs, Number.POSITIVE_INFINITY);
    const label = `"${cron.text}" in ${tz} after ${new Date(start).toISOString()}`;
    assert.deepEqual(found.map(iso), walk(cron, tz, start, start + lengthMs).map(iso), label);
  };

  test("minute by minute for two days, mostly around a change", (t) => {
    check(t, fc.tuple(anyCron, anyStart), ([cron, at]) => compare(cron, at, 2 * dayMs));
  });

  test("with every day open", (t) => {
    const everyDay = anyCron.map((cron): BruteCron => {
      const time = cron.text.split(" ").slice(0, -3);
      const months = new Set(Array.from({ length: 12 }, (_, i) => i + 1));
      return { ...cron, text: `${time.join(" ")} * * *`, months, date: null, weekday: null, isAmbiguous: false };
    });
    check(t, fc.tuple(everyDay, anyStart), ([cron, at]) => compare(cron, at, 3 * dayMs));
  });

  test("day by day for a year and a half", (t) => {
    const sparse = anyCron.map((cron): BruteCron => {
      const days = cron.text.split(" ").slice(-3);
      const rest = { seconds: new Set([0]), minutes: new Set([30]), hours: new Set([2]) };
      return { ...cron, ...rest, text: `30 2 ${days.join(" ")}` };
    });
    check(t, fc.tuple(sparse, anyStart), ([cron, at]) => compare(cron, at, 550 * dayMs));
  });

  test("in more than 40 zones", () => assert.ok(new Set(zones).size >= 45));
});

const iso = (instant: number) => new Date(instant).toISOString();
