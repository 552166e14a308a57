// croner as a second opinion on 5,000 random expressions. Where its rules are others, the difference is named.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Cron } from "croner";
import fc from "fast-check";
import { parseCron } from "../../src/model/parse-cron.ts";
import { nextDue, type Schedule } from "../../src/model/schedule.ts";
import { anyCron, type BruteCron } from "./brute/cron-arbitrary.ts";
import { changesOf, zones } from "./brute/zone.ts";

const dayMs = 86_400_000;
const compared = 4;

function ours(text: string, tz: string, start: number): readonly string[] {
  const parsed = parseCron(text, "");
  assert.ok("cron" in parsed, text);
  const schedule: Schedule = { tz, rules: [{ kind: "cron", expression: text, pattern: parsed.cron.pattern }] };
  const found: string[] = [];
  for (let at = nextDue(schedule, start); at !== null && found.length < compared; at = nextDue(schedule, at)) {
    found.push(new Date(at).toISOString());
  }
  return found;
}

function theirs(text: string, tz: string, start: number): readonly string[] {
  const cron = new Cron(text, { timezone: tz, paused: true });
  const found: string[] = [];
  for (let at = cron.nextRun(new Date(start)); at !== null && found.length < compared; at = cron.nextRun(at)) {
    found.push(at.toISOString());
  }
  return found;
}

const names = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

function someRange(field: string, names: readonly string[], holds: (from: number, to: number) => boolean): boolean {
  return field.split(",").some((item) => {
    const [, from = "", to = ""] = /^([A-Z]+)-([A-Z]+)/i.exec(item) ?? [];
    return from !== "" && holds(names.indexOf(from.toUpperCase()), names.indexOf(to.toUpperCase()));
  });
}

/** Of every difference one example: what we make of it, and what croner does. */
const differences: readonly {
  readonly why: string;
  readonly isIn: (fields: readonly [date: string, month: string, weekday: string]) => boolean;
  readonly example: string;
  readonly croner: "refuses" | "other instants";
}[] = [
  {
    why: "it has no days before the last one",
    isIn: ([date]) => /L-\d/.test(date),
    example: "0 0 L-3 * *",
    croner: "refuses",
  },
  {
    why: "it takes LW only alone",
    isIn: ([date]) => /LW/.test(date) && date !== "LW",
    example: "0 0 1,LW * *",
    croner: "refuses",
  },
  {
    why: "its ranges of names do not go around",
    isIn: ([, month, weekday]) =>
      someRange(weekday, names, (from, to) => from > to) || someRange(month, months, (from, to) => from > to),
    example: "0 0 * * FRI-MON",
    croner: "refuses",
  },
  {
    why: "SUN-SUN is its whole week, not Sunday",
    isIn: ([, , weekday]) => someRange(weekday, names, (from, to) => from === 0 && to === 0),
    example: "0 0 * * SUN-SUN",
    croner: "other instants",
  },
  {
    why: "*/1 restricts a day field for it, so that either field counts",
    isIn: ([date, , weekday]) =>
      (date === "*/1" && !/^[*?]$/.test(weekday)) || (weekday === "*/1" && !/^[*?]$/.test(date)),
    example: "0 0 */1 * MON",
    croner: "other instants",
  },
];

function agrees({ text, isAmbiguous }: BruteCron): boolean {
  const fields = text.split(" ").slice(-3) as unknown as readonly [string, string, string];
  // Ambiguous ones we refuse, as well as dates that never come, for which croner finds nothing.
  return !isAmbiguous && !differences.some(({ isIn }) => isIn(fields)) && "cron" in parseCron(text, "");
}

test("croner finds the same instants for 5,000 expressions, where no clock changes", (t) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const anyTime = fc.record({
    tz: fc.constantFrom(...zones),
    start: fc.integer({ min: Date.UTC(1990) / 1000, max: Date.UTC(2037) / 1000 }),
  });
  let count = 0;
  const property = fc.property(anyCron.filter(agrees), anyTime, ({ text }, { tz, start }) => {
    const found = ours(text, tz, start * 1000);
    const last = Date.parse(found.at(-1) ?? "");
    const isCalm = last - start * 1000 < 300 * dayMs && !hasChange(tz, start * 1000 - 2 * dayMs, last + 2 * dayMs);
    // Where a clock changes, its rules are others: the same expression is compared in UTC.
    const zone = isCalm ? tz : "UTC";
    const label = `"${text}" in ${zone} after ${new Date(start * 1000).toISOString()}`;
    assert.deepEqual(ours(text, zone, start * 1000), theirs(text, zone, start * 1000), label);
    count++;
  });
  fc.assert(property, { numRuns: 5_000, seed, endOnFailure: true });
  assert.ok(count >= 5_000);
});

function hasChange(tz: string, from: number, to: number): boolean {
  const years = [new Date(from).getUTCFullYear(), new Date(to).getUTCFullYear()];
  return [...new Set(years)].some((year) => changesOf(tz, year).some((at) => at >= from && at <= to));
}

describe("croner differs:", () => {
  for (const { why, example, croner } of differences) {
    test(why, () => {
      const start = Date.UTC(2026, 0, 1);
      const own = ours(example, "UTC", start);
      if (croner === "refuses") assert.throws(() => theirs(example, "UTC", start));
      else assert.notDeepEqual(theirs(example, "UTC", start), own);
    });
  }

  test("of what we refuse it takes a star with a step beside another restricted day field, and dates that never come", () => {
    for (const expression of ["0 0 */2 * MON", "0 0 30 2 *"]) {
      assert.ok("refusals" in parseCron(expression, ""));
      assert.doesNotThrow(() => theirs(expression, "UTC", 0));
    }
  });

  const gaps: readonly [why: string, expression: string, tz: string, start: string][] = [
    ["a step of hours that meets a gap", "0 */2 * * *", "America/New_York", "2026-03-08T00:00:00Z"],
    ["a day that a zone left out", "0 9 * * FRI", "Pacific/Apia", "2011-12-29T00:00:00Z"],
    ["a gap of half an hour", "15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z"],
  ];
  for (const [why, expression, tz, start] of gaps) {
    test(why, () => {
      assert.notDeepEqual(theirs(expression, tz, Date.parse(start)), ours(expression, tz, Date.parse(start)));
    });
  }
});
