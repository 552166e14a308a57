// The guarantees, each one function over what the world saw. A violation is a sentence with the run it is about.
import type { Document } from "mongodb";
import { isServed, isWell, type Occurrence, occurrencesOf } from "./served.ts";
import type { SeenRequest } from "./sim-target.ts";
import type { Witness } from "./simulate.ts";

export interface Violation {
  readonly guarantee: string;
  readonly text: string;
}

type Guarantee = (witness: Witness) => readonly string[];

/** What the fleet does not have yet is written, and not asked for. */
interface Promised {
  /** The sweep: an occurrence that nobody could look at in its time gets its record later. */
  readonly sweep: boolean;
}

const promised: Promised = { sweep: false };

export function check(witness: Witness, { sweep }: Promised = promised): readonly Violation[] {
  const guarantees: readonly (readonly [string, Guarantee])[] = [
    ["G1 one record", neverTwoRecords],
    ["G1 one record", nothingSentWithoutRecord],
    ...(sweep ? ([["G1 one record", neverWithoutRecord]] as const) : []),
    ["G2 one sender", oneSender],
    ["G2 one sender", triesAsConfigured],
    ["G2 one sender", nothingSentAfterLoss],
    ["G3 no lost start", noLostStart],
    ["G3 no lost start", begunIsSent],
    ["G3 no lost start", skippedOnlyForTheLiving],
    ["G4 bounded delay", boundedDelay],
    ["G4 bounded delay", nothingEarly],
    ["G5 no stuck run", noStuckRun],
    ["G7 isolation", malformedJobsDoNothing],
    ["no failure", nothingFailed],
  ];
  return guarantees.flatMap(([guarantee, judge]) => judge(witness).map((text) => ({ guarantee, text })));
}

/** An occurrence has one document, under whatever id. */
function neverTwoRecords({ runs }: Witness): readonly string[] {
  const scheduled = runs.filter(({ trigger }) => trigger === "schedule");
  const byOccurrence = Map.groupBy(scheduled, (run) => `${run.job_id} at ${dateOf(run.scheduled_for).toISOString()}`);
  return [...byOccurrence]
    .filter(([, same]) => same.length > 1)
    .map(([occurrence, same]) => `${occurrence} has the records ${same.map(({ _id }) => _id).join(", ")}`);
}

/** The other half of it: what was due while anything was alive inside the horizon has a document. */
function neverWithoutRecord(witness: Witness): readonly string[] {
  return occurrencesOf(witness)
    .filter(({ run }) => run === null)
    .map(({ runId }) => `${runId} has no record`);
}

/** The intent is written before the request, and nothing takes it back. */
function nothingSentWithoutRecord({ requests, runs }: Witness): readonly string[] {
  const known = new Map(runs.map((run) => [run._id, run]));
  return requests.flatMap(({ runId, step, key, from }) => {
    const run = known.get(runId);
    if (run === undefined) return [`${from} sent ${key}, which has no record`];
    if (["missed", "skipped"].includes(run.status)) return [`${from} sent ${key}, which is recorded as ${run.status}`];
    const status = run.steps?.[step]?.status;
    return status === undefined ? [`${from} sent ${key}, a step that is not recorded`] : [];
  });
}

/** What is not idempotent is sent by one process at most. */
function oneSender({ requests }: Witness): readonly string[] {
  const unsafe = requests.filter(({ method }) => method === "POST");
  return [...Map.groupBy(unsafe, ({ key }) => key)].flatMap(([key, same]) => {
    const senders = new Set(same.map(({ from }) => from));
    return senders.size > 1 ? [`${key} was sent by ${[...senders].join(" and ")}`] : [];
  });
}

/** Within one process a step is sent as often as `retry` says, each try once. */
function triesAsConfigured({ requests, plan }: Witness): readonly string[] {
  const unsafe = requests.filter(({ method }) => method === "POST");
  const twice = [...Map.groupBy(unsafe, ({ key, from, attempt }) => `${from} sent ${key}, try ${attempt}`)]
    .filter(([, same]) => same.length > 1)
    .map(([what, same]) => `${what}, ${same.length} times`);
  const tooOften = unsafe
    .filter(({ runId, step, attempt }) => attempt > 1 + retriesOf(plan.jobs, runId, step))
    .map(({ key, attempt }) => `${key} had a try ${attempt}, more than its retry allows`);
  return [...twice, ...tooOften];
}

/**
 * A process may finish the one request it had begun when it lost its run: it had read an acknowledgement and could not
 * know better. It begins no other.
 */
function nothingSentAfterLoss({ requests, lost }: Witness): readonly string[] {
  return lost.flatMap(({ runId, at }) => {
    const later = requests.filter((request) => request.runId === runId && request.sentAt > at + acknowledgementMs);
    return [...Map.groupBy(later, ({ from }) => from)].flatMap(([from, own]) =>
      own.length > 1 || own.some(({ isBegun }) => !isBegun)
        ? [`${from} sent ${own.map(({ key }) => key).join(", ")} after ${runId} was recorded as lost`]
        : [],
    );
  });
}

/** An acknowledgement counts for 2 s, and takes some time to come. */
const acknowledgementMs = 2_500;

/**
 * Where an agent could look all the time, the occurrence starts, or is skipped for a reason. Where runs wait for slots a
 * start may come too late.
 */
function noLostStart(witness: Witness): readonly string[] {
  const { settings } = witness.plan;
  if (settings.maxConcurrentRuns < plentyOfSlots) return [];
  return occurrencesOf(witness)
    .filter(({ dueAt }) => isServed(witness, dueAt, dueAt + settings.startGraceSec * 1_000))
    .flatMap((occurrence) => {
      const { runId, run } = occurrence;
      if (run === null) return [`${runId} has no record, and an agent could have started it`];
      return run.status === "missed" && !isBlocked(witness, occurrence) ? [`${runId} is missed: ${run.reason}`] : [];
    });
}

