// The rules of daylight saving once more, found by walking through every minute around the changes of many zones.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nextDue, type Rule } from "../../src/model/schedule.ts";

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

const changes: readonly [tz: string, day: string][] = [
  ["America/New_York", "2026-03-08"],
  ["America/New_York", "2026-11-01"],
  ["Europe/Berlin", "2026-03-29"],
  ["Europe/Berlin", "2026-10-25"],
  ["Europe/Dublin", "2026-10-25"],
  ["Australia/Lord_Howe", "2026-04-05"],
  ["Australia/Lord_Howe", "2026-10-04"],
  ["Pacific/Chatham", "2026-09-27"],
  ["Pacific/Apia", "2011-12-30"],
  ["Pacific/Kwajalein", "1993-08-21"],
  ["America/Sao_Paulo", "2018-11-04"],
  ["America/Havana", "2026-11-01"],
  ["Africa/Casablanca", "2026-02-15"],
  ["Africa/Casablanca", "2026-03-22"],
  ["America/Caracas", "2016-05-01"],
  ["Asia/Pyongyang", "2018-05-05"],
  ["Antarctica/Troll", "2026-03-29"],
  ["Antarctica/Troll", "2026-10-25"],
  ["Asia/Kathmandu", "1986-01-01"],
];

const times: readonly [hour: number, minute: number][] = [
  [0, 0],
  [0, 30],
  [1, 15],
  [2, 0],
  [2, 15],
  [2, 30],
  [2, 59],
  [3, 0],
  [12, 0],
  [23, 45],
];

/** A real minute and what the wall clock shows at its beginning, as `Date.UTC` of its fields. */
interface Moment {
  readonly instant: number;
  readonly localMs: number;
}

function walk(tz: string, from: number, to: number): readonly Moment[] {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: tz,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const moments: Moment[] = [];
  for (let instant = from; instant < to; instant += minuteMs) {
    const [month = 0, day = 0, year = 0, hour, minute, second] = (format.format(instant).match(/\d+/g) ?? []).map(
      Number,
    );
    moments.push({ instant, localMs: Date.UTC(year, month - 1, day, hour, minute, second) });
  }
  return moments;
}

/** The first time the clock shows it; where it never does, the clock of before the gap goes on. */
function instantOf(moments: readonly Moment[], localMs: number): number | undefined {
  const shown = moments.find((moment) => moment.localMs === localMs);
  if (shown !== undefined) return shown.instant;
  const jump = moments.findIndex(
    (moment, i) => (moments[i - 1]?.localMs ?? localMs) < localMs && moment.localMs > localMs,
  );
  const before = moments[jump - 1];
  return before === undefined ? undefined : before.instant + (localMs - before.localMs);
}

function dueBetween(tz: string, rule: Rule, from: number, to: number): readonly number[] {
  const due: number[] = [];
  for (let at = nextDue({ tz, rules: [rule] }, from - 1); at !== null && at < to; ) {
    due.push(at);
    at = nextDue({ tz, rules: [rule] }, at);
  }
  return due;
}

describe("walking minute by minute finds the same instants", () => {
  for (const [tz, day] of changes) {
    // Two days more on each side are walked than compared, so that no comparison depends on where the walk begins.
    const middle = Date.parse(`${day}T00:00:00Z`);
    const [from, to] = [middle - 2 * dayMs, middle + 2 * dayMs];

    test(`in ${tz} around ${day}`, () => {
      const moments = walk(tz, from - 2 * dayMs, to + 2 * dayMs);
      const firstDay = Math.floor((moments[0]?.localMs ?? 0) / dayMs) + 1;
      const lastDay = Math.floor((moments.at(-1)?.localMs ?? 0) / dayMs) - 1;
      const days = Array.from({ length: lastDay - firstDay + 1 }, (_, i) => (firstDay + i) * dayMs);

      for (const [hour, minute] of times) {
        const wallClock = days.map((start) => instantOf(moments, start + (hour * 60 + minute) * minuteMs));
        const expected = [...new Set(wallClock)].filter((at) => at !== undefined && at >= from && at < to);
        const due = dueBetween(tz, { kind: "classic", hour, minute }, from, to);
        assert.deepEqual(due, expected, `${hour}:${minute}`);
        assert.ok(due.length >= 3);

        const real = moments
          .filter(({ localMs }) => (localMs / minuteMs) % 60 === minute)
          .map(({ instant }) => instant);
        const inRange = real.filter((at) => at >= from && at < to);
        assert.deepEqual(dueBetween(tz, { kind: "classic", hour: null, minute }, from, to), inRange, `*:${minute}`);
      }
    });
  }
});

test("instants grow strictly, and asking a second earlier gives the same one, in any zone and year", () => {
  const zones = [...new Set(changes.map(([tz]) => tz)), "UTC", "Asia/Kolkata", "America/St_Johns", "Africa/Cairo"];
  const random = newRandom(20_260_801);
  for (let round = 0; round < 1500; round++) {
    const tz = zones[Math.floor(random() * zones.length)] ?? "UTC";
    const start = Math.floor(Date.UTC(1990, 0, 1) + random() * (Date.UTC(2037, 11, 31) - Date.UTC(1990, 0, 1)));
    const hour = random() < 0.3 ? null : Math.floor(random() * 24);
    const schedule = { tz, rules: [{ kind: "classic", hour, minute: Math.floor(random() * 60) } as const] };
    const label = `${JSON.stringify(schedule)} after ${new Date(start).toISOString()}`;

    let last = start;
    for (let i = 0; i < 3; i++) {
      const next = nextDue(schedule, last);
      assert.ok(next !== null && next > last, label);
      assert.ok(next - last <= (hour === null ? 2.5 * 3_600_000 : 2 * dayMs), label);
      assert.equal(nextDue(schedule, next - 1000), next, label);
      last = next;
    }
  }
});

/** mulberry32: the same numbers in every run, so that a failure can be repeated. */
function newRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
