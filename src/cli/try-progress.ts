// What happens to a step while it is executed.
import type { Step } from "../model/run.ts";
import { printable } from "./render-text.ts";
import { renderDuration } from "./render-time.ts";

/** `login: POST https://…`, `login: try 1: status 503; next try in 2.1 s`, `login: ok 200`. */
export function renderTryProgress({ name, status, method, url, statusCode, attempts, tries, error }: Step): string {
  const who = printable(name);
  const last = tries.at(-1);
  if (status !== "started") {
    const result = [status, statusCode, error?.message].filter((part) => part !== null && part !== undefined);
    return `${who}: ${printable(result.join(" "))}`;
  }
  if (last === undefined) return `${who}: ${printable(`${method} ${url}`)} ...`;
  const wait = last.waitMs === null ? "" : `; next try in ${renderDuration(last.waitMs)}`;
  return `${who}: try ${attempts}: ${printable(last.error?.message ?? last.statusCode)}${wait}`;
}
