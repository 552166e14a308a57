import type { Document } from "mongodb";
import type { Plan } from "./plan.ts";
import { dateOf, decidedAt, isServed, isWell, type Occurrence, occurrencesOf } from "./served.ts";
import type { Witness } from "./simulate.ts";

/** With fewer, runs wait for slots, and a start may come too late. */
export const plentyOfSlots = 50;

/** Where an agent could look all the time, the occurrence starts, or is skipped for a reason. */
export function noLostStart(witness: Witness): readonly string[] {
  const { plan } = witness;
  if (plan.settings.maxConcurrentRuns < plentyOfSlots) return [];
  return occurrencesOf(witness)
    .filter(({ dueAt, graceMs }) => isServed(witness, dueAt, dueAt + Math.max(graceMs, turnsMsOf(plan))))
    .flatMap((occurrence) => {
      const { runId, run } = occurrence;
      if (run === null) return [`${runId} has no record, and an agent could have started it`];
      return run.status === "missed" && !isBlocked(witness, occurrence) ? [`${runId} is missed: ${run.reason}`] : [];
    });
}

/**
 * Another run of the job was under way when the agent gave this one up: a job's own shorter grace counts from each agent's
 * turn.
 */
function isBlocked({ runs, plan }: Witness, { job, occurrence, graceMs, run }: Occurrence): boolean {
  const gaveUpAt = dateOf(run?.claimed_at).getTime();
  const isEarly = gaveUpAt < occurrence + graceMs - turnsMsOf(plan) - clocksApartMs;
  const lastStart = Math.min(occurrence + graceMs, gaveUpAt);
  return (
    run?.exclusive === true &&
    !isEarly &&
    runs.some(
      (other) =>
        other.job_id === job &&
        other.start_at !== null &&
        dateOf(other.start_at).getTime() < lastStart + againMs &&
        (other.end_at === null || lastWrittenAt(other) > lastStart - againMs),
    )
  );
}

const turnsMsOf = ({ settings }: Plan): number => settings.maxSerial * settings.staggerSec * 1_000;

/** Of an agent's and the server's. */
const clocksApartMs = 1_000;

/** Until then the record said that it runs: the end that its owner tells is that of the request, and may be told late. */
function lastWrittenAt({ end_at, beat_at }: Document): number {
  return Math.max(dateOf(end_at).getTime(), dateOf(beat_at).getTime());
}

/** A blocked occurrence is tried again every 2 s. */
const againMs = 4_000;

/**
 * A run that is recorded as begun is begun. Its owner may have learnt of its claim only when the lease was over: what
 * counts is the time before somebody declared it lost or took it over.
 */
export function begunIsSent(witness: Witness): readonly string[] {
  const { sent, processes, database } = witness;
  if (database.clockSteps.length > 0) return [];
  const begun = new Set(sent.map(({ runId, from }) => `${runId} ${from}`));
  return leftBehind(witness).flatMap(({ runId, owner, since, at }) => {
    const process = processes.find(({ name }) => name === owner);
    if (process === undefined || begun.has(`${runId} ${owner}`) || database.lateClaims.has(runId)) return [];
    for (let from = since; from + settledMs <= at; from += 1_000) {
      const to = from + settledMs;
      const isAway = database.outages.some((outage) => outage.from < to && outage.to > from);
      if (isAway || !isWell(witness, process, { from, to })) continue;
      return [`${runId} was claimed by ${owner}, which was well and sent nothing of it`];
    }
    return [];
  });
}

/** A message that hangs in a dead connection is given up after 20 s, and asked again soon. */
const settledMs = 22_000;

interface LeftRun {
  readonly runId: string;
  /** The instance, and the world times at which it claimed and lost the run. */
  readonly owner: string;
  readonly since: number;
  readonly at: number;
}

function leftBehind({ runs, database }: Witness): readonly LeftRun[] {
  const lost = database.taken.filter(({ how }) => how === "lost");
  const lostAt = new Map(lost.map(({ runId, at }) => [runId, at]));
  const timeOf = (date: unknown) => dateOf(date).getTime() - database.time(0);
  return runs.flatMap(({ _id: runId, instance_id, claimed_at, takeovers = [] }) => {
    const left: LeftRun[] = [];
    let since = timeOf(claimed_at);
    for (const former of takeovers) {
      left.push({ runId, owner: former.instance_id, since, at: timeOf(former.at) });
      since = timeOf(former.at);
    }
    const at = lostAt.get(runId);
    return at === undefined ? left : [...left, { runId, owner: instance_id, since, at }];
  });
}

/** A job is skipped for an earlier run that somebody beats; for one whose owner is silent it waits. */
export function skippedOnlyForTheLiving(witness: Witness): readonly string[] {
  const { runs, plan, database } = witness;
  if (database.clockSteps.length > 0) return [];
  const { heartbeatSec, leaseSec } = plan.settings;
  const silentMs = 2 * Math.min(heartbeatSec, leaseSec / 4) * 1_000 + 15_000;
  const isForTheSilent = ({ job_id }: Document, now: number): boolean => {
    const blockers = runs.filter(
      (other) =>
        other.job_id === job_id &&
        other.start_at !== null &&
        dateOf(other.start_at).getTime() <= now + 1_000 &&
        (other.end_at === null || dateOf(other.end_at).getTime() >= now - 60_000),
    );
    const isSilent = ({ status, beat_at }: Document) => status === "lost" && now - dateOf(beat_at).getTime() > silentMs;
    return blockers.length > 0 && blockers.every(isSilent);
  };
  return runs
    .filter(({ reason, trigger }) => reason === "previous_running" && trigger === "schedule")
    .filter(({ status }) => status === "skipped")
    .filter((run) => {
      const times = [dateOf(run.claimed_at).getTime(), decidedAt(witness, run.instance_id, run.claimed_at)];
      return times.every((now) => isForTheSilent(run, now));
    })
    .map(({ _id }) => `${_id} was skipped for a run whose owner was silent`);
}

/** The last in line is in time. Where runs wait for slots or for each other, the delay is theirs. */
export function boundedDelay(witness: Witness): readonly string[] {
  const { settings, jobs, storeLatencyMs } = witness.plan;
  const lastTurnMs = turnsMsOf(witness.plan);
  if (settings.maxConcurrentRuns < plentyOfSlots) return [];
  return occurrencesOf(witness)
    .filter(({ job }) => jobs.some(({ _id, overlap }) => _id === job && overlap === "allow"))
    .filter(({ dueAt }) => isServed(witness, dueAt, dueAt + lastTurnMs + 10_000))
    .flatMap(({ runId, run, occurrence }) => {
      if (run === null) return [];
      const lateMs = dateOf(run.claimed_at).getTime() - occurrence;
      // A claim is the third thing an agent asks of the database.
      const boundMs = lastTurnMs + 2_000 + 6 * storeLatencyMs[1];
      return lateMs > boundMs ? [`${runId} was claimed ${lateMs} ms late, more than ${Math.round(boundMs)} ms`] : [];
    });
}
