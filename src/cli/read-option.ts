// Values of options. What is wrong with one is a usage error (exit code 2) that names the option.
import { FleetCronError } from "../errors.ts";
import { nearest } from "../model/nearest.ts";
import type { RunStatus } from "../model/run.ts";
import { isKnownZone, zoneNames } from "../model/zone.ts";

/** For commander: a number of seconds, 0 or more. */
export function readSeconds(option: string): (value: string) => number {
  return (value) => {
    const seconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    if (seconds >= 0 && seconds <= 86_400) return seconds;
    throw wrong(option, "a number of seconds from 0 to 86400", value);
  };
}

/** For commander: a number of seconds that leaves the database some rest. */
export function readInterval(option: string): (value: string) => number {
  return (value) => {
    const seconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    if (seconds >= 0.2 && seconds <= 3_600) return seconds;
    throw wrong(option, "a number of seconds from 0.2 to 3600", value);
  };
}

/** For commander: a whole number, 1 to `most`. */
export function readCount(option: string, most: number): (value: string) => number {
  return (value) => {
    const count = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (count >= 1 && count <= most) return count;
    throw wrong(option, `a whole number from 1 to ${most}`, value);
  };
}

export const runStatuses: readonly RunStatus[] = ["running", "ok", "error", "aborted", "lost", "missed", "skipped"];

export function readStatus(value: string): RunStatus {
  const status = runStatuses.find((known) => known === value);
  if (status !== undefined) return status;
  throw wrong("--status", runStatuses.join(", "), value, nearest(value, runStatuses));
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const isoPattern = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** `90s`, `30m`, `1h`, `2d` back from `now`, or an ISO date; one without a zone is of this machine's. */
export function readSince(value: string, now: number): Date {
  const [, count, unit] = /^(\d{1,6})\s*(s|m|min|h|d)$/.exec(value) ?? [];
  if (count !== undefined && unit !== undefined) return new Date(now - Number(count) * (unitMs[unit] ?? 0));
  const at = isoTime(value);
  if (at !== null) return at;
  throw wrong("--since", "a time such as 30m, 1h, 2d or 2026-01-31T12:00:00Z", value);
}

/** For commander: an ISO date; one without a zone is of this machine's. */
export function readTime(option: string): (value: string) => Date {
  return (value) => {
    const at = isoTime(value);
    if (at !== null) return at;
    throw wrong(option, "a time such as 2026-01-31T12:00:00Z", value);
  };
}

function isoTime(value: string): Date | null {
  const local = value.includes("T") ? value : `${value}T00:00`;
  const at = isoPattern.test(value) ? Date.parse(local) : Number.NaN;
  return Number.isNaN(at) ? null : new Date(at);
}

/** For commander: a time zone. */
export function readZone(option: string): (value: string) => string {
  return (value) => {
    if (isKnownZone(value)) return value;
    throw wrong(option, "an IANA time zone such as Europe/Berlin, or UTC", value, nearest(value, zoneNames()));
  };
}

function wrong(option: string, expected: string, got: string, near: string | null = null): FleetCronError {
  const hint = near === null ? "" : `; did you mean "${near}"?`;
  return new FleetCronError("usage", `${option}: expected ${expected}, got ${JSON.stringify(got)}${hint}`);
}
