// Situations of an occurrence without a record of its own, in the order in which they are asked.
import { isDueAt, nextDue } from "../../model/schedule.ts";
import { scheduleHash } from "../../model/schedule-hash.ts";
import { turnMs } from "../../model/turn.ts";
import { localToInstant, offsetAt } from "../../model/zone-offset.ts";
import { isLive } from "../find-machine.ts";
import { renderAge } from "../render-time.ts";
import type { Facts } from "./gather-facts.ts";
import { clockRows, liveRow, nearestRows, type Row, type Situation, sinceRows, when } from "./situation.ts";

const dayMs = 86_400_000;

const notDue = (why: string, rows: readonly Row[]) => ({ status: "not due", why, rows });

export const coveredBySummary: Situation = (facts) => {
  const { summary } = facts;
  if (summary === null) return null;
  const why = "No agent ran when it was due. One record stands for all occurrences of that time.";
  const rows: readonly Row[] = [
    ["from", when(facts, summary.from)],
    ["to", when(facts, summary.to)],
    ["reason", String(summary.reason)],
    ["record", summary._id],
  ];
  return { status: "missed", why, rows };
};

export const removed: Situation = (facts) => {
  const { lastRun } = facts;
  if (lastRun === null) return null;
  return notDue("The job was removed, and no record is of this instant.", [
    ["newest run", `${lastRun._id}, ${when(facts, lastRun.scheduled_for)}`],
  ]);
};

export const invalid: Situation = ({ job, problems }) => {
  if (job !== null) return null;
  const rows = problems.slice(0, 5).map((problem): Row => ["problem", problem]);
  return notDue("The job is invalid: agents leave it alone until it is mended.", [
    ...rows,
    ["see", "fleetcron jobs check"],
  ]);
};

export const disabled: Situation = (facts) => {
  if (facts.job === null || facts.job.enabled) return null;
  return notDue("The job is disabled: its schedule does not count.", [
    ...sinceRows(facts),
    ["mend", `fleetcron jobs enable ${JSON.stringify(facts.name)}`],
  ]);
};

export const outsideWindow: Situation = (facts) => {
  const { job, at } = facts;
  if (job === null || isDueAt(job.schedule, at)) return null;
  const { startAt, endAt, ...unbound } = job.schedule;
  if (!isDueAt(unbound, at)) return null;
  const why =
    startAt !== undefined && at < startAt
      ? `It lies before the job's start_at, ${when(facts, startAt)}.`
      : `It lies after the job's end_at, ${when(facts, endAt)}.`;
  return notDue(why, [...clockRows(facts), ...nearestRows(facts)]);
};

export const secondPass: Situation = (facts) => {
  const { job, at, tz } = facts;
  if (job === null || isDueAt(job.schedule, at)) return null;
  const { instant: first } = localToInstant(tz, at + offsetAt(tz, at));
  if (first === at || !isDueAt(job.schedule, first)) return null;
  const why = `The clock shows this time twice, and the job runs at the first: ${when(facts, first)}.`;
  return notDue(why, nearestRows(facts));
};

export const ended: Situation = (facts) => {
  const { job, at } = facts;
  if (job === null || isDueAt(job.schedule, at) || nextDue(job.schedule, at) !== null) return null;
  return notDue("The schedule has ended: the job is never due again.", [...sinceRows(facts), ...nearestRows(facts)]);
};

export const betweenDues: Situation = (facts) => {
  if (facts.job === null || isDueAt(facts.job.schedule, facts.at)) return null;
  const rows = [...clockRows(facts), ...sinceRows(facts), ...nearestRows(facts)];
  return notDue("The schedule has nothing at this instant.", rows);
};

export const inFuture: Situation = (facts) => {
  const { at, now } = facts;
  if (at <= now) return null;
  const rows = [...clockRows(facts), liveRow(facts)];
  return notDue(`Not yet: it is due ${renderAge(now - at)}.`, rows);
};

