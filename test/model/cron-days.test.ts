// The rules for days, one by one, with dates read from a calendar of 2026.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseCron } from "../../src/model/parse-cron.ts";
import { duesBetween } from "../../src/model/schedule.ts";
import { lastInstant } from "../../src/model/zone-offset.ts";

const rows: readonly [date: string, weekday: string, after: string, ...days: string[]][] = [
  ["1W", "*", "2026-07-15", "08-03", "09-01"],
  ["1W", "*", "2026-01-15", "02-02", "03-02", "04-01"],
  ["30W", "*", "2026-05-15", "05-29", "06-30", "07-30"],
  ["31W", "*", "2026-05-15", "05-29", "07-31", "08-31"],
  ["28W", "*", "2026-02-15", "02-27", "03-27", "04-28"],
  ["LW", "*", "2026-01-15", "01-30", "02-27", "03-31"],
  ["L", "*", "2026-01-15", "01-31", "02-28", "03-31"],
  ["L-3", "*", "2026-01-15", "01-28", "02-25", "03-28"],
  ["L-30", "*", "2026-01-15", "03-01", "05-01", "07-01"],
  ["1,15W,L", "*", "2026-01-01", "01-15", "01-31", "02-01", "02-16", "02-28"],
  ["*", "FRI#1", "2026-01-15", "02-06", "03-06"],
  ["*", "FRI#5", "2026-01-01", "01-30", "05-29", "07-31"],
  ["*", "MONL", "2026-01-15", "01-26", "02-23", "03-30"],
  ["*", "MON#1,FRIL", "2026-01-15", "01-30", "02-02", "02-27", "03-02"],
  ["L", "FRI#1", "2026-01-15", "01-31", "02-06", "02-28", "03-06"],
  ["31", "SUN", "2026-01-20", "01-25", "01-31", "02-01", "02-08"],
  ["*/10", "?", "2026-01-15", "01-21", "01-31", "02-01"],
];

describe("days of 2026:", () => {
  for (const [date, weekday, after, ...days] of rows) {
    test(`${date} ${weekday}`, () => {
      const expression = `0 0 ${date} * ${weekday}`;
      const parsed = parseCron(expression, "");
      assert.ok("cron" in parsed);
      const rules = [{ kind: "cron", expression, pattern: parsed.cron.pattern } as const];
      const found = duesBetween({ tz: "UTC", rules }, Date.parse(after), lastInstant, days.length);
      assert.deepEqual(
        found.map((at) => new Date(at).toISOString()),
        days.map((day) => `2026-${day}T00:00:00.000Z`),
      );
    });
  }
});
