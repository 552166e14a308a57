// Whole expressions by name.
import type { CronRefusal } from "./cron-parse-field.ts";
import { nearest } from "./nearest.ts";
import { renderGot } from "./problem-list.ts";

const nicknames: ReadonlyMap<string, string> = new Map([
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@monthly", "0 0 1 * *"],
  ["@weekly", "0 0 * * 0"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@hourly", "0 * * * *"],
]);

/** The five fields a nickname stands for. */
export function expandNickname(text: string): { readonly text: string } | CronRefusal {
  const known = nicknames.get(text.toLowerCase());
  if (known !== undefined) return { text: known };
  return { expected: [...nicknames.keys()].join(", "), got: renderGot(text), hint: hintFor(text) };
}

function hintFor(text: string): string | null {
  if (/^@every\b/i.test(text)) return "use every_sec";
  if (/^@reboot\b/i.test(text)) return "a job follows a clock, not the start of a machine";
  const near = text.length > 20 ? null : nearest(text, nicknames.keys());
  return near === null ? null : `did you mean "${near}"?`;
}
