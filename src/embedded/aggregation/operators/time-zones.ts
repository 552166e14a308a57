// Time zones by their Olson names or as an offset from UTC, and the wall clock in them.
import { CommandError } from "../../command-error.ts";

export interface Zone {
  /** Milliseconds to add to UTC. */
  offsetAt(time: number): number;
}

export const utc: Zone = { offsetAt: () => 0 };

/** Throws 40485. */
export function parseZone(name: string): Zone {
  if (name === "UTC" || name === "GMT") return utc;
  const fixed = /^([+-])(\d{2}):?(\d{2})?$/.exec(name);
  if (fixed !== null) {
    const offset = (fixed[1] === "-" ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3] ?? 0)) * 60_000;
    return { offsetAt: () => offset };
  }
  const known = zones.get(name) ?? openZone(name);
  zones.set(name, known);
  return known;
}

/** Opening a zone costs more than a thousand readings of it. */
const zones = new Map<string, Zone>();

function openZone(name: string): Zone {
  const format = openFormat(name);
  return { offsetAt: (time) => wallClock(format, time) - Math.floor(time / 1000) * 1000 };
}

const canonical: ReadonlySet<string> = new Set(Intl.supportedValuesOf("timeZone"));

/** JavaScript knows more of them, such as PST. */
const shortNames: ReadonlySet<string> = new Set([
  "CET",
  "EET",
  "EST",
  "HST",
  "MET",
  "MST",
  "PRC",
  "ROC",
  "ROK",
  "UCT",
  "WET",
]);

/** JavaScript takes names in any case, MongoDB does not. */
function openFormat(timeZone: string): Intl.DateTimeFormat {
  const unknown = new CommandError(40485, `unrecognized time zone identifier: "${timeZone}"`);
  const isWritten = /^[A-Z0-9]\w*(?:[/+-][A-Z0-9]\w*)*$/.test(timeZone) || canonical.has(timeZone);
  if (!isWritten || (/^[A-Z]{3}$/.test(timeZone) && !shortNames.has(timeZone))) throw unknown;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", ...fields });
  } catch {
    throw unknown;
  }
}

const fields = {
  era: "short",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
} as const;

function wallClock(format: Intl.DateTimeFormat, time: number): number {
  const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]));
  const at = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const date = new Date(0);
  date.setUTCFullYear(parts.get("era") === "BC" ? 1 - at("year") : at("year"), at("month") - 1, at("day"));
  return date.setUTCHours(at("hour"), at("minute"), at("second"));
}

/** The wall clock as if it were UTC, so that JavaScript's UTC getters read it. */
export const localDate = (zone: Zone, time: number): Date => new Date(time + zone.offsetAt(time));

const day = 86_400_000;

/** The instant of a wall clock: the first of two, and in a gap the one that the time before it leads to. */
export function instantOf(zone: Zone, local: number): number {
  const before = zone.offsetAt(local - day);
  const after = zone.offsetAt(local + day);
  if (zone.offsetAt(local - before) === before) return local - before;
  return zone.offsetAt(local - after) === after ? local - after : local - before;
}
