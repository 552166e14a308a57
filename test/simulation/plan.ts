// What a seed decides before its world begins: the fleet, its jobs, the target's manners, and everything that goes wrong.
import type { Document } from "mongodb";
import type { AgentSettings } from "../../src/model/settings.ts";
import { type Chance, chanceOf } from "./chance.ts";
import { type Fault, planFaults } from "./plan-faults.ts";
import type { Manners } from "./sim-target.ts";

export interface Plan {
  readonly seed: number;
  readonly machines: number;
  readonly settings: AgentSettings;
  readonly jobs: readonly Document[];
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
  const calmAt = chance.whole(60, 150) * 1_000;
  const isFarOff = chance.hits(0.3);
  const wallError = () => (isFarOff ? chance.between(-300_000, 300_000) : chance.between(-500, 500));
  const settings = planSettings(chance);
  const jobs = Array.from({ length: chance.whole(1, 4) }, (_, i) => planJob(chance, i + 1));
  return {
    seed,
    machines,
    settings,
    jobs: chance.hits(0.3) ? [...jobs, ...malformedJobs] : jobs,
    manners: new Map(jobs.flatMap(({ _id }) => planManners(chance, _id as string))),
    storeLatencyMs: chance.pick([
      [0.2, 2],
      [0.2, 2],
      [2, 30],
      [20, 150],
    ]),
    wallErrorsMs: Array.from({ length: machines }, wallError),
    serverErrorMs: wallError(),
    faults: planFaults(chanceOf(seed, "faults"), { machines, calmAt, jobs: jobs.map(({ _id }) => _id as string) }),
    calmAt,
  };
}

function planSettings(chance: Chance): AgentSettings {
  return {
    tz: "UTC",
    maxSerial: chance.pick([2, 5, 8]),
    staggerSec: chance.pick([0.5, 1, 2]),
    secrets: new Map(),
    httpDefaults: { timeoutSec: 10, retry: { retries: 0, delaySec: 1, backoff: 2, maxDelaySec: 10 } },
    maxConcurrentRuns: chance.pick([2, 50, 50]),
    heartbeatSec: chance.pick([5, 10]),
    leaseSec: chance.pick([15, 30, 40]),
    pollSec: chance.pick([5, 15]),
    startGraceSec: chance.pick([20, 60]),
    retentionDays: 30,
    tags: {},
    network: { denyPrivate: false, allowHosts: [], denyHosts: [] },
  };
}

function planJob(chance: Chance, number: number): Document {
  const id = `job${number}`;
  const action = (step: number): Document => ({
    type: "http",
    name: `step${step}`,
    method: chance.pick(["GET", "POST", "POST"]),
    url: `http://target.test/${id}/${step}`,
    timeout_sec: chance.pick([2, 10, 20]),
    retry: { retries: chance.pick([0, 0, 2]), delay_sec: chance.pick([1, 5]) },
    ...(chance.hits(0.2) ? { continue_on_failure: true } : {}),
  });
  return {
    _id: id,
    name: id,
    every_sec: chance.pick([5, 10, 15, 20, 30]),
    overlap: chance.pick(["skip", "allow"]),
    actions: Array.from({ length: chance.whole(1, 3) }, (_, i) => action(i + 1)),
  };
}

/** Documents that a person might have made of the collection: they must hurt nobody else. */
const malformedJobs: readonly Document[] = [
  { _id: "bad1", name: 5, every_sec: "often", actions: "none" },
  { _id: "bad2" },
  { _id: "bad3", name: "bad3", every_sec: 5, actions: [{ type: "http", method: "GET", url: 7 }] },
];

function planManners(chance: Chance, id: string): readonly (readonly [string, Manners])[] {
  return [1, 2, 3].map((step) => [
    `/${id}/${step}`,
    {
      latencyMs: chance.pick([
        [5, 100],
        [5, 100],
        [500, 4_000],
        [3_000, 18_000],
      ]),
      failing: chance.pick([0, 0, 0.3]),
      losing: chance.pick([0, 0, 0.15]),
    },
  ]);
}
