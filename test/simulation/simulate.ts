// One world from its seed to its end: the real agents, everything around them played. The same seed is the same world.
import type { Document } from "mongodb";
import { chanceOf } from "./chance.ts";
import { SimFleet } from "./fleet.ts";
import { dbName, messageOf } from "./message.ts";
import { beginning, type Plan, planOf } from "./plan.ts";
import { playFaults } from "./play-faults.ts";
import { SimDatabase } from "./sim-database.ts";
import type { SimProcess } from "./sim-process.ts";
import type { SeenRequest, SentRequest } from "./sim-target.ts";
import { World } from "./world.ts";

/** What can be known of a world from outside: what reached the target, what lies in the store, what was done to it. */
export interface Witness {
  readonly plan: Plan;
  readonly requests: readonly SeenRequest[];
  /** Also those that never arrived. */
  readonly sent: readonly SentRequest[];
  /** `job_runs` at the end. */
  readonly runs: readonly Document[];
  /** `job_state` at the end. */
  readonly jobStates: readonly Document[];
  readonly processes: readonly SimProcess[];
  readonly troubles: SimFleet["troubles"];
  readonly database: Pick<SimDatabase, "outages" | "clockSteps" | "lateClaims" | "taken" | "time">;
  /** What agents logged as failed, with nobody having expected it. */
  readonly failures: readonly string[];
  /** World time. */
  readonly endAt: number;
  readonly tell: () => string;
}

/** The last lease must end, a reaper look, and the sweep come to what fell due just before. */
const settleMs = 100_000;

export async function simulate(seed: number): Promise<Witness> {
  const plan = planOf(seed);
  const world = new World();
  const database = new SimDatabase(world, beginning + plan.serverErrorMs);
  const requests: SeenRequest[] = [];
  const sent: SentRequest[] = [];
  const target = { world, chance: chanceOf(seed, "target"), manners: plan.manners, requests, sent };
  const fleet = new SimFleet({ world, database, target, plan });
  try {
    database.run(messageOf({ insert: "jobs", $db: dbName }, plan.jobs));
    for (let machine = 0; machine < plan.machines; machine++) world.at(machine * 700, () => fleet.start(machine));
    database.expire();
    playFaults({ world, database, fleet, plan });
    world.at(plan.calmAt, () => {
      world.note("", () => "from here on nothing goes wrong");
      for (const process of fleet.living()) process.spare();
      fleet.ensureOne();
    });
    await world.run(plan.calmAt);
    const lastWake = Math.max(0, ...fleet.living().map((process) => process.time));
    await world.run(Math.max(plan.calmAt, lastWake) + settleMs);
    const read = (find: string): readonly Document[] =>
      database.run(messageOf({ find, filter: {}, batchSize: 1_000_000, $db: dbName }, null)).cursor.firstBatch;
    return {
      plan,
      requests,
      sent,
      runs: read("job_runs"),
      jobStates: read("job_state"),
      processes: fleet.processes,
      troubles: fleet.troubles,
      failures: fleet.failures,
      database,
      endAt: world.now,
      tell: () => world.tell(),
    };
  } finally {
    for (const process of fleet.processes) process.unlisten();
    database.close();
  }
}
