// Items of the two day fields that no list of numbers can say. Each answers whether it is one.
import type { CronDraft } from "./cron-draft.ts";
import { dayNames } from "./cron-field.ts";

/** `L`, `L-3`, `LW`, `15W`. */
export function parseDateRule(item: string, draft: CronDraft): boolean {
  const [, before, day] = /^(?:L(?:-(\d{1,2}))?|(\d{1,2}|L)W)$/i.exec(item) ?? [item, "none"];
  if (before === "none") return false;
  if (day === undefined) {
    const days = Number(before ?? 0);
    if (days > 30 || before === "0" || before === "00") return false;
    draft.beforeLast.push(days);
  } else if (/^L$/i.test(day)) draft.lastWorkday = true;
  else {
    if (Number(day) < 1 || Number(day) > 31) return false;
    draft.nearWorkdays.push(Number(day));
  }
  return true;
}

/** `FRI#2`, `5#2`, `FRIL`, `5L`. */
export function parseWeekdayRule(item: string, draft: CronDraft): boolean {
  const [, dayText, nth] = /^([0-7]|[A-Z]{3})(?:#([1-5])|L)$/i.exec(item) ?? [];
  if (dayText === undefined) return false;
  const day = /^\d$/.test(dayText)
    ? Number(dayText) % 7
    : (dayNames as readonly string[]).indexOf(dayText.toUpperCase());
  if (day < 0) return false;
  draft.nthDays.push({ day, nth: nth === undefined ? null : Number(nth) });
  return true;
}
