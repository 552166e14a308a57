// Ways to break the schedule engine.
import type { Mutant } from "./source-copy.ts";

const pattern = "model/cron-pattern.ts";
const days = "model/cron-days.ts";
const search = "model/cron-search.ts";
const zone = "model/zone-offset.ts";
const next = "model/cron-next.ts";
const schedule = "model/schedule.ts";

export const mutants: readonly Mutant[] = [
  {
    title: "seconds are one too late",
    file: search,
    from: "hour * 3600 + minute * 60 + second;",
    to: "hour * 3600 + minute * 60 + second + 1;",
  },
  {
    title: "the first second of another minute is forgotten",
    file: search,
    from: "if (allowedMinute !== minute) second = nextSecond[0] as number;",
    to: "",
  },
  {
    title: "minutes are one too early",
    file: pattern,
    from: "nextTable(minute.values, 60)",
    to: "nextTable(minute.values.map((minute) => (minute + 59) % 60), 60)",
  },
  {
    title: "hours are one too late",
    file: pattern,
    from: "nextTable(hour.values, 24)",
    to: "nextTable(hour.values.map((hour) => (hour + 1) % 24), 24)",
  },
  {
    title: "days of month are one too late",
    file: pattern,
    from: "days: bitsOf(dayOfMonth.values, 1)",
    to: "days: bitsOf(dayOfMonth.values, 0)",
  },
  { title: "months are one too late", file: pattern, from: "bitsOf(month.values, 1)", to: "bitsOf(month.values, 0)" },
  {
    title: "days of week are one too late",
    file: days,
    from: "rule.days >> firstWeekday",
    to: "rule.days >> (firstWeekday + 1)",
  },
  {
    title: "both day fields must hold",
    file: days,
    from: "return (byDate | byWeekday) & all;",
    to: "return (dayOfMonth && dayOfWeek ? byDate & byWeekday : byDate | byWeekday) & all;",
  },
  {
    title: "L is the last day but one",
    file: days,
    from: "month.length - 1 - before",
    to: "month.length - 2 - before",
  },
  {
    title: "1W goes back into the month before",
    file: days,
    from: "day > 1 ? day - 1 : day + 2",
    to: "day > 1 ? day - 1 : day",
  },
  {
    title: "31W goes on into the next month",
    file: days,
    from: "day < length ? day + 1 : day - 2",
    to: "day < length ? day + 1 : day",
  },
  { title: "FRI#2 is the third one", file: days, from: "7 * (nth - 1)", to: "7 * nth" },
  { title: "2100 is a leap year", file: search, from: "(year % 100 !== 0 || year % 400 === 0)", to: "true" },
  {
    title: "the search gives up after four years",
    file: search,
    from: "longestWaitYears = 41",
    to: "longestWaitYears = 4",
  },
  {
    title: "a gap shifts back instead of on",
    file: zone,
    from: "return { instant: first, gap: recentChange(tz, first) };",
    to: "return { instant: second, gap: recentChange(tz, first) };",
  },
  {
    title: "the second pass is taken",
    file: zone,
    from: "if (earlier === later || offsetAt(tz, first) === earlier)",
    to: "if (earlier === later || (offsetAt(tz, first) === earlier && offsetAt(tz, localMs - later) !== later))",
  },
  {
    title: "offsets of one time are taken for another",
    file: zone,
    from: "const known = zone.buckets.get(key);",
    to: "const known = zone.buckets.get(key) ?? zone.buckets.get(key - 1);",
  },
  {
    title: "times of the gap are lost once the clock has gone on",
    file: next,
    from: "shifted = inGap - change.before;",
    to: "shifted = null;",
  },
  {
    title: "what the first pass showed comes again after it",
    file: next,
    from: "from = Math.max(from, change.at + change.before);",
    to: "",
  },
  {
    title: "shifted times go before those the clock shows",
    file: next,
    from: "afterGap === null ? instant : Math.min(instant, localToInstant(tz, afterGap).instant)",
    to: "instant",
  },
  {
    title: "a sparse schedule leaps over the second pass",
    file: next,
    from: "until - after < 2 * dayMs ? until : Math.max(until, instant - 2 * dayMs)",
    to: "Math.max(until, instant - 2 * dayMs)",
  },
  {
    title: "schedules of all hours follow the wall clock",
    file: pattern,
    from: "hour.values.length === 24",
    to: "false",
  },
  {
    title: "patterns are cached without their days",
    file: "model/parse-cron.ts",
    from: "JSON.stringify(fields.map(",
    to: "JSON.stringify(fields.slice(0, 3).map(",
  },
  {
    title: "what one job's H decided holds for all",
    file: "model/parse-cron.ts",
    from: '"cron" in found && !/(^|[\\s,])H/i.test(text)',
    to: '"cron" in found',
  },
  {
    title: "ranges of names do not go around",
    file: "model/cron-draft.ts",
    from: "from <= to ? to : to + field.size",
    to: "to",
  },
  { title: "the last instant is left out", file: schedule, from: "first > endAt", to: "first >= endAt" },
  { title: "the first instant is left out", file: schedule, from: "? startAt - 1 : after", to: "? startAt : after" },
  {
    title: "every_sec is due twice",
    file: schedule,
    from: "(Math.floor(after / stepMs) + 1) * stepMs",
    to: "Math.ceil(after / stepMs) * stepMs",
  },
  {
    title: "a reload keeps the times of a changed schedule",
    file: "agent/job-catalog.ts",
    from: "old?.enabled && isSameSchedule(old.schedule, job.schedule)",
    to: "old?.enabled",
  },
];