export const notSeenYet: Situation = (facts) => {
  const { job, state } = facts;
  if (job === null || (state !== null && !state.isBroken && state.hash === scheduleHash(job))) return null;
  const why = "No agent has seen the job as it is now, and a job is due only after it was first seen.";
  return notDue(why, [liveRow(facts), ["tell agents", "fleetcron reload"]]);
};

export const beforeFirstSeen: Situation = (facts) => {
  const { job, at, state } = facts;
  const since = state?.since?.getTime();
  if (job === null || since === undefined || at > since || isOnce(facts)) return null;
  return notDue("The job was saved, changed or enabled only later: it is due only after it was first seen so.", [
    ["first seen", when(facts, since)],
    ...nearestRows(facts),
  ]);
};

/** One that was past already when the job was saved is due all the same. */
function isOnce({ job, at }: Facts): boolean {
  return job?.schedule.rules.some((rule) => rule.kind === "once" && rule.at === at) ?? false;
}

export const waitingForTurn: Situation = (facts) => {
  const { now, claimableAt, settings } = facts;
  const live = facts.machines.filter(
    (machine) => isLive(machine, settings.heartbeatSec) && machine.state !== "draining",
  );
  const turns = live
    .map(({ hostname, serial }) => ({ hostname, at: claimableAt + turnMs(serial ?? null, settings) }))
    .filter(({ at }) => at > now)
    .sort((a, b) => a.at - b.at);
  if (turns.length === 0) return null;
  const why = "It is due now: each agent in the line waits for its turn, and the first that claims it runs it.";
  const delayMs = claimableAt - facts.at;
  return {
    status: "waiting",
    why,
    rows: [
      ...(delayMs === 0 ? [] : [["jitter", `puts the start off by ${delayMs / 1_000} s`] as const]),
      ...turns.slice(0, 5).map(({ hostname, at }): Row => ["turn", `${hostname}, ${renderAge(now - at)}`]),
    ],
  };
};

export const waitingForEarlierRun: Situation = (facts) => {
  const { job, now, lastStartAt, underWay } = facts;
  if (job?.overlap !== "skip" || underWay === null || underWay.end_at !== null || now > lastStartAt) return null;
  return {
    status: "waiting",
    why: "An earlier run of the job is under way, and its agent is silent: it is taken over or given up first.",
    rows: [
      ["earlier run", underWay._id],
      ["last beat", when(facts, underWay.beat_at)],
      ["no start after", when(facts, lastStartAt)],
    ],
  };
};

export const waitingForAgent: Situation = (facts) => {
  const { now, lastStartAt } = facts;
  if (now > lastStartAt) return null;
  return {
    status: "waiting",
    why: "It is due and no agent has claimed it. It starts with the next agent that has its turn and a free slot.",
    rows: [liveRow(facts), ["no start after", `${when(facts, lastStartAt)}; then it is missed`]],
  };
};

export const waitingForSweep: Situation = (facts) => {
  const { claimableAt, resolvedUntil } = facts;
  if (resolvedUntil instanceof Date && claimableAt <= resolvedUntil.getTime()) return null;
  return {
    status: "waiting",
    why: "Nobody started it in time. The next sweep of any agent records it, about a minute after one is alive.",
    rows: [
      liveRow(facts),
      ["recorded up to", resolvedUntil instanceof Date ? when(facts, resolvedUntil) : "nothing yet"],
    ],
  };
};

export const recordExpired: Situation = ({ at, now, settings: { retentionDays } }) => {
  if (at > now - retentionDays * dayMs) return null;
  const why = `Records are kept for ${retentionDays} days (retention_days): whatever became of it is not known any more.`;
  return { status: "no record", why, rows: [] };
};

export const recordRemoved: Situation = (facts) => ({
  status: "no record",
  why: "Everything of that time was recorded, and its record is gone: it was removed by hand, or the job was disabled or another one at its turn.",
  rows: [...sinceRows(facts), liveRow(facts)],
});
