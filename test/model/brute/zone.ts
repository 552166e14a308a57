// Zones by brute force: what a clock shows is read from the runtime field by field, and nothing here is the engine's.

const hourMs = 3_600_000;
const minuteMs = 60_000;

/** Those with the oddest rules first; each has changed its offset between 1990 and 2037, or lies off the full hour. */
export const zones: readonly string[] = [
  ...["America/New_York", "Europe/Berlin", "Asia/Seoul", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"],
  ...["Africa/Casablanca", "Europe/Dublin", "Asia/Gaza", "Antarctica/Troll", "America/Caracas", "Asia/Pyongyang"],
  ...["America/Sao_Paulo", "Pacific/Kwajalein", "Pacific/Fakaofo", "Pacific/Kiritimati", "America/Havana"],
  ...["America/St_Johns", "Africa/Cairo", "Asia/Tehran", "Asia/Kolkata", "Asia/Dhaka", "Asia/Amman", "Asia/Beirut"],
  ...["Europe/Moscow", "Europe/Istanbul", "Europe/Volgograd", "Europe/London", "Europe/Lisbon", "Europe/Chisinau"],
  ...["America/Santiago", "America/Asuncion", "America/Godthab", "America/Scoresbysund", "America/Los_Angeles"],
  ...["America/Phoenix", "America/Anchorage", "America/Mexico_City", "America/Indiana/Indianapolis", "Asia/Manila"],
  ...["Australia/Sydney", "Australia/Adelaide", "Australia/Eucla", "Pacific/Chatham", "Pacific/Norfolk"],
  ...["Pacific/Tongatapu", "Pacific/Marquesas", "Africa/Windhoek", "Africa/Tripoli", "Africa/Juba", "UTC"],
];

interface Clock {
  readonly format: Intl.DateTimeFormat;
  readonly hours: Map<number, number>;
}

const clocks = new Map<string, Clock>();

function clockOf(tz: string): Clock {
  const known = clocks.get(tz);
  if (known !== undefined) return known;
  const numeric = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" } as const;
  const format = new Intl.DateTimeFormat("en-US", { timeZone: tz, hourCycle: "h23", ...numeric });
  const clock = { format, hours: new Map() };
  clocks.set(tz, clock);
  return clock;
}

function readOffset({ format }: Clock, minuteStart: number): number {
  const [month = 0, day = 0, year = 0, hour, minute] = (format.format(minuteStart).match(/\d+/g) ?? []).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute) - minuteStart;
}

function offsetOfHour(clock: Clock, hour: number): number {
  const known = clock.hours.get(hour);
  if (known !== undefined) return known;
  const offset = readOffset(clock, hour * hourMs);
  clock.hours.set(hour, offset);
  return offset;
}

/** Since 1990 every offset is of whole minutes, and changes with a minute. */
export function offsetOf(tz: string, instant: number): number {
  const clock = clockOf(tz);
  const hour = Math.floor(instant / hourMs);
  const offset = offsetOfHour(clock, hour);
  return offset === offsetOfHour(clock, hour + 1)
    ? offset
    : readOffset(clock, Math.floor(instant / minuteMs) * minuteMs);
}

/** The first instant that shows this local time; where none does, that of the clock from before the gap. */
export function instantOf(tz: string, localMs: number): number {
  const before = offsetOf(tz, localMs - 30 * hourMs);
  const after = offsetOf(tz, localMs + 30 * hourMs);
  const shown = [localMs - before, localMs - after].filter((instant) => instant + offsetOf(tz, instant) === localMs);
  return shown.length === 0 ? localMs - before : Math.min(...shown);
}

/** The instants of a year at which the zone's clock changed. */
export function changesOf(tz: string, year: number): readonly number[] {
  const found: number[] = [];
  for (let day = Date.UTC(year, 0, 1); day < Date.UTC(year + 1, 0, 1); day += 24 * hourMs) {
    const before = offsetOf(tz, day);
    if (before === offsetOf(tz, day + 24 * hourMs)) continue;
    let at = day;
    while (offsetOf(tz, at + hourMs) === before) at += hourMs;
    while (offsetOf(tz, at) === before) at += minuteMs;
    found.push(at);
  }
  return found;
}
