// The classic form `{hour, minute}`: a wall-clock time of each day, or a minute of each hour.
import { localToInstant, offsetAt, spanAt } from "./zone-offset.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * The first instant after `after` (milliseconds) that is `hour:minute` on the zone's wall clock. Each day has exactly
 * one, whatever daylight saving does: see `localToInstant`. On a day the zone left out it falls on the next day's.
 */
export function nextWallClock(
  tz: string,
  time: { readonly hour: number; readonly minute: number },
  after: number,
): number {
  const today = Math.floor((after + offsetAt(tz, after)) / dayMs);
  const timeMs = time.hour * hourMs + time.minute * minuteMs;
  // Yesterday's may still come: one that fell into a gap is moved past midnight.
  for (let day = today - 1; ; day++) {
    const at = localToInstant(tz, day * dayMs + timeMs);
    if (at > after) return at;
  }
}

/**
 * The first instant after `after` (milliseconds) at which a real minute begins whose local minute is `minute`: both
 * passes of a repeated hour count, and nothing inside a gap. Null at the end of time.
 */
export function nextRealMinute(tz: string, minute: number, after: number): number | null {
  let from = Math.floor(after) + 1;
  for (;;) {
    const { offsetMs, until } = spanAt(tz, from);
    const lead = minute * minuteMs - offsetMs;
    const at = Math.ceil((from - lead) / hourMs) * hourMs + lead;
    if (at < until) return at;
    if (until <= from) return null;
    from = until;
  }
}
