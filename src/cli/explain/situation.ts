// What all situations are made of, and what several of them say.
import { clockNote } from "../../model/clock-note.ts";
import { previousDue } from "../../model/previous-due.ts";
import { isDueAt, nextDue } from "../../model/schedule.ts";
import { offsetAt } from "../../model/zone-offset.ts";
import { describeNote } from "../describe-schedule.ts";
import { isLive } from "../find-machine.ts";
import { listed } from "../render-text.ts";
import { renderAge, renderLocal } from "../render-time.ts";
import type { Facts } from "./gather-facts.ts";

export type Row = readonly [name: string, text: string];

export interface Explanation {
  /** The first line: the run's status, `not due`, `waiting` or `no record`. */
  readonly status: string;
  /** The answer, in a sentence or two. */
  readonly why: string;
  readonly rows: readonly Row[];
}

/** Answers null where the facts are those of another situation. */
export type Situation = (facts: Facts) => Explanation | null;

/** `2026-03-29 03:30:00 +02:00 (3 d ago)`. */
export function when(facts: Facts, at: unknown): string {
  const time = timeOf(at);
  return time === null ? "an unknown time" : `${onClock(facts, at)} (${renderAge(facts.now - time)})`;
}

/** `2026-03-29 03:30:00 +02:00`: what the clocks of the job's zone show. */
export function onClock({ tz }: Facts, at: unknown): string {
  const time = timeOf(at);
  if (time === null) return "an unknown time";
  const second = Math.floor(time / 1_000) * 1_000;
  return renderLocal(second, offsetAt(tz, second));
}

/** A record that a person edited may hold anything there. */
function timeOf(at: unknown): number | null {
  const time = at instanceof Date ? at.getTime() : at;
  return typeof time === "number" && !Number.isNaN(time) ? time : null;
}

/** What the clocks have to do with the instant. */
export function clockRows({ job, at, timeNote }: Facts): readonly Row[] {
  const note = job !== null && isDueAt(job.schedule, at) ? clockNote(job.schedule, at) : null;
  if (note !== null) return [["clock", describeNote(note)]];
  return timeNote === null ? [] : [["clock", timeNote]];
}

/** The due instants on either side. */
export function nearestRows(facts: Facts): readonly Row[] {
  const { job, at } = facts;
  if (job === null) return [];
  const before = previousDue(job.schedule, at);
  const after = nextDue(job.schedule, at);
  return [
    ["due before", before === null ? "never" : when(facts, before)],
    ["due after", after === null ? "never again" : when(facts, after)],
  ];
}

/** Since when the fleet has known the schedule as it is. */
export function sinceRows(facts: Facts): readonly Row[] {
  const since = facts.state?.since ?? null;
  if (since === null || since.getTime() <= facts.at) return [];
  return [
    ["changed", `the fleet has known the job as it is since ${when(facts, since)}; how it was before is not kept`],
  ];
}

export function liveRow({ machines, settings }: Facts): Row {
  const live = machines.filter((machine) => isLive(machine, settings.heartbeatSec));
  const names = live.map(({ hostname, state }) => `${hostname}${state === "draining" ? " (draining)" : ""}`);
  return ["alive now", live.length === 0 ? "no agent" : listed(names, 5)];
}
