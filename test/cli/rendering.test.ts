import assert from "node:assert/strict";
import { test } from "node:test";
import { Binary, Decimal128, Double, Int32, Long, ObjectId, UUID } from "mongodb";
import { jsonDocument } from "../../src/cli/json-document.ts";
import { readSince } from "../../src/cli/read-option.ts";
import { renderReport } from "../../src/cli/render-report.ts";
import { renderSchedule } from "../../src/cli/render-schedule.ts";
import { listed, printable } from "../../src/cli/render-text.ts";
import { renderAge, renderDuration, renderTime } from "../../src/cli/render-time.ts";
import { renderZoneData } from "../../src/cli/show-status.ts";

test("ages use one unit, durations two", () => {
  const ages = [0, 999, 3_400, 61_000, 7_200_000, 200_000_000, -90_000].map(renderAge);
  assert.deepEqual(ages, ["just now", "just now", "3 s ago", "1 min ago", "2 h ago", "2 d ago", "in 1 min"]);
  const durations = [0.4, 812, 3_270, 12_000, 125_000, 7_200_000, 273_600_000].map(renderDuration);
  assert.deepEqual(durations, ["0 ms", "812 ms", "3.2 s", "12 s", "2 min 5 s", "2 h", "3 d 4 h"]);
});

test("times are shown in the zone that is asked for, and a value that is none as -", () => {
  const at = new Date("2026-07-31T07:00:05Z");
  assert.equal(renderTime(at, "Europe/Berlin"), "2026-07-31 09:00:05");
  assert.equal(renderTime(at.getTime(), "UTC"), "2026-07-31 07:00:05");
  assert.deepEqual(
    [null, "2026", Number.NaN, new Date(Number.NaN)].map((value) => renderTime(value)),
    ["-", "-", "-", "-"],
  );
});

test("--since counts back from now, or takes an ISO time", () => {
  const now = Date.parse("2026-07-31T12:00:00Z");
  const since = (value: string) => readSince(value, now).toISOString();
  assert.deepEqual(["90s", "30m", "30min", "1h", "2d", "2026-01-31T12:00:00+01:00"].map(since), [
    "2026-07-31T11:58:30.000Z",
    "2026-07-31T11:30:00.000Z",
    "2026-07-31T11:30:00.000Z",
    "2026-07-31T11:00:00.000Z",
    "2026-07-29T12:00:00.000Z",
    "2026-01-31T11:00:00.000Z",
  ]);
  assert.equal(readSince("2026-01-31", now).getTime(), new Date(2026, 0, 31).getTime());
});

test("documents become plain JSON: ids as hex, dates as ISO text, every number as a number", () => {
  const id = new ObjectId("665000000000000000000001");
  const uuid = new UUID("aabbccdd-0011-4000-8000-000000000001");
  const document = {
    ...{ id, uuid, at: new Date(0), never: new Date(Number.NaN), none: null },
    numbers: [new Int32(1), new Double(1.5), Long.fromNumber(2), Number.NaN],
    other: [Decimal128.fromString("1.5"), new Binary(Buffer.from("ab")), /x/],
    nested: { deep: [{ id }] },
  };
  assert.deepEqual(JSON.parse(JSON.stringify(jsonDocument(document))), {
    ...{ id: id.toHexString(), uuid: uuid.toHexString(), at: "1970-01-01T00:00:00.000Z", never: null, none: null },
    numbers: [1, 1.5, 2, "NaN"],
    other: [{ $numberDecimal: "1.5" }, "YWI=", "/x/"],
    nested: { deep: [{ id: id.toHexString() }] },
  });
});

test("texts from outside cannot control a terminal", () => {
  assert.equal(printable("a\u001b[31mb\nc\u0085"), "a\\x1b[31mb\\x0ac\\x85");
  assert.equal(listed(["a", "b\n", "c", "d"], 2), "a, b\\x0a and 2 more");
});

test("texts from outside cannot turn a line around or hide in it, and what emoji and scripts need stays", () => {
  const bidirectional = [
    0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069,
  ];
  const unseen = [0x00ad, 0x034f, 0x115f, 0x200b, 0x2028, 0x2029, 0x2060, 0x3164, 0xfeff, 0xfff9, 0xe0041];
  for (const code of [...bidirectional, ...unseen, 0x200c, 0x200d, 0xfe0f]) {
    const shown = printable(`a${String.fromCodePoint(code)}b`);
    assert.match(shown, /^a\\(x[0-9a-f]{2}|u[0-9a-f]{4}|u\{[0-9a-f]{5}\})b$/);
    assert.equal(Number.parseInt(shown.replace(/[^0-9a-f]/g, "").slice(1, -1), 16), code);
  }
  for (const text of ["👩🏽‍🚒 ❤️", "می‌خواهم", "क्‍ष", "שלום", "zürich 東京 e\u0301"]) assert.equal(printable(text), text);
});

test("schedules are told in a few words", () => {
  const classic = { kind: "classic", hour: 9, minute: 5 } as const;
  const rules = [classic, { ...classic, hour: null }, { kind: "every", everySec: 30 } as const, classic];
  assert.equal(renderSchedule({ tz: "UTC", rules }), "daily 09:05, hourly :05, every 30 s");
  const once = { kind: "once", at: Date.parse("2030-01-01T00:00:00Z") } as const;
  assert.equal(renderSchedule({ tz: "Asia/Seoul", rules: [once] }), "once 2030-01-01 09:00:00");
});

test("live machines that differ in their zone data are told apart, others are left out", () => {
  const machine = (hostname: string, tzdata: string, age_ms: number | null = 100) => ({
    ...{ machine_id: `${hostname}-id`, hostname, tzdata, age_ms, state: "active" as const },
  });
  const alike = [machine("a", "2026a"), machine("b", "2026a"), machine("dead", "2020a", 60_000)];
  assert.deepEqual(renderZoneData(alike, 10), []);
  assert.deepEqual(renderZoneData([...alike, machine("c", "2026c"), machine("d", "2026c")], 10), [
    "live agents differ in their time zone data: 2026a on a, b; 2026c on c, d",
    "",
  ]);
});

test("a reload's report names what changed, counts what it leaves out, and survives any content", () => {
  const none = { added: [], changed: [], removed: [], invalid: [] };
  assert.equal(renderReport(none), ": nothing changed");
  assert.equal(renderReport({ ...none, added: ["a", "b"], added_count: 22 }), ": added a, b and 20 more");
  assert.equal(
    renderReport({ notes: ["log changed: it counts after a restart"] }),
    ": log changed: it counts after a restart",
  );
  assert.deepEqual([undefined, null, 5, "x", {}, { added: 5 }].map(renderReport), ["", "", "", "", "", ""]);
});
