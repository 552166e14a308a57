import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Instant, isDueAt, nextDue, type Rule, type Schedule } from "../../src/model/schedule.ts";
import { lastInstant } from "../../src/model/zone-offset.ts";

const at = (text: string): Instant => Date.parse(text);
const iso = (instant: Instant | null) =>
  instant === null ? null : new Date(instant).toISOString().replace(".000Z", "Z");

function classic(hour: number | null, minute: number): Rule {
  return { kind: "classic", hour, minute };
}

function nextOnes(schedule: Schedule, after: Instant, count: number): readonly (string | null)[] {
  const found: (string | null)[] = [];
  let last: Instant | null = after;
  while (found.length < count && last !== null) {
    last = nextDue(schedule, last);
    found.push(iso(last));
  }
  return found;
}

interface Row {
  readonly title: string;
  readonly tz: string;
  readonly rules: readonly Rule[];
  readonly after: string;
  readonly due: readonly string[];
}

const quarters = [classic(null, 0), classic(null, 15), classic(null, 30), classic(null, 45)];
const everyTwoHours = Array.from({ length: 12 }, (_, i) => classic(2 * i, 0));

const rows: readonly Row[] = [
  {
    title: "a time inside the gap is shifted by its length",
    tz: "America/New_York",
    rules: [classic(2, 30)],
    after: "2026-03-07T00:00:00Z",
    due: ["2026-03-07T07:30:00Z", "2026-03-08T07:30:00Z", "2026-03-09T06:30:00Z", "2026-03-10T06:30:00Z"],
  },
  {
    title: "a shifted time that meets another one is one",
    tz: "America/New_York",
    rules: [classic(2, 0), classic(3, 0)],
    after: "2026-03-08T05:00:00Z",
    due: ["2026-03-08T07:00:00Z", "2026-03-09T06:00:00Z", "2026-03-09T07:00:00Z"],
  },
  {
    title: "an hourly job leaves the gap out",
    tz: "America/New_York",
    rules: [classic(null, 30)],
    after: "2026-03-08T05:00:00Z",
    due: ["2026-03-08T05:30:00Z", "2026-03-08T06:30:00Z", "2026-03-08T07:30:00Z", "2026-03-08T08:30:00Z"],
  },
  {
    title: "four times an hour over the gap",
    tz: "America/New_York",
    rules: quarters,
    after: "2026-03-08T06:30:00Z",
    due: ["2026-03-08T06:45:00Z", "2026-03-08T07:00:00Z", "2026-03-08T07:15:00Z", "2026-03-08T07:30:00Z"],
  },
  {
    title: "an hourly job runs in both passes of a repeated hour",
    tz: "America/New_York",
    rules: [classic(null, 30)],
    after: "2026-11-01T04:00:00Z",
    due: [
      "2026-11-01T04:30:00Z",
      "2026-11-01T05:30:00Z",
      "2026-11-01T06:30:00Z",
      "2026-11-01T07:30:00Z",
      "2026-11-01T08:30:00Z",
    ],
  },
  {
    title: "wall-clock times run in the first pass only",
    tz: "America/New_York",
    rules: [classic(1, 0), classic(1, 30)],
    after: "2026-11-01T04:00:00Z",
    due: ["2026-11-01T05:00:00Z", "2026-11-01T05:30:00Z", "2026-11-02T06:00:00Z"],
  },
  {
    title: "every second hour is twelve wall-clock times",
    tz: "America/New_York",
    rules: everyTwoHours,
    after: "2026-11-01T03:00:00Z",
    due: ["2026-11-01T04:00:00Z", "2026-11-01T07:00:00Z", "2026-11-01T09:00:00Z"],
  },
  {
    title: "after the first pass the second is not another one",
    tz: "America/New_York",
    rules: [classic(1, 30)],
    after: "2026-11-01T05:45:00Z",
    due: ["2026-11-02T06:30:00Z"],
  },
  {
    title: "the first minute after a gap is an ordinary one",
    tz: "Europe/Berlin",
    rules: [classic(3, 0)],
    after: "2026-03-28T12:00:00Z",
    due: ["2026-03-29T01:00:00Z", "2026-03-30T01:00:00Z"],
  },
  {
    title: "the hour that Berlin repeats",
    tz: "Europe/Berlin",
    rules: [classic(2, 0)],
    after: "2026-10-24T12:00:00Z",
    due: ["2026-10-25T00:00:00Z", "2026-10-26T01:00:00Z"],
  },
  {
    title: "a gap of half an hour",
    tz: "Australia/Lord_Howe",
    rules: [classic(2, 15)],
    after: "2026-10-03T00:00:00Z",
    due: ["2026-10-03T15:45:00Z", "2026-10-04T15:15:00Z"],
  },
  {
    title: "an hourly job in a zone whose offset moves by half an hour",
    tz: "Australia/Lord_Howe",
    rules: [classic(null, 0)],
    after: "2026-10-03T14:00:00Z",
    due: ["2026-10-03T14:30:00Z", "2026-10-03T16:00:00Z", "2026-10-03T17:00:00Z"],
  },
  {
    title: "four times an hour where half an hour is repeated",
    tz: "Australia/Lord_Howe",
    rules: quarters,
    after: "2026-04-04T14:15:00Z",
    due: [
      "2026-04-04T14:30:00Z",
      "2026-04-04T14:45:00Z",
      "2026-04-04T15:00:00Z",
      "2026-04-04T15:15:00Z",
      "2026-04-04T15:30:00Z",
      "2026-04-04T15:45:00Z",
    ],
  },
  {
    title: "an instant that is due now is not the next one",
    tz: "Asia/Seoul",
    rules: [classic(9, 30)],
    after: "2026-03-08T00:30:00Z",
    due: ["2026-03-09T00:30:00Z", "2026-03-10T00:30:00Z"],
  },
  {
    title: "Seoul's daylight saving of 1988",
    tz: "Asia/Seoul",
    rules: [classic(2, 30)],
    after: "1988-05-07T00:00:00Z",
    due: ["1988-05-07T17:30:00Z"],
  },
  {
    title: "Casablanca, whose clocks change for Ramadan",
    tz: "Africa/Casablanca",
    rules: [classic(2, 30)],
    after: "2026-02-14T12:00:00Z",
    due: ["2026-02-15T01:30:00Z", "2026-02-16T02:30:00Z"],
  },
  {
    title: "a day that began at one o'clock",
    tz: "America/Sao_Paulo",
    rules: [classic(0, 0)],
    after: "2018-11-03T12:00:00Z",
    due: ["2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"],
  },
  {
    title: "half past midnight on a day that began at one o'clock",
    tz: "America/Sao_Paulo",
    rules: [classic(0, 30)],
    after: "2018-11-03T12:00:00Z",
    due: ["2018-11-04T03:30:00Z"],
  },
  {
    title: "a zone that gave daylight saving up",
    tz: "America/Sao_Paulo",
    rules: [classic(0, 0)],
    after: "2026-11-01T00:00:00Z",
    due: ["2026-11-01T03:00:00Z", "2026-11-02T03:00:00Z"],
  },
  {
    title: "the day that Apia left out",
    tz: "Pacific/Apia",
    rules: [classic(12, 0)],
    after: "2011-12-28T23:00:00Z",
    due: ["2011-12-29T22:00:00Z", "2011-12-30T22:00:00Z", "2011-12-31T22:00:00Z"],
  },
  {
    title: "an hourly job does not notice the day that Apia left out",
    tz: "Pacific/Apia",
    rules: [classic(null, 0)],
    after: "2011-12-30T08:30:00Z",
    due: ["2011-12-30T09:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T11:00:00Z"],
  },
  {
    title: "the zone that is first in the new year",
    tz: "Pacific/Kiritimati",
    rules: [classic(0, 0)],
    after: "2026-12-31T00:00:00Z",
    due: ["2026-12-31T10:00:00Z"],
  },
  {
    title: "local mean time, whose offset has seconds",
    tz: "America/New_York",
    rules: [classic(null, 0)],
    after: "1880-01-01T00:00:00Z",
    due: ["1880-01-01T00:56:02Z", "1880-01-01T01:56:02Z"],
  },
  {
    title: "Monrovia leaves its offset of 44 minutes and 30 seconds",
    tz: "Africa/Monrovia",
    rules: [classic(null, 0)],
    after: "1972-01-06T23:00:00Z",
    due: ["1972-01-06T23:44:30Z", "1972-01-07T01:00:00Z"],
  },
  {
    title: "every_sec is anchored at the epoch",
    tz: "America/New_York",
    rules: [{ kind: "every", everySec: 7 }],
    after: "1970-01-01T00:00:20.999Z",
    due: ["1970-01-01T00:00:21Z", "1970-01-01T00:00:28Z"],
  },
  {
    title: "every_sec before the epoch",
    tz: "UTC",
    rules: [{ kind: "every", everySec: 60 }],
    after: "1969-12-31T23:58:30Z",
    due: ["1969-12-31T23:59:00Z", "1970-01-01T00:00:00Z"],
  },
  {
    title: "all rules together, coinciding instants once",
    tz: "UTC",
    rules: [
      classic(0, 1),
      { kind: "every", everySec: 60 },
      { kind: "once", at: at("2026-01-01T00:00:30Z") },
      classic(null, 1),
    ],
    after: "2026-01-01T00:00:00Z",
    due: ["2026-01-01T00:00:30Z", "2026-01-01T00:01:00Z", "2026-01-01T00:02:00Z"],
  },
];

