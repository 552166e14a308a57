// Broken fields of the job itself: identity, schedule, fields that don't exist.
import { Decimal128, Long } from "mongodb";
import { type BrokenJob, broken } from "./broken-job.ts";

export const brokenDefinitions: readonly BrokenJob[] = [
  broken("no name", { name: undefined }, "name: expected the job's name, got nothing"),
  broken("empty name", { name: "" }, 'name: expected a text of 1-200 characters without control characters, got ""'),
  broken(
    "name with a line break",
    { name: "a\nb" },
    'name: expected a text of 1-200 characters without control characters, got "a\\nb"',
  ),
  broken("numeric name", { name: 7 }, "name: expected a text of 1-200 characters without control characters, got 7"),
  broken(
    "fractional _id",
    { _id: 9.7 },
    "_id: expected an ObjectId, a text of 1-200 characters, a UUID or a whole number, got 9.7",
  ),
  broken(
    "null _id",
    { _id: null },
    "_id: expected an ObjectId, a text of 1-200 characters, a UUID or a whole number, got null",
  ),

  broken(
    "no schedule",
    { hour: undefined },
    "hour: expected a schedule: hour and minute, cron, every_sec, at or schedules, got nothing",
  ),
  broken("hour out of range", { hour: 24 }, "hour: expected a whole number 0-23 or null, got 24"),
  broken("negative hour", { hour: -1 }, "hour: expected a whole number 0-23 or null, got -1"),
  broken("fractional hour", { hour: 9.7 }, "hour: expected a whole number 0-23 or null, got 9.7"),
  broken("NaN hour", { hour: Number.NaN }, "hour: expected a whole number 0-23 or null, got NaN"),
  broken(
    "infinite hour",
    { hour: Number.POSITIVE_INFINITY },
    "hour: expected a whole number 0-23 or null, got Infinity",
  ),
  broken(
    "Decimal128 hour",
    { hour: Decimal128.fromString("9") },
    "hour: expected a whole number 0-23 or null, got Decimal128 9",
  ),
  broken(
    "Long hour beyond every number",
    { hour: Long.MAX_VALUE },
    "hour: expected a whole number 0-23 or null, got Long 9223372036854775807",
  ),
  broken("list of hours", { hour: [0, 12] }, "hour: expected a whole number 0-23 or null, got a list"),
  broken("hour in words", { hour: "nine" }, 'hour: expected a whole number 0-23 or null, got "nine"'),
  broken("hour as a text out of range", { hour: "25" }, 'hour: expected a whole number 0-23 or null, got "25"'),
  broken("hour as a clock time", { hour: "09:30" }, 'hour: expected a whole number 0-23 or null, got "09:30"'),
  broken("hour true", { hour: true }, "hour: expected a whole number 0-23 or null, got true"),
  broken(
    "minute null",
    { minute: null },
    "minute: expected a whole number 0-59, got null (leave it out for minute 0; for every minute write every_sec: 60)",
  ),
  broken("minute out of range", { minute: 60 }, "minute: expected a whole number 0-59, got 60"),
  broken(
    "minute as a cron field",
    { minute: "*/5" },
    'minute: expected a whole number 0-59, got "*/5" (write "cron": "*/5 * * * *" instead)',
  ),
  broken(
    "hour as a cron field",
    { hour: "9-17" },
    'hour: expected a whole number 0-23 or null, got "9-17" (write "cron": "0 9-17 * * *" instead)',
  ),
  broken("every_sec 0", { every_sec: 0 }, "every_sec: expected a whole number 1-31536000, got 0"),
  broken(
    "every_sec in quotes",
    { every_sec: "30" },
    'every_sec: expected a whole number 1-31536000, got "30" (write it without quotes)',
  ),
  broken(
    "at without an offset",
    { at: "2026-08-01T09:00:00" },
    'at: expected a date, or a text such as 2026-08-01T09:00:00Z or 2026-08-01T09:00:00+02:00, got "2026-08-01T09:00:00"',
  ),
  broken(
    "at on 30 February",
    { at: "2026-02-30T09:00:00Z" },
    'at: expected a date, or a text such as 2026-08-01T09:00:00Z or 2026-08-01T09:00:00+02:00, got "2026-02-30T09:00:00Z"',
  ),
  broken(
    "at as a number",
    { at: 1_785_574_800_000 },
    "at: expected a date, or a text such as 2026-08-01T09:00:00Z or 2026-08-01T09:00:00+02:00, got 1785574800000",
  ),
  broken("empty schedules", { schedules: [] }, "schedules: expected a list of 1-1000 schedules, got an empty list"),
  broken(
    "schedules as an object",
    { schedules: { hour: 9 } },
    "schedules: expected a list of 1-1000 schedules, got an object",
  ),
  broken(
    "empty entry in schedules",
    { schedules: [{ hour: 9 }, {}] },
    "schedules[1]: expected a schedule: hour and minute, cron, every_sec or at, got an empty object",
  ),
  broken(
    "broken hour in schedules",
    { schedules: [{ hour: 9 }, { hour: 99 }] },
    "schedules[1].hour: expected a whole number 0-23 or null, got 99",
  ),
  broken(
    "two kinds in one entry of schedules",
    { schedules: [{ hour: 9, every_sec: 60 }] },
    "schedules[0]: expected one kind of schedule in each entry, got 2 kinds",
  ),
  broken(
    "zone in an entry of schedules",
    { schedules: [{ hour: 9, tz: "UTC" }] },
    "schedules[0].tz: expected no such field, got a text (it belongs into the job itself: all its schedules share it)",
  ),
  broken(
    "cron expression in schedules",
    { schedules: ["0 3 * * *"] },
    'schedules[0]: expected an object such as {"hour": 9, "minute": 30}, got "0 3 * * *" (a cron expression is written {"cron": "0 3 * * *"})',
  ),
  broken(
    "misspelt zone",
    { tz: "Europe/Berln" },
    'tz: expected a time zone such as Europe/Berlin or UTC, got "Europe/Berln" (did you mean "Europe/Berlin"?)',
  ),
  broken("offset as a zone", { tz: "+09:00" }, 'tz: expected a time zone such as Europe/Berlin or UTC, got "+09:00"'),

  broken(
    "cron out of range in two fields",
    { hour: undefined, cron: "60 24 * * *" },
    'cron: expected a minute 0-59, got "60" (the full hour is 0)',
    'cron: expected an hour 0-23, got "24" (midnight is 0)',
  ),
  broken("cron as a number", { cron: 5 }, "cron: expected a text, got 5"),
  broken(
    "broken cron in schedules",
    { schedules: [{ cron: "0 3 * * *" }, { cron: "0 3 * * MOM" }] },
    'schedules[1].cron: expected a day of week 0-7 or SUN-SAT, such as MON, FRI#2 (the second) or FRIL (the last), got "MOM" (did you mean "MON"?)',
  ),
  broken(
    "bounds that leave nothing",
    { cron: "0 0 1 1 *", hour: undefined, start_at: "2026-02-01T00:00:00Z", end_at: "2026-03-01T00:00:00Z" },
    'end_at: expected an instant after start_at that leaves the schedule some time to be due, got "2026-03-01T00:00:00Z"',
  ),
  broken(
    "at after end_at",
    { at: "2026-02-01T00:00:00Z", hour: undefined, end_at: "2026-01-01T00:00:00Z" },
    'end_at: expected an instant at which the schedule has begun, got "2026-01-01T00:00:00Z"',
  ),
  broken(
    "at before start_at",
    { at: "2026-02-01T00:00:00Z", hour: undefined, start_at: "2026-03-01T00:00:00Z" },
    'start_at: expected an instant up to which the schedule is not over, got "2026-03-01T00:00:00Z"',
  ),
  broken(
    "start_at in words",
    { start_at: "tomorrow" },
    'start_at: expected a date, or a text such as 2026-08-01T09:00:00Z or 2026-08-01T09:00:00+02:00, got "tomorrow"',
  ),
  broken("jitter_sec below 0", { jitter_sec: -1 }, "jitter_sec: expected a whole number 0-86400, got -1"),
  broken(
    "jitter_sec in an entry of schedules",
    { schedules: [{ hour: 9, jitter_sec: 5 }] },
    "schedules[0].jitter_sec: expected no such field, got 5 (it belongs into the job itself: all its schedules share it)",
  ),
  broken(
    "notifications of odd kinds",
    {
      notify: { channels: ["ops", "o p s", 7], after: 0, on: ["fails"], slow_sec: "60", chanels: [] },
      ping_url: "ping",
    },
    'notify.chanels: expected no such field, got an empty list (did you mean "channels"?)',
    'notify.channels[1]: expected the name of a channel of the config\'s notify, got "o p s"',
    "notify.channels[2]: expected the name of a channel of the config's notify, got 7",
    "notify.after: expected a whole number 1-1000, got 0",
    'notify.on[0]: expected one of "failed", "recovered", "missed", "lost", "slow", got "fails"',
    'notify.slow_sec: expected a number above 0, at most 604800, got "60" (write it without quotes)',
    'ping_url: expected a url that begins with http://, https:// or a template, got "ping"',
  ),
  broken(
    "a channel without a list",
    { notify: "ops" },
    'notify: expected a list of channels, or an object such as {"channels": ["ops"], "after": 3}, got "ops"',
  ),
  broken("deadline_sec of 0", { deadline_sec: 0 }, "deadline_sec: expected a whole number 1-604800, got 0"),
  broken("deadline_sec null", { deadline_sec: null }, "deadline_sec: expected a whole number 1-604800, got null"),
  broken("on_crash of another word", { on_crash: "again" }, 'on_crash: expected "retry" or "fail", got "again"'),
  broken("catch_up true", { catch_up: true }, 'catch_up: expected "none", "last" or "all", got true'),
  broken("catch_up null", { catch_up: null }, 'catch_up: expected "none", "last" or "all", got null'),
  broken(
    "catch_up all where runs may not overlap",
    { catch_up: "all" },
    'catch_up: expected "all" only beside overlap: "allow", got "all"',
  ),
  broken("misspelt minute", { minutes: 30 }, 'minutes: expected no such field, got 30 (did you mean "minute"?)'),
  broken(
    "timeout without its unit",
    { timeout: 30 },
    'timeout: expected no such field, got 30 (did you mean "timeout_sec"?)',
  ),
  broken("unknown field", { colour: "red" }, "colour: expected no such field, got a text"),
  broken("retries beside retry", { retries: 3 }, "retries: expected no such field, got 3 (it belongs into retry)"),
  broken("enabled as a text", { enabled: "false" }, 'enabled: expected true or false, got "false"'),
  broken("enabled as a number", { enabled: 0 }, "enabled: expected true or false, got 0"),
  broken("unknown overlap", { overlap: "queue" }, 'overlap: expected "skip" or "allow", got "queue"'),
  broken(
    "negative start_grace_sec",
    { start_grace_sec: -1 },
    "start_grace_sec: expected a whole number of at least 0, got -1",
  ),
  broken("description as an object", { description: {} }, "description: expected a text, got an empty object"),
];
