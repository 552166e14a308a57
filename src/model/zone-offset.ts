// Offsets of time zones, from the runtime's own zone data. Fast enough to be asked for every job at every reload.

/** Milliseconds since the epoch from which (and before which) a Date exists. */
export const lastInstant = 8.64e15;

export interface OffsetSpan {
  /** What local time is ahead of UTC, in milliseconds. */
  readonly offsetMs: number;
  /** The offset is certain to hold before this instant. */
  readonly until: number;
}

/** The zone's clock went on or back: it showed `at + before` and then `at + after`. Milliseconds. */
export interface ClockChange {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/** One stretch of a zone's time in which its offset changes at most once. */
interface Bucket {
  readonly before: OffsetSpan;
  readonly after: OffsetSpan;
  /** null when the offset stays. A change at the very beginning is this stretch's, not the one's before. */
  readonly change: ClockChange | null;
}

interface Zone {
  readonly format: Intl.DateTimeFormat;
  readonly buckets: Map<number, Bucket>;
}

const dayMs = 86_400_000;

/** No zone ever changed twice within 2 days: the closest pair of changes is 3.98 days apart (Freetown, 1939). */
const bucketMs = 2 * dayMs;

/** Some 5 years of one zone, about 100 KB; then its cache starts anew. */
const mostBuckets = 1000;

const zones = new Map<string, Zone>();

/** The zone's offset at `instant` (milliseconds since the epoch). Throws RangeError for an unknown zone. */
export function offsetAt(tz: string, instant: number): number {
  return spanAt(tz, instant).offsetMs;
}

/** The zone's offset at `instant` and how long it is certain to stay. Throws RangeError for an unknown zone. */
export function spanAt(tz: string, instant: number): OffsetSpan {
  const at = clamp(instant);
  const bucket = bucketAt(zones.get(tz) ?? openZone(tz), Math.floor(at / bucketMs));
  return at < bucket.before.until ? bucket.before : bucket.after;
}

/** The last change of the zone's offset up to `instant`, or null when there was none for at least 2 days. */
export function recentChange(tz: string, instant: number): ClockChange | null {
  const zone = zones.get(tz) ?? openZone(tz);
  const at = clamp(instant);
  const key = Math.floor(at / bucketMs);
  const { change } = bucketAt(zone, key);
  return change !== null && change.at <= at ? change : bucketAt(zone, key - 1).change;
}

export interface LocalTime {
  readonly instant: number;
  /** The change that skipped this time, which is shifted forward by the gap's length; null for all others. */
  readonly gap: ClockChange | null;
}

/**
 * The instant of a wall-clock time, `localMs` being what `Date.UTC` gives for its fields. A time that happens twice is
 * its first pass; one that never happens is shifted forward by the length of the gap (RFC 5545, 3.3.5), be it a day.
 */
export function localToInstant(tz: string, localMs: number): LocalTime {
  // No offset reaches a day, so these two lie on either side of the instant, and of any change near it.
  const earlier = offsetAt(tz, localMs - dayMs);
  const later = offsetAt(tz, localMs + dayMs);
  const first = localMs - earlier;
  if (earlier === later || offsetAt(tz, first) === earlier) return { instant: first, gap: null };
  const second = localMs - later;
  if (offsetAt(tz, second) === later) return { instant: second, gap: null };
  return { instant: first, gap: recentChange(tz, first) };
}

function openZone(tz: string): Zone {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: tz, timeZoneName: "longOffset" });
  const zone = { format, buckets: new Map<number, Bucket>() };
  zones.set(tz, zone);
  return zone;
}

function bucketAt(zone: Zone, key: number): Bucket {
  const known = zone.buckets.get(key);
  if (known !== undefined) return known;
  if (zone.buckets.size >= mostBuckets) zone.buckets.clear();
  const bucket = readBucket(zone, key);
  zone.buckets.set(key, bucket);
  return bucket;
}

function readBucket({ format, buckets }: Zone, key: number): Bucket {
  const start = key * bucketMs;
  const end = start + bucketMs;
  const first = buckets.get(key - 1)?.after.offsetMs ?? readOffset(format, start - 1);
  const last = readOffset(format, end - 1);
  const at = first === last ? end : findChange(format, { start: start - 1, end: end - 1, first });
  return {
    before: { offsetMs: first, until: at },
    after: { offsetMs: last, until: end },
    change: first === last ? null : { at, before: first, after: last },
  };
}

/** The first second at which the offset is no longer `first`. */
function findChange(format: Intl.DateTimeFormat, within: { start: number; end: number; first: number }): number {
  let unchanged = Math.floor(within.start / 1000);
  let changed = Math.ceil(within.end / 1000);
  while (changed - unchanged > 1) {
    const middle = Math.floor((unchanged + changed) / 2);
    if (readOffset(format, middle * 1000) === within.first) unchanged = middle;
    else changed = middle;
  }
  return changed * 1000;
}

/** Reads `3/8/2026, GMT-05:00` (seconds only where there are some, nothing after GMT for UTC itself). */
function readOffset(format: Intl.DateTimeFormat, instant: number): number {
  const text = format.format(clamp(instant));
  const [, sign, hours, minutes, seconds] = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text) ?? [];
  const size = (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)) * 1000;
  return sign === "-" ? -size : size;
}

function clamp(instant: number): number {
  return Math.min(Math.max(instant, -lastInstant), lastInstant);
}
