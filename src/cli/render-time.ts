// Instants and durations as people read them.

const units = [
  { name: "d", ms: 86_400_000 },
  { name: "h", ms: 3_600_000 },
  { name: "min", ms: 60_000 },
  { name: "s", ms: 1_000 },
] as const;

/** `812 ms`, `3.2 s`, `2 min 5 s`, `3 d 4 h`. */
export function renderDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const first = units.findIndex((unit) => ms >= unit.ms);
  const [large, small] = units.slice(first);
  if (large === undefined) return `${Math.round(ms)} ms`;
  const rest = small === undefined ? 0 : Math.floor((ms % large.ms) / small.ms);
  return `${Math.floor(ms / large.ms)} ${large.name}${rest === 0 ? "" : ` ${rest} ${small?.name}`}`;
}

/** `3 s ago`, `in 2 min`, `just now`; one unit is enough to judge by. */
export function renderAge(ms: number): string {
  const size = Math.abs(ms);
  const unit = units.find((one) => size >= one.ms);
  if (unit === undefined) return ms < 0 ? "in a moment" : "just now";
  const text = `${Math.floor(size / unit.ms)} ${unit.name}`;
  return ms < 0 ? `in ${text}` : `${text} ago`;
}

/** `2026-07-31 09:00:05` in this machine's zone, or in the one given. A value that is no date is shown as `-`. */
export function renderTime(at: unknown, timeZone?: string): string {
  const date = at instanceof Date ? at : typeof at === "number" ? new Date(at) : null;
  if (date === null || Number.isNaN(date.getTime())) return "-";
  // Swedish dates are ISO dates.
  const style = { dateStyle: "short", timeStyle: "medium" } as const;
  return new Intl.DateTimeFormat("sv-SE", timeZone === undefined ? style : { ...style, timeZone }).format(date);
}

/** `2026-03-08T07:30:00Z`, with milliseconds only where there are some. */
export function renderUtc(at: number): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}

/** `2026-03-08 03:30:00 -04:00`: what a clock ahead of UTC by `offsetMs` shows. */
export function renderLocal(at: number, offsetMs: number): string {
  const local = new Date(at + offsetMs)
    .toISOString()
    .replace(/(\.000)?Z$/, "")
    .replace("T", " ");
  const offset = new Date(Math.abs(offsetMs)).toISOString().slice(11, 19).replace(/:00$/, "");
  return `${local} ${offsetMs < 0 ? "-" : "+"}${offset}`;
}

/** Time and age of something that lies behind or ahead of `now`. */
export function renderTimeAndAge(at: unknown, now: number): string {
  const time = renderTime(at);
  return at instanceof Date && time !== "-" ? `${time} (${renderAge(now - at.getTime())})` : time;
}
