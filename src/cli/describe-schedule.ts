// A whole schedule in plain words, and what a clock change does to one of its instants.
import type { ClockNote } from "../model/clock-note.ts";
import { parseCron } from "../model/parse-cron.ts";
import type { Rule, Schedule } from "../model/schedule.ts";
import { describeCron } from "./describe-cron.ts";
import { renderSchedule } from "./render-schedule.ts";
import { renderTime } from "./render-time.ts";

const mostRules = 4;

/** `at 02:30, Monday to Friday, Europe/Berlin`. `spreadBy`: the job's id, which decides `H`. */
export function describeSchedule(schedule: Schedule, spreadBy: string): string {
  const { rules, tz, startAt, endAt, jitterSec } = schedule;
  const bounds = [
    ...(startAt === undefined ? [] : [`from ${renderTime(startAt, tz)}`]),
    ...(endAt === undefined ? [] : [`until ${renderTime(endAt, tz)}`]),
    ...(jitterSec === undefined || jitterSec < 2 ? [] : [`each start put off by 0 to ${jitterSec - 1} s`]),
  ];
  const words = rules.slice(0, mostRules).map((rule) => describeRule(rule, tz, spreadBy));
  const more = rules.length > mostRules ? [`${rules.length - mostRules} more`] : [];
  return [[...words, ...more].join("; "), tz, ...bounds].join(", ");
}

function describeRule(rule: Rule, tz: string, spreadBy: string): string {
  const expression =
    rule.kind === "cron"
      ? rule.expression
      : rule.kind === "classic"
        ? `${rule.minute} ${rule.hour ?? "*"} * * *`
        : null;
  const parsed = expression === null ? null : parseCron(expression, spreadBy);
  return parsed !== null && "cron" in parsed ? describeCron(parsed.cron) : renderSchedule({ tz, rules: [rule] });
}

/** `02:30 does not exist: the clock goes from 02:00 to 03:00`. */
export function describeNote({ change, ...note }: ClockNote): string {
  const [from, to] = [change.at + change.before, change.at + change.after];
  const isOneDay = day(from) === day(to) && day(from) === day(note.local);
  const time = (local: number) =>
    new Date(local)
      .toISOString()
      .slice(isOneDay ? 11 : 0, 19)
      .replace("T", " ");
  const shown = (local: number) => time(local).replace(/:00$/, "");
  const changes = `the clock goes ${from < to ? "on" : "back"} from ${shown(from)} to ${shown(to)}`;
  if (note.kind === "moved") {
    const rest = note.coincides ? "; it falls together with another time that is due" : "";
    return `${shown(note.local)} does not exist: ${changes}${rest}`;
  }
  const left = note.kind === "first" && !note.both ? ", the second is left out" : "";
  return `${shown(note.local)} comes twice: ${changes}; this is the ${note.kind} time${left}`;
}

function day(local: number): number {
  return Math.floor(local / 86_400_000);
}