/** An earlier run of the job, whose owner may be dead, was under way when this one was due. */
function isBlocked({ runs }: Witness, { job, occurrence, run }: Occurrence): boolean {
  return (
    run?.exclusive === true &&
    runs.some(
      (other) =>
        other.job_id === job &&
        other.start_at !== null &&
        dateOf(other.start_at).getTime() < occurrence + reaperMs &&
        (other.end_at === null || dateOf(other.end_at).getTime() > occurrence),
    )
  );
}

const plentyOfSlots = 50;

/**
 * A run that is recorded as begun is begun. Its owner may have learnt of its claim only when the lease was over: what
 * counts is the time before somebody recorded it as lost.
 */
function begunIsSent(witness: Witness): readonly string[] {
  const { runs, lost, requests, plan, processes, database } = witness;
  if (database.clockSteps.length > 0) return [];
  const sent = new Set(requests.map(({ runId }) => runId));
  return lost.flatMap(({ runId, at }) => {
    const run = runs.find(({ _id }) => _id === runId);
    const owner = processes.find(({ name }) => name === run?.instance_id);
    if (run === undefined || owner === undefined || sent.has(runId) || database.lateClaims.has(runId)) return [];
    const isLossy = [1, 2, 3].some((step) => (plan.manners.get(`/${run.job_id}/${step}`)?.losing ?? 0) > 0);
    const isAway = database.outages.some(({ from, to }) => from < at && to > at - 22_000);
    const isTold = isWell(witness, owner, { from: at - 22_000, to: at }) && !isLossy && !isAway;
    return isTold ? [`${runId} was claimed by ${owner.name}, which was well and sent nothing of it`] : [];
  });
}

/** What is due is not sent before it is, by the server's clock. */
function nothingEarly(witness: Witness): readonly string[] {
  const due = new Map(occurrencesOf(witness).map(({ runId, dueAt }) => [runId, dueAt]));
  return witness.requests.flatMap(({ runId, sentAt, from, key }) => {
    const earlyMs = (due.get(runId) ?? 0) - sentAt;
    return earlyMs > clockErrorMs(witness) ? [`${from} sent ${key} ${Math.round(earlyMs)} ms too early`] : [];
  });
}

/** A clock that is measured by answers is off by no more than they take; in trouble they may take long. */
function clockErrorMs({ plan, troubles }: Witness): number {
  return troubles.length > 0 ? 10_000 : plan.storeLatencyMs[1] + 5;
}

/** A job is skipped for an earlier run that somebody beats; for one whose owner is silent it waits. */
function skippedOnlyForTheLiving({ runs, plan, database }: Witness): readonly string[] {
  if (database.clockSteps.length > 0) return [];
  const { heartbeatSec, leaseSec } = plan.settings;
  const silentMs = 2 * Math.min(heartbeatSec, leaseSec / 4) * 1_000 + 15_000;
  return runs
    .filter(({ reason, trigger }) => reason === "previous_running" && trigger === "schedule")
    .filter(({ status }) => status === "skipped")
    .flatMap(({ _id, job_id, claimed_at }) => {
      const now = dateOf(claimed_at).getTime();
      const blockers = runs.filter(
        (other) =>
          other.job_id === job_id &&
          other.start_at !== null &&
          dateOf(other.start_at).getTime() <= now + 1_000 &&
          (other.end_at === null || dateOf(other.end_at).getTime() >= now - 60_000),
      );
      const isSilent = blockers.every(
        ({ status, beat_at }) => status === "lost" && now - dateOf(beat_at).getTime() > silentMs,
      );
      return blockers.length > 0 && isSilent ? [`${_id} was skipped for a run whose owner was silent`] : [];
    });
}

/** The last in line is in time. Where runs wait for slots or for each other, the delay is theirs. */
function boundedDelay(witness: Witness): readonly string[] {
  const { settings, jobs, storeLatencyMs } = witness.plan;
  const lastTurnMs = settings.maxSerial * settings.staggerSec * 1_000;
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

/** At the end whatever still runs is beaten by somebody, and every ended run says so in its steps. */
function noStuckRun({ runs, database, endAt }: Witness): readonly string[] {
  const now = database.time(endAt);
  return runs.flatMap((run) => {
    if (run.status !== "running") {
      const open = run.steps.findIndex((step: Document) => step.status === "started");
      return open < 0 ? [] : [`${run._id} is ${run.status}, its step ${open} still started`];
    }
    const silentMs = now - dateOf(run.beat_at).getTime();
    const isStuck = silentMs > run.lease_ms + reaperMs;
    return isStuck ? [`${run._id} still runs, silent for ${Math.round(silentMs / 1_000)} s`] : [];
  });
}

/** A reaper looks at least every 12 s, and has 5 s for its work. */
const reaperMs = 17_000;

/** A document that is no job is executed by nobody. That it stops no other is what G3 asks. */
function malformedJobsDoNothing({ runs }: Witness): readonly string[] {
  return runs.filter(({ job_id }) => String(job_id).startsWith("bad")).map(({ _id }) => `${_id} is of a malformed job`);
}

/** Whatever happens around it, no part of an agent throws. */
function nothingFailed({ failures }: Witness): readonly string[] {
  return failures;
}

function retriesOf(jobs: readonly Document[], runId: SeenRequest["runId"], step: number): number {
  const job = jobs.find(({ _id }) => runId.startsWith(`${_id}@`));
  return Number(job?.actions?.[step]?.retry?.retries ?? 0);
}

const dateOf = (value: unknown): Date => (value instanceof Date ? value : new Date(Number.NaN));
