// From local times to instants: what a pattern means in a zone whose clock changes.
import type { CronPattern } from "./cron-pattern.ts";
import { nextLocalTime } from "./cron-search.ts";
import { localToInstant, offsetAt, recentChange, spanAt } from "./zone-offset.ts";

const secondMs = 1000;
const dayMs = 86_400_000;

/**
 * The first instant after `after` (milliseconds) that the pattern means in this zone, or null when there never is one.
 * Throws RangeError when the zone is unknown.
 */
export function nextOfPattern(pattern: CronPattern, tz: string, after: number): number | null {
  return pattern.followsRealTime ? nextRealTime(pattern, tz, after) : nextWallClock(pattern, tz, after);
}

/**
 * Each matching local time has exactly one instant: its first pass where it happens twice, shifted forward by the gap
 * where it never happens. Instants follow the order of local times, except that shifted ones mix with those that the
 * clock shows after the gap.
 */
function nextWallClock(pattern: CronPattern, tz: string, after: number): number | null {
  const offset = offsetAt(tz, after);
  const change = recentChange(tz, after);
  let from = nextSecond(after + offset);
  let shifted: number | null = null;
  if (change !== null && change.before > change.after) {
    // Up to here the first pass has shown them already.
    from = Math.max(from, change.at + change.before);
  } else if (change !== null) {
    // Times inside the gap may still come: by the clock of before it, which goes on beside the new one.
    const inGap = nextLocalTime(pattern, nextSecond(after + change.before));
    if (inGap !== null && inGap < change.at + change.after) shifted = inGap - change.before;
  }
  const regular = firstFrom(pattern, tz, from);
  if (shifted === null || regular === null) return shifted ?? regular;
  return Math.min(shifted, regular);
}

/** The first instant of all matching local times that are not before `from`. */
function firstFrom(pattern: CronPattern, tz: string, from: number): number | null {
  const local = nextLocalTime(pattern, from);
  if (local === null) return null;
  const { instant, gap } = localToInstant(tz, local);
  if (gap === null) return instant;
  const afterGap = nextLocalTime(pattern, gap.at + gap.after);
  return afterGap === null ? instant : Math.min(instant, localToInstant(tz, afterGap).instant);
}

/** Whatever the clock shows counts, each time it does: both passes of a repeated hour, nothing inside a gap. */
function nextRealTime(pattern: CronPattern, tz: string, after: number): number | null {
  let from = nextSecond(after);
  for (;;) {
    const { offsetMs, until } = spanAt(tz, from);
    const local = nextLocalTime(pattern, from + offsetMs);
    if (local === null || until <= from) return null;
    const instant = local - offsetMs;
    if (instant < until) return instant;
    // A clock that goes back shows the last day's times again, so its first days are walked span by span. Later ones
    // can only show what was not found yet: all up to two days before it are leapt over.
    from = until - after < 2 * dayMs ? until : Math.max(until, instant - 2 * dayMs);
  }
}

function nextSecond(ms: number): number {
  return Math.floor(ms / secondMs) * secondMs + secondMs;
}
