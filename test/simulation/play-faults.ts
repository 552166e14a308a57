// What goes wrong in a world, made to happen.
import { BSON, type Document } from "mongodb";
import { chanceOf } from "./chance.ts";
import { letterOf, type SimFleet } from "./fleet.ts";
import { dbName, messageOf } from "./message.ts";
import type { Plan } from "./plan.ts";
import type { Fault } from "./plan-faults.ts";
import { oversleepMs, playDarkSweep, playSilentOwner } from "./play-races.ts";
import type { SimDatabase } from "./sim-database.ts";
import type { World } from "./world.ts";

export interface Stage {
  readonly world: World;
  readonly database: SimDatabase;
  readonly fleet: SimFleet;
  readonly plan: Plan;
}

export function playFaults(stage: Stage): void {
  for (const [index, fault] of stage.plan.faults.entries()) {
    stage.world.at(fault.at, () => play(stage, fault, index));
  }
}

function play(stage: Stage, fault: Fault, index: number): void {
  const { world, database, fleet, plan } = stage;
  // No fault outlasts the time for faults, but a sleep.
  const leftMs = plan.calmAt - world.now;
  const process = "machine" in fault && fault.machine !== null ? fleet.on(fault.machine) : null;
  switch (fault.kind) {
    case "kill":
    case "terminate": {
      if (process === null) return;
      if (fault.kind === "kill") process.end("KILLED");
      else fleet.terminate(process);
      const { machine, restartMs } = fault;
      if (restartMs !== null) world.at(world.now + restartMs, () => fleet.start(machine));
      return;
    }
    case "freeze":
      process?.freeze(Math.min(fault.ms, leftMs + oversleepMs));
      return;
    case "aimed freeze": {
      const ms = Math.min(fault.ms, leftMs + oversleepMs);
      process?.aim({ at: fault.moment, readings: fault.readings, strike: () => process.freeze(ms) });
      return;
    }
    case "aimed kill": {
      const { machine, moment, readings, restartMs } = fault;
      const strike = () => {
        process?.end("KILLED");
        world.at(world.now + restartMs, () => fleet.start(machine));
      };
      process?.aim({ at: moment, readings, strike });
      return;
    }
    case "aimed loss":
      for (const each of fleet.living()) each.lose(fault.loss);
      return;
    case "fleet down":
      fleet.cutPower(Math.min(fault.ms, leftMs));
      return;
    case "silent owner":
      playSilentOwner(stage, fault);
      return;
    case "dark sweep":
      playDarkSweep(stage, fault);
      return;
    case "step wall":
      process?.stepWall(fault.ms);
      return;
    case "step server":
      database.stepClock(fault.ms);
      return;
    case "outage":
      database.goDown(Math.min(fault.ms, leftMs));
      return;
    case "failover":
      database.cutOff(Math.min(fault.ms, leftMs));
      return;
    case "trouble": {
      const { machine, part } = fault;
      const to = world.now + Math.min(fault.ms, leftMs);
      world.note(
        machine === null ? "" : (process?.name ?? ""),
        () => `trouble in the network: ${part * 100} % of messages until ${to / 1_000} s`,
      );
      fleet.troubles.push({ machine: machine === null ? null : letterOf(machine), part, from: world.now, to });
      return;
    }
    case "clone":
      fleet.startClone(fault.machine);
      return;
    case "reload":
      insertCommand(stage, index, { type: "reload_jobs" });
      return;
    case "run now":
      insertCommand(stage, index, { type: "run_job", args: { job_id: fault.job } });
      return;
    case "insert":
      insertJob(stage, plan.laterJob);
      return;
    case "edit": {
      edit(stage, fault);
      if (chanceOf(plan.seed, `edit ${index}`).hits(0.7)) insertCommand(stage, index, { type: "reload_jobs" });
    }
  }
}

function insertCommand({ world, database }: Stage, index: number, command: object): void {
  const _id = new BSON.ObjectId(index.toString(16).padStart(24, "0"));
  const document = { _id, target: "all", created_at: new Date(database.time()), ...command };
  database.run(messageOf({ insert: "commands", $db: dbName }, [document]));
  world.note("", () => `a person: ${JSON.stringify(command)}`);
}

const fields = {
  disable: { enabled: false },
  enable: { enabled: true },
  reschedule: { every_sec: 7 },
  same: { description: "edited" },
} as const;

function edit(stage: Stage, { job, change, ms }: Extract<Fault, { kind: "edit" }>): void {
  const { world, database, plan } = stage;
  world.note("", () => `a person edits ${job}: ${change}`);
  if (change === "toggle") {
    set(stage, job, fields.disable);
    world.at(world.now + ms, () => set(stage, job, fields.enable));
  } else if (change === "remove") {
    database.run(messageOf({ delete: "jobs", deletes: [{ q: { _id: job }, limit: 1 }], $db: dbName }, null));
    const again = plan.jobs.find(({ _id }) => _id === job) ?? {};
    world.at(world.now + ms, () => insertJob(stage, again));
  } else set(stage, job, fields[change]);
}

function set({ world, database }: Stage, job: string, values: object): void {
  const updates = [{ q: { _id: job }, u: { $set: values } }];
  database.run(messageOf({ update: "jobs", updates, $db: dbName }, null));
  world.note("", () => `a person sets ${job}: ${JSON.stringify(values)}`);
}

/** Refused where it is there. */
function insertJob({ world, database }: Stage, job: Document): void {
  database.run(messageOf({ insert: "jobs", $db: dbName }, [job]));
  world.note("", () => `a person inserts ${job._id}`);
}
