import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCron } from "../../src/model/parse-cron.ts";
import { previousDue } from "../../src/model/previous-due.ts";
import { duesBetween, type Rule, type Schedule } from "../../src/model/schedule.ts";

const from = Date.parse("2026-03-25T00:00:00Z");
const to = Date.parse("2026-04-02T00:00:00Z");

function cron(expression: string): Rule {
  const parsed = parseCron(expression, "");
  assert.ok("cron" in parsed);
  return { kind: "cron", expression, pattern: parsed.cron.pattern };
}

const tz = "Europe/Berlin";
const schedules: Readonly<Record<string, Schedule>> = {
  "daily, moved by a clock change": { tz, rules: [{ kind: "classic", hour: 2, minute: 30 }] },
  hourly: { tz, rules: [{ kind: "classic", hour: null, minute: 5 }] },
  "weekly at two times": { tz, rules: [cron("0 9,17 * * MON")] },
  interval: { tz, rules: [{ kind: "every", everySec: 977 }] },
  union: {
    tz,
    rules: [
      { kind: "every", everySec: 86_400 },
      { kind: "once", at: from + 123_456_789 },
    ],
  },
  bounded: { tz, rules: [{ kind: "every", everySec: 3_600 }], startAt: from + 86_400_000, endAt: to - 2 * 86_400_000 },
};

for (const [name, schedule] of Object.entries(schedules)) {
  test(`looking back finds what looking forward found: ${name}`, () => {
    const dues = duesBetween(schedule, from, to, 10_000);
    assert.ok(dues.length > 1);
    for (const [i, at] of dues.entries()) {
      const former = dues[i - 1];
      if (former === undefined) continue;
      assert.equal(previousDue(schedule, at), former, new Date(at).toISOString());
      assert.equal(previousDue(schedule, former + 1), former);
    }
  });
}

test("a schedule that was never due before has no previous instant", () => {
  assert.equal(previousDue({ tz, rules: [{ kind: "once", at: to }] }, to), null);
  assert.equal(previousDue({ tz, rules: [{ kind: "every", everySec: 60 }], startAt: to }, to), null);
});

test("a leap day is found over the years between", () => {
  const leapDay = { tz: "UTC", rules: [cron("0 0 29 2 *")] };
  assert.equal(previousDue(leapDay, Date.parse("2028-02-29T00:00:00Z")), Date.parse("2024-02-29T00:00:00Z"));
});
