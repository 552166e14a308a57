import { expressionTable } from "./expression-table.ts";
import { long } from "./probes.ts";

export const dates = expressionTable("date expressions", {
  $dateAdd: [
    [{ $dateAdd: { startDate: "$date", unit: "day", amount: 20 } }, "Date(2024-04-04T13:45:30.250Z)"],
    [
      { $dateAdd: { startDate: new Date("2024-01-31T00:00:00Z"), unit: "month", amount: 1 } },
      "Date(2024-02-29T00:00:00.000Z)",
    ],
    [
      { $dateAdd: { startDate: new Date("2024-03-30T12:00:00Z"), unit: "day", amount: 1, timezone: "Europe/Berlin" } },
      "Date(2024-03-31T11:00:00.000Z)",
    ],
    [{ $dateAdd: { startDate: "$nothing", unit: "day", amount: 1 } }, "null"],
    [{ $dateAdd: { startDate: "$date", unit: "fortnight", amount: 1 } }, "refused 9"],
    [{ $dateAdd: { startDate: "$text", unit: "day", amount: 1 } }, "refused 5166403"],
  ],
  $dateDiff: [
    [{ $dateDiff: { startDate: "$date", endDate: "$later", unit: "day" } }, "Long(291)"],
    [{ $dateDiff: { startDate: "$date", endDate: "$later", unit: "month" } }, "Long(9)"],
    [{ $dateDiff: { startDate: "$date", endDate: "$later", unit: "week", startOfWeek: "monday" } }, "Long(42)"],
    [{ $dateDiff: { startDate: "$date", endDate: "$missing", unit: "day" } }, "null"],
  ],
  $dateFromParts: [
    [{ $dateFromParts: { year: 2024, month: 2, day: 29, hour: 5 } }, "Date(2024-02-29T05:00:00.000Z)"],
    [{ $dateFromParts: { year: 2024, month: 14, day: 1 } }, "Date(2025-02-01T00:00:00.000Z)"],
    [{ $dateFromParts: { isoWeekYear: 2024, isoWeek: 1, isoDayOfWeek: 1 } }, "Date(2024-01-01T00:00:00.000Z)"],
    [{ $dateFromParts: { year: 2024, month: 7, timezone: "America/New_York" } }, "Date(2024-07-01T04:00:00.000Z)"],
    [{ $dateFromParts: { year: "$nothing" } }, "null"],
    [{ $dateFromParts: { year: "$text" } }, "refused 40515"],
  ],
  $dateFromString: [
    [{ $dateFromString: { dateString: "2024-02-08T12:10:40.787Z" } }, "Date(2024-02-08T12:10:40.787Z)"],
    [{ $dateFromString: { dateString: "2024-02-08" } }, "Date(2024-02-08T00:00:00.000Z)"],
    [{ $dateFromString: { dateString: "08/02/2024", format: "%d/%m/%Y" } }, "Date(2024-02-08T00:00:00.000Z)"],
    [{ $dateFromString: { dateString: "2024-02-08", timezone: "America/New_York" } }, "Date(2024-02-08T05:00:00.000Z)"],
    [{ $dateFromString: { dateString: "no date" } }, "refused 241"],
    [{ $dateFromString: { dateString: "no date", onError: "bad" } }, '"bad"'],
    [{ $dateFromString: { dateString: "$nothing", onNull: "none" } }, '"none"'],
  ],
  $dateSubtract: [
    [{ $dateSubtract: { startDate: "$date", unit: "hour", amount: 20 } }, "Date(2024-03-14T17:45:30.250Z)"],
    [
      { $dateSubtract: { startDate: new Date("2024-03-31T00:00:00Z"), unit: "month", amount: 1 } },
      "Date(2024-02-29T00:00:00.000Z)",
    ],
    [{ $dateSubtract: { startDate: "$missing", unit: "hour", amount: 1 } }, "null"],
  ],
  $dateToParts: [
    [
      { $dateToParts: { date: "$date" } },
      "{ year: 2024, month: 3, day: 15, hour: 13, minute: 45, second: 30, millisecond: 250 }",
    ],
    [
      { $dateToParts: { date: "$date", timezone: "+05:30" } },
      "{ year: 2024, month: 3, day: 15, hour: 19, minute: 15, second: 30, millisecond: 250 }",
    ],
    [
      { $dateToParts: { date: "$date", iso8601: true } },
      "{ isoWeekYear: 2024, isoWeek: 11, isoDayOfWeek: 5, hour: 13, minute: 45, second: 30, millisecond: 250 }",
    ],
    [{ $dateToParts: { date: "$nothing" } }, "null"],
  ],
  $dateToString: [
    [{ $dateToString: { date: "$date" } }, '"2024-03-15T13:45:30.250Z"'],
    [
      { $dateToString: { date: "$date", format: "%Y-%m-%d %H:%M:%S.%L %j %u %U %V %G %w %z %Z %%" } },
      '"2024-03-15 13:45:30.250 075 5 10 11 2024 6 +0000 0 %"',
    ],
    [{ $dateToString: { date: "$date", format: "%H:%M", timezone: "Europe/Berlin" } }, '"14:45"'],
    [{ $dateToString: { date: "$nothing" } }, "null"],
    [{ $dateToString: { date: "$nothing", onNull: "never" } }, '"never"'],
    [{ $dateToString: { date: "$text" } }, "refused 16006"],
    [{ $dateToString: { date: "$date", format: "%Q" } }, "refused 18536"],
    [{ $dateToString: { date: "$date", timezone: "Mars/Olympus" } }, "refused 40485"],
  ],
  $dateTrunc: [
    [{ $dateTrunc: { date: "$date", unit: "hour" } }, "Date(2024-03-15T13:00:00.000Z)"],
    [{ $dateTrunc: { date: "$date", unit: "month" } }, "Date(2024-03-01T00:00:00.000Z)"],
    [{ $dateTrunc: { date: "$date", unit: "week", startOfWeek: "monday" } }, "Date(2024-03-11T00:00:00.000Z)"],
    [{ $dateTrunc: { date: "$date", unit: "minute", binSize: 20 } }, "Date(2024-03-15T13:40:00.000Z)"],
    [{ $dateTrunc: { date: "$nothing", unit: "hour" } }, "null"],
  ],
  $dayOfMonth: [
    [{ $dayOfMonth: "$date" }, "15"],
    [{ $dayOfMonth: { date: "$later", timezone: "Europe/Berlin" } }, "1"],
    [{ $dayOfMonth: "$nothing" }, "null"],
    [{ $dayOfMonth: "$text" }, "refused 16006"],
    [{ $dayOfMonth: "$id" }, "12"],
    [{ $dayOfMonth: "$stamp" }, "14"],
  ],
  $dayOfWeek: [[{ $dayOfWeek: "$date" }, "6"]],
  $dayOfYear: [[{ $dayOfYear: "$date" }, "75"]],
  $hour: [
    [{ $hour: "$date" }, "13"],
    [{ $hour: { date: "$date", timezone: "-08:00" } }, "5"],
  ],
  $isoDayOfWeek: [[{ $isoDayOfWeek: "$date" }, "5"]],
  $isoWeek: [
    [{ $isoWeek: "$date" }, "11"],
    [{ $isoWeek: "$later" }, "1"],
  ],
  $isoWeekYear: [[{ $isoWeekYear: "$later" }, "Long(2025)"]],
  $millisecond: [[{ $millisecond: "$date" }, "250"]],
  $minute: [[{ $minute: "$date" }, "45"]],
  $month: [
    [{ $month: "$date" }, "3"],
    [{ $month: "$missing" }, "null"],
    [{ $month: 5 }, "refused 16006"],
  ],
  $second: [[{ $second: "$date" }, "30"]],
  $week: [[{ $week: "$date" }, "10"]],
  $year: [
    [{ $year: "$date" }, "2024"],
    [{ $year: { date: "$later", timezone: "+01:00" } }, "2025"],
  ],
  $toDate: [
    [{ $toDate: long("1700000000000") }, "Date(2023-11-14T22:13:20.000Z)"],
    [{ $toDate: "2024-02-08T12:10:40.787Z" }, "Date(2024-02-08T12:10:40.787Z)"],
    [{ $toDate: "$id" }, "Date(2024-03-12T18:40:50.000Z)"],
    [{ $toDate: "$stamp" }, "Date(2023-11-14T22:13:20.000Z)"],
    [{ $toDate: "$missing" }, "null"],
    [{ $toDate: "$int" }, "refused 241"],
    [{ $toDate: "$yes" }, "refused 241"],
    [{ $toDate: "nonsense" }, "refused 241"],
  ],
  $tsIncrement: [
    [{ $tsIncrement: "$stamp" }, "Long(7)"],
    [{ $tsIncrement: "$date" }, "refused 5687302"],
  ],
  $tsSecond: [
    [{ $tsSecond: "$stamp" }, "Long(1700000000)"],
    [{ $tsSecond: null }, "null"],
  ],
});
