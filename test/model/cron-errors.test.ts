// What is said of an expression that is refused: the field, what it may hold, what was found, what was probably meant.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseCron } from "../../src/model/parse-cron.ts";

function refusalsOf(expression: string): readonly string[] {
  const parsed = parseCron(expression, "");
  if ("cron" in parsed) return [];
  return parsed.refusals.map(
    ({ expected, got, hint }) => `expected ${expected}, got ${got}${hint === null ? "" : ` (${hint})`}`,
  );
}

const fieldCount =
  "expected 5 fields (minute, hour, day of month, month, day of week), or 6 with the second first, got";
const second = "expected a second 0-59, got";
const minute = "expected a minute 0-59, got";
const hour = "expected an hour 0-23, got";
const date = "expected a day of month 1-31, L, L-1 to L-30, LW or 1W to 31W, got";
const month = "expected a month 1-12 or JAN-DEC, got";
const weekday = "expected a day of week 0-7 or SUN-SAT, such as MON, FRI#2 (the second) or FRIL (the last), got";

const rows: readonly [expression: string, ...messages: string[]][] = [
  ["", `${fieldCount} nothing`],
  ["   ", `${fieldCount} nothing`],
  ["*/5", `${fieldCount} 1 field (did you mean "*/5 * * * *"?)`],
  ["30 9", `${fieldCount} 2 fields (did you mean "30 9 * * *"?)`],
  ["hello world", `${fieldCount} 2 fields`],
  ["0 0 9 * * MON 2026", `${fieldCount} 7 fields (years are not supported; start_at and end_at bound)`],
  ["* * * * * * * *", `${fieldCount} 8 fields`],

  ["60 * * * * *", `${second} "60" (the full minute is 0)`],
  ["60 * * * *", `${minute} "60" (the full hour is 0)`],
  ["61 * * * *", `${minute} "61"`],
  ["-1 * * * *", `${minute} "-1"`],
  ["1.5 * * * *", `${minute} "1.5"`],
  ["? * * * *", `${minute} "?" (did you mean "*"?)`],
  ["*5 * * * *", `${minute} "*5" (did you mean "*/5"?)`],
  ["1-70 * * * *", `${minute} "1-70"`],
  ["1-2-3 * * * *", `${minute} "1-2-3"`],
  ["H(5-70) * * * *", `${minute} "H(5-70)"`],
  ["0 24 * * *", `${hour} "24" (midnight is 0)`],
  ["0 9:30 * * *", `${hour} "9:30" (minute and hour are fields of their own: 30 9)`],
  ["0 9am * * *", `${hour} "9am"`],
  ["0 0 0 * *", `${date} "0" (the first day is 1, the last one L)`],
  ["0 0 32 * *", `${date} "32"`],
  ["0 0 L-31 * *", `${date} "L-31"`],
  ["0 0 L-0 * *", `${date} "L-0"`],
  ["0 0 32W * *", `${date} "32W"`],
  ["0 0 1-5W * *", `${date} "1-5W"`],
  ["0 0 1 0 *", `${month} "0" (January is 1)`],
  ["0 0 1 13 *", `${month} "13"`],
  ["0 0 1 JANUARY *", `${month} "JANUARY" (did you mean "JAN"?)`],
  ["0 0 1 Jam *", `${month} "Jam" (did you mean "JAN"?)`],
  ["0 0 * * 8", `${weekday} "8" (Monday is 1, Sunday 0 or 7)`],
  ["0 0 * * MOM", `${weekday} "MOM" (did you mean "MON"?)`],
  ["0 0 * * MON-FIR", `${weekday} "MON-FIR" (did you mean "FRI"?)`],
  ["0 0 * * friday", `${weekday} "friday" (did you mean "FRI"?)`],
  ["0 0 * * FRI#6", `${weekday} "FRI#6" (a month has a weekday up to 5 times: FRI#1 to FRI#5)`],
  ["0 0 * * L", `${weekday} "L" (FRIL is the last Friday; L alone is a day of month)`],

  ["0 0 * * JAN", `${weekday} "JAN" (JAN is a month, the field before the last)`],
  ["0 0 * * LW", `${weekday} "LW" (LW is a day of month, the field before the month)`],
  ["0 0 FRI#2 * *", `${date} "FRI#2" (FRI is a day of week, the last field)`],
  ["9 30 * * *", `${hour} "30" (did you mean "30 9 * * *"?)`],
  ["30 9 * * MON 0", `${month} "MON" (did you mean "0 30 9 * * MON"?)`],
  ["0 9 * * MON *", `${month} "MON" (did you mean "0 9 * * MON"?)`],
  ["MON * * 9 30", `${minute} "MON" (did you mean "30 9 * * MON"?)`, `${weekday} "30" (Monday is 1, Sunday 0 or 7)`],
  ["0 0 9 1 1 2026", `${weekday} "2026" (years are not supported; start_at and end_at bound a schedule)`],

  ["1,,2 * * * *", `${minute} nothing between commas (take the comma away)`],
  ["5/20 * * * *", 'expected a range before the / (minute), got "5/20" (did you mean "5-59/20" or "*/20"?)'],
  ["0 0 * * MON/2", 'expected a range before the / (day of week), got "MON/2" (did you mean "MON-6/2" or "*/2"?)'],
  ["*/0 * * * *", 'expected a step 1-60 after the / (minute), got "*/0" (a step is at least 1)'],
  ["*/90 * * * *", 'expected a step 1-60 after the / (minute), got "*/90" (for longer intervals use every_sec)'],
  ["0 0 1/2/3 * *", 'expected a step 1-31 after the / (day of month), got "1/2/3"'],
  ["*/ * * * *", 'expected a step 1-60 after the / (minute), got "*/"'],
  ["0 22-2 * * *", 'expected a range that goes up (hour), got "22-2" (did you mean "22-23,0-2" or "2-22"?)'],
  ["0 0 * * 6-2", 'expected a range that goes up (day of week), got "6-2" (did you mean "SAT-TUE"?)'],
  ["0 0 1 11-2 *", 'expected a range that goes up (month), got "11-2" (did you mean "NOV-FEB"?)'],
  ["H(15-5) * * * *", 'expected a range that goes up (minute), got "H(15-5)" (did you mean "H(5-15)"?)'],

  ...["30", "31", "L-29", "30W", "30-31"].map((day): [string, string] => [
    `0 0 ${day} 2 *`,
    `expected a day of month that comes in month 2, got "${day}" (L is the last day of a month, whatever its length)`,
  ]),
  [
    "0 0 31W 4,6,SEP,11 *",
    'expected a day of month that comes in month 4,6,SEP,11, got "31W" (L is the last day of a month, whatever its length)',
  ],
  [
    "0 0 */2 * MON",
    'expected a day of month without * before its step, as the day of week is restricted too, got "*/2" (for days that either field means: 1-31/2)',
  ],
  [
    "0 0 1 * */2",
    'expected a day of week without * before its step, as the day of month is restricted too, got "*/2" (for days that either field means: 0-6/2)',
  ],

  ["@hourli", hintedNickname("@hourli", 'did you mean "@hourly"?')],
  ["@every 5m", hintedNickname("@every 5m", "use every_sec")],
  ["@reboot", hintedNickname("@reboot", "a job follows a clock, not the start of a machine")],
  ["CRON_TZ=UTC 0 0 * * *", 'expected no zone in the expression, got "CRON_TZ=UTC 0 0 * * *" (write it into tz)'],
];

