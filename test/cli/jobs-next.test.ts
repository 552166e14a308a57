// An expression alone: no config, no database.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { describeCron } from "../../src/cli/describe-cron.ts";
import { describeNote, describeSchedule } from "../../src/cli/describe-schedule.ts";
import { clockNote } from "../../src/model/clock-note.ts";
import { parseCron } from "../../src/model/parse-cron.ts";
import type { Rule, Schedule } from "../../src/model/schedule.ts";
import { runProgram } from "../helpers/agent-process.ts";

const next = (args: readonly string[], env = {}) =>
  runProgram(["jobs", "next", ...args], { HOME: "/nonexistent", ...env });

function ruleOf(expression: string): Rule {
  const parsed = parseCron(expression, "");
  assert.ok("cron" in parsed, expression);
  return { kind: "cron", expression, pattern: parsed.cron.pattern };
}

describe("jobs next --cron", () => {
  const vectors = JSON.parse(readFileSync(join(import.meta.dirname, "../model/cron-vectors.json"), "utf8"));
  const chosen = ["NY-gap-fixed", "NY-over-hourly", "LH-gap", "SEC-NYgap", "FEB30"];
  for (const TZ of ["UTC", "America/New_York", "Asia/Seoul"]) {
    test(`prints the same whatever the machine's own zone is: ${TZ}`, async () => {
      for (const { tz, expr, start, n, out } of vectors.filter(({ id }: { id: string }) => chosen.includes(id))) {
        const { code, stdout } = await next(["--cron", expr, "--tz", tz, "--from", start, "-n", `${n}`, "--json"], {
          TZ,
        });
        if (out.length === 0) assert.deepEqual([code, stdout], [2, ""]);
        else
          assert.deepEqual(
            JSON.parse(stdout).map(({ at }: { at: string }) => at),
            out,
          );
      }
    });
  }

  test("says the schedule in words, and marks what a change moved or repeats, as docs/cli.md shows it", async () => {
    const page = readFileSync(join(import.meta.dirname, "../../docs/cli.md"), "utf8");
    const [, command = "", shown = ""] =
      /```\n(fleetcron jobs next --cron .*)\n```\n\n```\n([^`]*)```/.exec(page) ?? [];
    const args = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
    const { stdout, stderr } = await next(args.slice(3));
    assert.equal(stderr, "");
    const undated = (text: string) => text.replaceAll(/\d+ d ago/g, "some days ago");
    assert.equal(undated(stdout), undated(shown));
    assert.match(shown, /moved: 02:30 does not exist/);
  });
});

describe("in plain words:", () => {
  const rows: readonly [expression: string, words: string][] = [
    ["30 2 * * MON-FRI", "at 02:30, Monday to Friday"],
    ["30 2 * * *", "at 02:30, every day"],
    ["5 30 2 * * *", "at 02:30:05, every day"],
    ["0,30 9,17 * * *", "at 09:00, 09:30, 17:00 and 17:30, every day"],
    ["* * * * *", "every minute"],
    ["*/15 * * * *", "every 15 minutes"],
    ["*/5 * * * * *", "every 5 seconds"],
    ["* * * * * *", "every second"],
    ["*/7 * * * *", "at minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56 of every hour"],
    ["@hourly", "at minute 0 of every hour"],
    ["5 * * * MON", "at minute 5 of every hour, on Monday"],
    ["0-10 * * * *", "at minutes 0 to 10 of every hour"],
    ["*/15 9-17 * * MON-FRI", "every 15 minutes from 09:00 to 17:59, Monday to Friday"],
    ["0 */2 * * *", "at minute 0 of every 2nd hour, from midnight on, every day"],
    ["0,30 1,5,9,20 * * *", "every 30 minutes of hours 1, 5, 9 and 20, every day"],
    ["*/20 5 * * * *", "every 20 seconds of minute 5 of every hour"],
    ["0 0 1,15 * *", "at 00:00, on days 1 and 15 of the month"],
    ["0 0 L * *", "at 00:00, on the last day of the month"],
    [
      "0 0 L-3,LW * *",
      "at 00:00, 3 days before the last day of the month or on the last weekday (Monday to Friday) of the month",
    ],
    ["0 0 15W * *", "at 00:00, on the weekday (Monday to Friday) nearest to day 15 of the month"],
    ["0 0 * * FRI#2,SUNL", "at 00:00, on the second Friday of the month or on the last Sunday of the month"],
    ["0 0 13 * FRI", "at 00:00, on day 13 of the month or on Friday"],
    ["0 0 13 * MON-SUN", "at 00:00, every day"],
    ["0 0 * * FRI-MON", "at 00:00, Friday to Monday"],
    ["0 0 1 NOV-FEB,JUN *", "at 00:00, on day 1 of the month, in January, February, June, November and December"],
    ["0 0 * NOV-FEB *", "at 00:00, every day, in November to February"],
    ["@yearly", "at 00:00, on day 1 of the month, in January"],
  ];
  for (const [expression, words] of rows) {
    test(expression, () => {
      const parsed = parseCron(expression, "");
      assert.ok("cron" in parsed);
      assert.equal(describeCron(parsed.cron), words);
    });
  }

  test("a whole schedule, with bounds and jitter", () => {
    const schedule: Schedule = {
      tz: "Europe/Berlin",
      rules: [ruleOf("30 2 * * MON-FRI"), { kind: "classic", hour: null, minute: 5 }, { kind: "every", everySec: 90 }],
      ...{ startAt: Date.parse("2026-01-01T00:00:00Z"), endAt: Date.parse("2027-01-01T00:00:00Z"), jitterSec: 60 },
    };
    assert.equal(
      describeSchedule(schedule, ""),
      "at 02:30, Monday to Friday; at minute 5 of every hour; every 90 s, Europe/Berlin, " +
        "from 2026-01-01 01:00:00, until 2027-01-01 01:00:00, each start put off by 0 to 59 s",
    );
  });
});

describe("what a clock change does:", () => {
  const rows: readonly [expression: string, tz: string, at: string, note: string | null][] = [
    ["30 2 * * *", "America/New_York", "2026-03-07T07:30:00Z", null],
    [
      ...(["15 2 * * *", "Australia/Lord_Howe", "2026-10-03T15:45:00Z"] as const),
      "02:15 does not exist: the clock goes on from 02:00 to 02:30",
    ],
    [...(["0 3 * * *", "America/New_York", "2026-03-08T07:00:00Z"] as const), null],
    [
      ...(["0 2,3 * * *", "America/New_York", "2026-03-08T07:00:00Z"] as const),
      "02:00 does not exist: the clock goes on from 02:00 to 03:00; it falls together with another time that is due",
    ],
    [
      ...(["0 9 * * FRI", "Pacific/Apia", "2011-12-30T19:00:00Z"] as const),
      "2011-12-30 09:00 does not exist: the clock goes on from 2011-12-30 00:00 to 2011-12-31 00:00",
    ],
    [
      ...(["30 1 * * *", "America/New_York", "2026-11-01T05:30:00Z"] as const),
      "01:30 comes twice: the clock goes back from 02:00 to 01:00; this is the first time, the second is left out",
    ],
    ["30 * * * *", "America/New_York", "2026-11-01T04:30:00Z", null],
    [
      ...(["30 * * * *", "America/New_York", "2026-11-01T05:30:00Z"] as const),
      "01:30 comes twice: the clock goes back from 02:00 to 01:00; this is the first time",
    ],
    [
      ...(["30 * * * *", "America/New_York", "2026-11-01T06:30:00Z"] as const),
      "01:30 comes twice: the clock goes back from 02:00 to 01:00; this is the second time",
    ],
    ["30 * * * *", "America/New_York", "2026-11-01T07:30:00Z", null],
  ];
  for (const [expression, tz, at, expected] of rows) {
    test(`${expression} in ${tz} at ${at}`, () => {
      const note = clockNote({ tz, rules: [ruleOf(expression)] }, Date.parse(at));
      assert.equal(note === null ? null : describeNote(note), expected);
    });
  }
});
