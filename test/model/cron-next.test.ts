// Searches that begin beside, inside or just after a change of the clock, where instants and local times part ways.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseCron } from "../../src/model/parse-cron.ts";
import { duesBetween } from "../../src/model/schedule.ts";
import { lastInstant } from "../../src/model/zone-offset.ts";

const rows: readonly [title: string, expression: string, tz: string, after: string, ...due: string[]][] = [
  [
    "asked in the second pass, what the first one showed does not come again",
    ...(["0,30 1,2 * * *", "America/New_York", "2026-11-01T06:10:00Z"] as const),
    ...["2026-11-01T07:00:00Z", "2026-11-01T07:30:00Z", "2026-11-02T06:00:00Z"],
  ],
  [
    "asked just before the second pass, nothing of it comes",
    ...(["*/20 1 * * *", "America/New_York", "2026-11-01T05:59:59Z"] as const),
    ...["2026-11-02T06:00:00Z", "2026-11-02T06:20:00Z"],
  ],
  [
    "a time shifted out of the gap comes after one the clock shows sooner",
    ...(["15,30 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z"] as const),
    ...["2026-10-03T15:30:00Z", "2026-10-03T15:45:00Z", "2026-10-04T15:15:00Z"],
  ],
  [
    "asked after the gap, times shifted out of it still come",
    ...(["0,45 2 * * *", "America/New_York", "2026-03-08T07:10:00Z"] as const),
    ...["2026-03-08T07:45:00Z", "2026-03-09T06:00:00Z"],
  ],
  [
    "shifted times and those the clock shows take turns",
    ...(["10,20,40,50 2 * * *", "Australia/Lord_Howe", "2026-10-03T15:35:00Z"] as const),
    ...["2026-10-03T15:40:00Z", "2026-10-03T15:50:00Z", "2026-10-04T15:10:00Z"],
  ],
  [
    "a sparse schedule of all hours comes in both passes",
    ...(["30 * 1 11 *", "America/New_York", "2026-11-01T05:00:00Z"] as const),
    ...["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2026-11-01T07:30:00Z"],
  ],
  [
    "the last hour of a date is met twice where the clock goes back at midnight, though its next date is a year away",
    ...(["30 * 17 2 *", "America/Sao_Paulo", "2018-02-18T00:45:00Z"] as const),
    ...["2018-02-18T01:30:00Z", "2018-02-18T02:30:00Z", "2019-02-17T03:30:00Z"],
  ],
  [
    "a day that begins twice is met at its first beginning",
    ...(["0 0 * * *", "America/Havana", "2026-10-31T12:00:00Z"] as const),
    ...["2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"],
  ],
  [
    "a date that a zone left out does not come for a schedule of all hours",
    ...(["0 * 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00Z"] as const),
    ...["2012-12-29T10:00:00Z", "2012-12-29T11:00:00Z"],
  ],
];

describe("near a change of the clock:", () => {
  for (const [title, expression, tz, after, ...due] of rows) {
    test(title, () => {
      const parsed = parseCron(expression, "");
      assert.ok("cron" in parsed);
      const rules = [{ kind: "cron", expression, pattern: parsed.cron.pattern } as const];
      const found = duesBetween({ tz, rules }, Date.parse(after), lastInstant, due.length);
      assert.deepEqual(
        found.map((at) => new Date(at).toISOString().replace(".000Z", "Z")),
        due,
      );
    });
  }
});
