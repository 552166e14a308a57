// What goes wrong in a world, made to happen.
import { BSON } from "mongodb";
import { chanceOf } from "./chance.ts";
import { letterOf, type SimFleet } from "./fleet.ts";
import type { Plan } from "./plan.ts";
import type { Fault } from "./plan-faults.ts";
import { messageOf, type SimDatabase } from "./sim-database.ts";
import { dbName } from "./simulate.ts";
import type { World } from "./world.ts";

interface Stage {
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
      process?.freeze(fault.ms);
      return;
    case "freeze after acknowledgement":
      process?.aim(fault.freeze);
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

function edit({ world, database }: Stage, { job, change }: Extract<Fault, { kind: "edit" }>): void {
  const set = {
    disable: { enabled: false },
    enable: { enabled: true },
    reschedule: { every_sec: 7 },
    same: { description: "edited" },
  }[change];
  const updates = [{ q: { _id: job }, u: { $set: set } }];
  database.run(messageOf({ update: "jobs", updates, $db: dbName }, null));
  world.note("", () => `a person edits ${job}: ${change}`);
}