describe("the next due instants:", () => {
  for (const { title, tz, rules, after, due } of rows) {
    test(title, () => {
      assert.deepEqual(nextOnes({ tz, rules }, at(after), due.length), due);
      for (const instant of due) assert.ok(isDueAt({ tz, rules }, at(instant)), instant);
    });
  }
});

describe("a schedule ends:", () => {
  test("once, after its instant", () => {
    const schedule = { tz: "UTC", rules: [{ kind: "once", at: 1500 }] } as const;
    assert.deepEqual([nextDue(schedule, 1499), nextDue(schedule, 1500), nextDue(schedule, 1501)], [1500, null, null]);
    assert.deepEqual([isDueAt(schedule, 1499), isDueAt(schedule, 1500)], [false, true]);
  });

  test("without rules, at once", () => assert.equal(nextDue({ tz: "UTC", rules: [] }, 0), null));

  for (const rule of [classic(9, 0), classic(null, 0), { kind: "every", everySec: 31_536_000 } as const]) {
    test(`${JSON.stringify(rule)}, at the end of time`, () => {
      const schedule = { tz: "Pacific/Apia", rules: [rule] };
      for (const after of [lastInstant, lastInstant + 1, Number.POSITIVE_INFINITY, Number.NaN]) {
        assert.equal(nextDue(schedule, after), null);
      }
      assert.ok((nextDue(schedule, Number.NEGATIVE_INFINITY) ?? 0) <= -lastInstant + 31_536_000_000);
    });
  }
});

test("only the due instant itself is due, to the millisecond", () => {
  const schedule = { tz: "Asia/Seoul", rules: [classic(9, 30)] };
  const due = at("2026-03-09T00:30:00Z");
  assert.deepEqual(
    [due - 1, due, due + 1, due + 60_000].map((instant) => isDueAt(schedule, instant)),
    [false, true, false, false],
  );
});

test("fractions of a millisecond are no reason to be due twice", () => {
  for (const rule of [classic(9, 30), classic(null, 30), { kind: "every", everySec: 1 } as const]) {
    const schedule = { tz: "Asia/Seoul", rules: [rule] };
    const due = at("2026-03-09T00:30:00Z");
    assert.equal(nextDue(schedule, due - 0.25), due);
    assert.ok((nextDue(schedule, due + 0.25) ?? 0) >= due + 1000);
  }
});

test("an unknown zone is an error, never another zone", () => {
  assert.throws(() => nextDue({ tz: "Mars/Olympus", rules: [classic(9, 0)] }, 0), RangeError);
});
