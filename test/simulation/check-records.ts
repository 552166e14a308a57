// G1, G5 and G7: what a world's records say by themselves.
import type { Document } from "mongodb";
import { plentyOfSlots } from "./check-starts.ts";
import { graceMsOf, isEdited, jobOf } from "./plan.ts";
import { dateOf, decidedAt, occurrencesOf, reaperMs } from "./served.ts";
import type { Witness } from "./simulate.ts";

/** An occurrence has one document, under whatever id. */
export function neverTwoRecords({ runs }: Witness): readonly string[] {
  const scheduled = runs.filter(({ trigger }) => trigger !== "manual");
  const byOccurrence = Map.groupBy(scheduled, (run) => `${run.job_id} at ${dateOf(run.scheduled_for).toISOString()}`);
  return [...byOccurrence]
    .filter(([, same]) => same.length > 1)
    .map(([occurrence, same]) => `${occurrence} has the records ${same.map(({ _id }) => _id).join(", ")}`);
}

/** A sweep is due a minute after the last one, and each agent looks every 24 s at least. */
const sweepMs = 60_000 + 24_000 + 20_000;

/** The other half of it: whatever fell due long enough before the end, for a sweep to come to it, has a document. */
export function neverWithoutRecord(witness: Witness): readonly string[] {
  const { plan, endAt } = witness;
  const { maxSerial, staggerSec, maxConcurrentRuns, startGraceSec } = plan.settings;
  // Those that wait for a slot are let go after their grace; those that catch up may wait for as long as it takes.
  const isShort = maxConcurrentRuns < plentyOfSlots;
  const until = endAt - maxSerial * staggerSec * 1_000 - sweepMs - (isShort ? startGraceSec * 1_000 + 60_000 : 0);
  return occurrencesOf(witness)
    .filter(({ run, dueAt }) => run === null && dueAt < until)
    .filter(({ runId }) => !isShort || jobOf(plan, runId)?.catch_up === undefined)
    .map(({ runId }) => `${runId} has no record`);
}

/** What is caught up with is not recorded as missed; what is not, does not run after its grace. */
export function caughtUpAsTold(witness: Witness): readonly string[] {
  const { runs, plan, database } = witness;
  if (database.clockSteps.length > 0) return [];
  return runs.flatMap((run) => {
    const job = jobOf(plan, run._id);
    if (job === undefined || isEdited(plan, String(run.job_id)) || run.trigger === "manual") return [];
    const { catch_up: catchUp = "none" } = job;
    if (run.trigger === "catch_up" && catchUp === "none") return [`${run._id} caught up, and was not to`];
    const isMissed = run.status === "missed" && run.reason === "start_grace_passed";
    if (isMissed && catchUp === "all") return [`${run._id} is missed, and was to be caught up with`];
    if (run.trigger !== "schedule" || run.start_at === null) return [];
    const [claimant = run] = run.takeovers ?? [];
    const decided = decidedAt(witness, claimant.instance_id, run.start_at);
    const lateMs = decided - dateOf(run.scheduled_for).getTime();
    return lateMs > graceMsOf(plan, job) + 2_000 ? [`${run._id} was claimed ${lateMs} ms late, after its grace`] : [];
  });
}

/** Of two fleet clocks one may be behind by what an answer took. */
const clocksApartMs = 10_000;

/** Whoever ends a run does so by the fleet's clock, also just after its own was stepped. */
export function noEndBeforeStart({ runs, database }: Witness): readonly string[] {
  if (database.clockSteps.length > 0) return [];
  return runs.flatMap(({ _id, start_at, end_at }) => {
    if (!start_at || !end_at) return [];
    const earlyMs = dateOf(start_at).getTime() - dateOf(end_at).getTime();
    return earlyMs > clocksApartMs ? [`${_id} ended ${earlyMs} ms before it started`] : [];
  });
}

/** At the end whatever still runs is beaten by somebody, and every ended run says so in its steps. */
export function noStuckRun({ runs, database, endAt, plan }: Witness): readonly string[] {
  const now = database.time(endAt);
  // A takeover waits for a slot as every start does, behind runs that may time out several times.
  const inLineMs = plan.settings.maxConcurrentRuns < plentyOfSlots ? 120_000 : 0;
  return runs.flatMap((run) => {
    if (run.status !== "running") {
      const open = run.steps.findIndex((step: Document) => step.status === "started");
      return open < 0 ? [] : [`${run._id} is ${run.status}, its step ${open} still started`];
    }
    const silentMs = now - dateOf(run.beat_at).getTime();
    const isStuck = silentMs > run.lease_ms + reaperMs + inLineMs;
    return isStuck ? [`${run._id} still runs, silent for ${Math.round(silentMs / 1_000)} s`] : [];
  });
}

/** A document that is no job is executed by nobody. That it stops no other is what G3 asks. */
export function malformedJobsDoNothing({ runs }: Witness): readonly string[] {
  return runs.filter(({ job_id }) => String(job_id).startsWith("bad")).map(({ _id }) => `${_id} is of a malformed job`);
}

/** A run is taken from an owner whose lease is over, in the moment of the write that takes it: a late beat wins. */
export function takenOnlyFromTheSilent({ database }: Witness): readonly string[] {
  if (database.clockSteps.length > 0) return [];
  return database.taken
    .filter(({ leaseLeftMs }) => leaseLeftMs > 0)
    .map(({ runId, how, leaseLeftMs }) => `${runId} was ${how}, its owner's lease good for ${leaseLeftMs} ms more`);
}

/** A process knows of itself that it did not die. One whose claim arrived late has forgotten that it asked. */
export function nobodySucceedsThemselves({ runs, database }: Witness): readonly string[] {
  return runs
    .filter(({ _id }) => !database.lateClaims.has(_id))
    .flatMap(({ _id, takeovers = [], instance_id }) => {
      const owners: readonly string[] = [...takeovers.map((former: Document) => former.instance_id), instance_id];
      const twice = owners.find((owner, index) => owner === owners[index + 1]);
      return twice === undefined ? [] : [`${_id} was taken by ${twice} from itself`];
    });
}
