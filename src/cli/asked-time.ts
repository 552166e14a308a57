// A time as a person gives it: an instant, a time on the clocks of the job's zone, `now` or `last`.
import { FleetCronError } from "../errors.ts";
import { instantOfText } from "../model/parse-instant.ts";
import { previousDue } from "../model/previous-due.ts";
import { type Instant, isDueAt, type Schedule } from "../model/schedule.ts";
import { localToInstant, offsetAt } from "../model/zone-offset.ts";
import { renderLocal, renderUtc } from "./render-time.ts";

export type AskedTime =
  | { readonly kind: "now" | "last" }
  | { readonly kind: "instant"; readonly at: Instant }
  /** Milliseconds as `Date.UTC` gives them for the clock's fields. */
  | { readonly kind: "local"; readonly local: number };

const dayMs = 86_400_000;

/** Throws `usage` for anything else; `what`: the argument or option, for its message. */
export function parseAskedTime(text: string, what: string): AskedTime {
  if (text === "now" || text === "last") return { kind: text };
  const at = instantOfText(text);
  if (!Number.isNaN(at)) return { kind: "instant", at };
  const local = instantOfText(`${text.replace(" ", "T")}Z`);
  if (!Number.isNaN(local)) return { kind: "local", local };
  const expected = 'a time such as 2026-03-29T02:30:00Z, "2026-03-29 02:30" in the job\'s zone, now or last';
  throw new FleetCronError("usage", `${what}: expected ${expected}, got ${JSON.stringify(text)}`);
}

interface AskedOf {
  readonly tz: string;
  readonly now: Instant;
  readonly schedule: Schedule | null;
  readonly last: Instant | null;
}

export interface ResolvedTime {
  readonly at: Instant;
  /** What a change of the clock makes of the time that was asked for; null where it makes nothing. */
  readonly note: string | null;
}

/** `schedule`: null for a job that has none to read; then `last` is its last run's time if given, else `now`. */
export function resolveAskedTime(asked: AskedTime, { tz, now, schedule, last }: AskedOf): ResolvedTime {
  if (asked.kind === "instant") return { at: asked.at, note: null };
  if (asked.kind === "local") return resolveLocal(asked.local, tz, schedule);
  const second = Math.floor(now / 1_000) * 1_000;
  if (asked.kind === "now") return { at: second, note: null };
  const due = schedule === null ? last : previousDue(schedule, now + 1);
  return { at: due ?? second, note: null };
}

function resolveLocal(local: number, tz: string, schedule: Schedule | null): ResolvedTime {
  const asked = renderUtc(local).replace("T", " ").replace("Z", "");
  const { instant: first, gap } = localToInstant(tz, local);
  if (gap !== null) {
    return { at: first, note: `${asked} does not exist there; ${shown(first, tz)} stands for it` };
  }
  const second = local - offsetAt(tz, local + dayMs);
  if (second === first || second + offsetAt(tz, second) !== local) return { at: first, note: null };
  const isSecondMeant = schedule !== null && !isDueAt(schedule, first) && isDueAt(schedule, second);
  const [meant, other] = isSecondMeant ? [second, first] : [first, second];
  return {
    at: meant,
    note: `${asked} comes twice there; this is ${shown(meant, tz)}, ask also for ${renderUtc(other)}`,
  };
}

function shown(at: Instant, tz: string): string {
  return renderLocal(at, offsetAt(tz, at));
}
