import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Condition, failedCondition, holds } from "../../src/model/condition.ts";
import { condition } from "../helpers/chain-fixtures.ts";

const rows: readonly [title: string, condition: Condition | null, tz: string, at: string, expected: boolean][] = [
  ["no condition holds", null, "UTC", "2026-08-01T00:00:00Z", true],
  ["hour in the list", condition({ hourIn: [0, 12], minuteIn: null }), "UTC", "2026-08-01T12:59:59Z", true],
  ["hour not in the list", condition({ hourIn: [0, 12], minuteIn: null }), "UTC", "2026-08-01T13:00:00Z", false],
  ["the hour is the zone's", condition({ hourIn: [9], minuteIn: null }), "Asia/Seoul", "2026-08-01T00:00:00Z", true],
  [
    "a daylight saving hour",
    condition({ hourIn: [8], minuteIn: null }),
    "America/New_York",
    "2026-07-01T12:00:00Z",
    true,
  ],
  ["a winter hour", condition({ hourIn: [7], minuteIn: null }), "America/New_York", "2026-12-01T12:00:00Z", true],
  [
    "the minute is the zone's",
    condition({ hourIn: null, minuteIn: [45] }),
    "Asia/Kathmandu",
    "2026-08-01T00:00:00Z",
    true,
  ],
  [
    "minute not in the list",
    condition({ hourIn: null, minuteIn: [0] }),
    "Asia/Kathmandu",
    "2026-08-01T00:00:00Z",
    false,
  ],
  ["both must hold", condition({ hourIn: [1], minuteIn: [0, 30] }), "UTC", "2026-08-01T01:15:00Z", false],
  ["both hold", condition({ hourIn: [1], minuteIn: [0, 30] }), "UTC", "2026-08-01T01:30:00Z", true],
  ["before the epoch", condition({ hourIn: [23], minuteIn: [59] }), "UTC", "1969-12-31T23:59:00Z", true],
];

describe("when:", () => {
  for (const [title, when, tz, at, expected] of rows) {
    test(title, () => assert.equal(holds(when, Date.parse(at), tz), expected));
  }
});

const thursday = Date.parse("2026-01-15T09:30:00Z");
const failures: readonly [condition: Partial<Condition>, failed: string | null][] = [
  [{ hourIn: [9], minuteIn: [30], weekdayIn: [4], dayIn: [15], monthIn: [1] }, null],
  [{ hourIn: [8, 10] }, "hour_in: expected 8, 10, got 9"],
  [{ minuteIn: [0] }, "minute_in: expected 0, got 30"],
  [{ weekdayIn: [0, 6] }, "weekday_in: expected SUN, SAT, got THU"],
  [{ dayIn: [1] }, "day_in: expected 1, got 15"],
  [{ monthIn: [12] }, "month_in: expected 12, got 1"],
  [{ previous: "error" }, 'previous: expected "error", got no step before'],
  [{ output: { name: "id", tests: [{ operator: "eq", value: "a" }] } }, 'output.id: expected "a", got nothing'],
];

describe("the part of a condition that does not hold:", () => {
  for (const [given, failed] of failures) {
    test(String(failed), () => assert.equal(failedCondition(condition(given), thursday, "UTC"), failed));
  }
});