function hintedNickname(got: string, hint: string): string {
  return `expected @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, got "${got}" (${hint})`;
}

describe("a cron expression is refused:", () => {
  for (const [expression, ...messages] of rows) {
    test(JSON.stringify(expression), () => assert.deepEqual(refusalsOf(expression), messages));
  }

  test("with all wrong fields at once", () => {
    assert.equal(refusalsOf("60 24 32 13 8").length, 5);
  });
});

const filled = (unit: string) => unit.repeat(256).slice(0, 256);
const hostile: readonly string[] = [
  ...["*", ",", "/", "-", "#", "?", "(", "H(", "L", "W", "LW,", "1,", "*/1,", "0-59,", "MOM,", "MON-", "@", " *"],
  ...["\0 ", "\n", "\t", "\u00a0", "\u202e", "\u{1f600}", "\ud800", "%", "\\", '"', "$&", "{{", "__proto__ "],
].map(filled);

describe("no input does harm:", () => {
  for (const text of [...hostile, ...hostile.map((unit) => `0 0 ${unit.slice(0, 240)} * *`)]) {
    test(`256 characters of ${JSON.stringify(text.slice(0, 12))}`, () => {
      const parsed = parseCron(text, "");
      if ("cron" in parsed) return assert.ok(parsed.cron.fields.every(({ values }) => values.length <= 60));
      assert.ok(parsed.refusals.length >= 1 && parsed.refusals.length <= 6, "one refusal a field at most");
      for (const message of refusalsOf(text)) {
        assert.ok(message.length <= 700, "short enough for a log line");
        assert.doesNotMatch(message, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }
    });
  }

  test("what is longer than 256 characters is not looked at", () => {
    const long = `${"*/5 * * * *".padEnd(257)}`;
    assert.deepEqual(refusalsOf(long), ["expected at most 256 characters, got 257 characters"]);
    assert.deepEqual(refusalsOf("*".repeat(50_000_000)), ["expected at most 256 characters, got 50000000 characters"]);
    assert.deepEqual(refusalsOf("*/5 * * * *".padEnd(256)), []);
  });
});
