// What a seed decides before its world begins: the fleet, its jobs, the target's manners, and everything that goes wrong.
import type { Document } from "mongodb";
import { notifyNobody } from "../../src/model/notify.ts";
import type { AgentSettings } from "../../src/model/settings.ts";
import { retryPolicy } from "../helpers/retry-policy.ts";
import { type Chance, chanceOf } from "./chance.ts";
import { type Fault, planFaults } from "./plan-faults.ts";
import { malformedJobs, planJob, planManners } from "./plan-jobs.ts";
import { planRaces } from "./plan-races.ts";
import type { Manners } from "./sim-target.ts";

/** The world's calendar begins here, not at zero: a date like any other. */
export const beginning = Date.UTC(2026, 2, 14, 11, 59, 0);

export interface Plan {
  readonly seed: number;
  readonly machines: number;
  readonly settings: AgentSettings;
  readonly jobs: readonly Document[];
  /** Inserted while the fleet is at work, if a fault says so. */
  readonly laterJob: Document;
  /** By the path of the url. */
  readonly manners: ReadonlyMap<string, Manners>;
  readonly storeLatencyMs: readonly [number, number];
  /** What each machine's wall clock, and the server's, is off by. */
  readonly wallErrorsMs: readonly number[];
  readonly serverErrorMs: number;
  readonly faults: readonly Fault[];
  /** World time from which on nothing goes wrong any more. */
  readonly calmAt: number;
}

export function planOf(seed: number): Plan {
  const chance = chanceOf(seed, "plan");
  const machines = chance.pick([1, 2, 2, 3, 3, 4, 5, 6]);
  const races = chanceOf(seed, "races");
  const isLong = races.hits(0.2);
  const calmAt = (chance.whole(50, 110) + (isLong ? 60 : 0)) * 1_000;
  const isFarOff = chance.hits(0.3);
  const wallError = () => (isFarOff ? chance.between(-300_000, 300_000) : chance.between(-500, 500));
  const settings = planSettings(chance);
  const serverErrorMs = wallError();
  const endAt = beginning + serverErrorMs + calmAt;
  const jobs = Array.from({ length: chance.whole(1, 4) }, (_, i) => planJob(chance, i + 1, endAt));
  const laterJob = planJob(chance, 9, endAt);
  const ids = jobs.map(({ _id }) => _id as string);
  return {
    seed,
    machines,
    settings,
    jobs: chance.hits(0.3) ? [...jobs, ...malformedJobs] : jobs,
    laterJob,
    manners: new Map([...ids, "job9"].flatMap((id) => planManners(chance, id))),
    storeLatencyMs: chance.pick([
      [0.2, 2],
      [0.2, 2],
      [2, 30],
      [20, 150],
    ]),
    wallErrorsMs: Array.from({ length: machines }, wallError),
    serverErrorMs,
    faults: [
      // A long world is one for the sweep, and goes wrong in few ways: its races need all that comes before them.
      ...(isLong ? [] : planFaults(chanceOf(seed, "faults"), { machines, calmAt, jobs: ids })),
      ...planRaces(races, { machines, calmAt, isLong, leaseSec: settings.leaseSec }),
    ].sort((a, b) => a.at - b.at),
    calmAt,
  };
}

function planSettings(chance: Chance): AgentSettings {
  return {
    tz: "UTC",
    maxSerial: chance.pick([2, 5, 8]),
    staggerSec: chance.pick([0.5, 1, 2]),
    secrets: new Map(),
    httpDefaults: { timeoutSec: 10, retry: retryPolicy({ retries: 0, delaySec: 1, backoff: 2, maxDelaySec: 10 }) },
    maxConcurrentRuns: chance.pick([2, 50, 50]),
    heartbeatSec: chance.pick([5, 10]),
    leaseSec: chance.pick([15, 30, 40]),
    pollSec: chance.pick([5, 15]),
    startGraceSec: chance.pick([20, 60]),
    // Less than what records are kept for at least.
    retentionDays: chance.pick([30, 0.0005]),
    tags: {},
    network: { denyPrivate: false, allowHosts: [], denyHosts: [] },
    exec: { allow: [] },
    notify: new Map(),
    notifyDefault: notifyNobody,
    notifyMachines: [],
  };
}

/** The job as it was planned, of a run. */
export function jobOf({ jobs, laterJob }: Plan, runId: string): Document | undefined {
  return [...jobs, laterJob].find(({ _id }) => runId.startsWith(`${_id}@`));
}

/** A person changes something about it that counts. */
export function isEdited({ faults }: Plan, job: string): boolean {
  return faults.some((fault) => fault.kind === "edit" && fault.job === job && fault.change !== "same");
}

/** How late an occurrence of the job may start at most; its own shorter grace counts from the agent's turn. */
export function graceMsOf({ settings }: Plan, { start_grace_sec: own }: Document): number {
  const turnsSec = settings.maxSerial * settings.staggerSec;
  const sec = own === undefined ? settings.startGraceSec : own < settings.startGraceSec ? own + turnsSec : own;
  return sec * 1_000;
}
