// G2: what reached the target, against the records.
import { jobOf, type Plan } from "./plan.ts";
import { dateOf, occurrencesOf } from "./served.ts";
import type { SeenRequest } from "./sim-target.ts";
import type { Witness } from "./simulate.ts";

/** The intent is written before the request, and nothing takes it back. */
export function nothingSentWithoutRecord({ requests, runs }: Witness): readonly string[] {
  const known = new Map(runs.map((run) => [run._id, run]));
  return requests.flatMap(({ runId, step, key, from }) => {
    const run = known.get(runId);
    if (run === undefined) return [`${from} sent ${key}, which has no record`];
    if (["missed", "skipped"].includes(run.status)) return [`${from} sent ${key}, which is recorded as ${run.status}`];
    const status = run.steps?.[step]?.status;
    return status === undefined ? [`${from} sent ${key}, a step that is not recorded`] : [];
  });
}

/** What must not be repeated after a crash is sent by one process at most. */
export function oneSender({ requests, plan }: Witness): readonly string[] {
  const unsafe = requests.filter((request) => !isRepeatable(plan, request));
  return [...Map.groupBy(unsafe, ({ key }) => key)].flatMap(([key, same]) => {
    const senders = new Set(same.map(({ from }) => from));
    return senders.size > 1 ? [`${key} was sent by ${[...senders].join(" and ")}`] : [];
  });
}

function isRepeatable(plan: Plan, { runId, step, method }: SeenRequest): boolean {
  const action = jobOf(plan, runId)?.actions?.[step];
  return (action?.on_crash ?? (method === "POST" ? "fail" : "retry")) === "retry";
}

/** A step is sent as often as `retry` says; what must not be repeated, each try once. */
export function triesAsConfigured({ requests, plan }: Witness): readonly string[] {
  const unsafe = requests.filter((request) => !isRepeatable(plan, request));
  const twice = [...Map.groupBy(unsafe, ({ key, from, attempt }) => `${from} sent ${key}, try ${attempt}`)]
    .filter(([, same]) => same.length > 1)
    .map(([what, same]) => `${what}, ${same.length} times`);
  const tooOften = requests
    .filter(({ runId, step, attempt }) => attempt > 1 + retriesOf(plan, runId, step))
    .map(({ key, attempt }) => `${key} had a try ${attempt}, more than its retry allows`);
  return [...twice, ...tooOften];
}

function retriesOf(plan: Plan, runId: string, step: number): number {
  return Number(jobOf(plan, runId)?.actions?.[step]?.retry?.retries ?? 0);
}

/**
 * A process may finish the one request it had begun when it lost its run, if it could not know better. It begins no
 * other.
 */
export function nothingSentAfterLoss({ requests, database }: Witness): readonly string[] {
  if (database.clockSteps.length > 0) return [];
  const lost = database.taken.filter(({ how }) => how === "lost");
  return lost.flatMap(({ runId, at }) =>
    requests
      .filter((request) => request.runId === runId && request.sentAt > at && !request.isBegun)
      .map(({ key, from }) => `${from} sent ${key} after ${runId} was recorded as lost`),
  );
}

/** What falls due while its job is disabled or gone is not sent before it is back. */
export function nothingOfDisabledJobs({ requests, plan, database }: Witness): readonly string[] {
  if (database.clockSteps.length > 0) return [];
  const off = disabledTimes(plan);
  return requests.flatMap(({ runId, key, from, sentAt }) => {
    const [job, date = ""] = runId.split("@");
    const dueAt = Date.parse(date) - database.time(0);
    const isOff = off.some((time) => time.job === job && time.from <= dueAt && sentAt < time.to);
    return isOff ? [`${from} sent ${key}, whose job was disabled`] : [];
  });
}

interface DisabledTime {
  readonly job: string;
  readonly from: number;
  readonly to: number;
}

function disabledTimes({ faults, calmAt }: Plan): readonly DisabledTime[] {
  const edits = faults.filter((fault) => fault.kind === "edit");
  return edits.flatMap(({ job, change, at, ms }, index) => {
    if (!["disable", "toggle", "remove"].includes(change)) return [];
    const later = edits.slice(index + 1).filter((edit) => edit.job === job);
    // What several edits make of a job together is nobody's question here.
    const next = Math.min(later[0]?.at ?? calmAt, calmAt);
    const earlier = edits.slice(0, index).filter((edit) => edit.job === job);
    if (earlier.some((edit) => edit.at + edit.ms > at)) return [];
    return [{ job, from: at, to: change === "disable" ? next : Math.min(next, at + ms) }];
  });
}

/** No request leaves after the run's time is over, unless its process slept. */
export function nothingAfterDeadline({ requests, runs, plan, database, processes }: Witness): readonly string[] {
  if (database.clockSteps.length > 0) return [];
  const known = new Map(runs.map((run) => [run._id, run]));
  return requests.flatMap(({ runId, key, from, sentAt }) => {
    const deadlineSec = jobOf(plan, runId)?.deadline_sec;
    const startAt = known.get(runId)?.start_at;
    if (deadlineSec === undefined || !startAt) return [];
    const overAt = dateOf(startAt).getTime() - database.time(0) + deadlineSec * 1_000;
    const sender = processes.find(({ name }) => name === from);
    const hasSlept = sender?.freezes.some((freeze) => freeze.to > overAt - deadlineSec * 1_000);
    // Fleet clocks are a little apart, and a claim may be known only after repeats.
    return sentAt > overAt + 12_000 && !hasSlept ? [`${from} sent ${key} after its deadline`] : [];
  });
}

/** What is due is not sent before it is, by the server's clock. */
export function nothingEarly(witness: Witness): readonly string[] {
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
