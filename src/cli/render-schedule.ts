// A schedule in a few words.
import type { Rule, Schedule } from "../model/schedule.ts";
import { renderTime } from "./render-time.ts";

/** `daily 09:00, hourly :30`; times are in the schedule's zone, which the caller shows. */
export function renderSchedule({ rules, tz }: Schedule): string {
  const words = [...new Set(rules.map((rule) => renderRule(rule, tz)))];
  return words.length > 4 ? `${words.slice(0, 4).join(", ")} and ${words.length - 4} more` : words.join(", ");
}

function renderRule(rule: Rule, tz: string): string {
  switch (rule.kind) {
    case "classic":
      return rule.hour === null
        ? `hourly :${twoDigits(rule.minute)}`
        : `daily ${twoDigits(rule.hour)}:${twoDigits(rule.minute)}`;
    case "cron":
      return rule.expression;
    case "every":
      return `every ${rule.everySec} s`;
    case "once":
      return `once ${renderTime(rule.at, tz)}`;
  }
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
