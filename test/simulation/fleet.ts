// The agents of a world: the real code, each in a process of its own.

import { runAgent } from "../../src/agent/agent.ts";
import type { Log } from "../../src/runtime/log.ts";
import { runCommand } from "../helpers/run-command.ts";
import { type Chance, chanceOf } from "./chance.ts";
import { standInStore } from "./driver-stand-in.ts";
import { dbName } from "./message.ts";
import { connect } from "./network.ts";
import { beginning, type Plan } from "./plan.ts";
import type { SimDatabase } from "./sim-database.ts";
import { SimProcess } from "./sim-process.ts";
import { sendFrom, type TargetDeps } from "./sim-target.ts";
import type { World } from "./world.ts";

interface FleetDeps {
  readonly world: World;
  readonly database: SimDatabase;
  readonly target: TargetDeps;
  readonly plan: Plan;
}

interface Trouble {
  /** The machine's letter, or null for all. */
  readonly machine: string | null;
  readonly from: number;
  readonly to: number;
  readonly part: number;
  /** Nothing but claims is hurt, and each of them. */
  readonly isOfClaims?: boolean;
}

export class SimFleet {
  readonly processes: SimProcess[] = [];
  readonly troubles: Trouble[] = [];
  readonly failures: string[] = [];
  readonly #deps: FleetDeps;
  /** The latest process of each machine. */
  readonly #current = new Map<number, SimProcess>();
  readonly #stops = new Map<SimProcess, AbortController>();
  readonly #starts = new Map<number, number>();
  /** World time until which nothing starts. */
  #pausedUntil = 0;

  constructor(deps: FleetDeps) {
    this.#deps = deps;
  }

  living(): readonly SimProcess[] {
    return [...this.#current.values()].filter((process) => process.isAlive);
  }

  on(machine: number): SimProcess | null {
    const process = this.#current.get(machine);
    return process?.isAlive ? process : null;
  }

  /** Another instance on this machine, as a service manager starts it; never two at once. */
  start(machine: number): void {
    if (this.on(machine) !== null) return;
    const { world } = this.#deps;
    if (world.now < this.#pausedUntil) {
      world.at(this.#pausedUntil, () => this.start(machine));
      return;
    }
    this.#current.set(machine, this.#launch(machine, letterOf(machine)));
  }

  /** A second host with a copy of the machine's `state_dir`. */
  startClone(machine: number): void {
    this.#launch(machine, `${letterOf(machine)}x`);
  }

  /** All machines are without power for so long. */
  cutPower(ms: number): void {
    const { world, plan } = this.#deps;
    for (const process of this.processes) process.end("KILLED");
    this.#pausedUntil = world.now + ms;
    world.note("", () => `no machine has power for ${(ms / 1_000).toFixed(1)} s`);
    for (let machine = 0; machine < plan.machines; machine++) this.start(machine);
  }

  /** An agent that is not about to end is there, or starts as soon as a machine is free for it. */
  ensureOne(): void {
    if (this.living().some(({ stoppingAt }) => stoppingAt === null)) return;
    const { world, plan } = this.#deps;
    const free = Array.from({ length: plan.machines }, (_, machine) => machine).find(
      (machine) => this.on(machine) === null,
    );
    if (free === undefined) world.at(world.now + 1_000, () => this.ensureOne());
    else this.start(free);
  }

  terminate(process: SimProcess): void {
    process.stoppingAt ??= this.#deps.world.now;
    this.#deps.world.note(process.name, () => "is told to stop");
    process.after(0, () => this.#stops.get(process)?.abort());
  }

  /** The part of this process's messages that something happens to. */
  troubleOf(process: SimProcess, at: number): number {
    const parts = this.troubles
      .filter(({ from, to, isOfClaims }) => from <= at && at < to && !isOfClaims)
      .filter((trouble) => trouble.machine === null || trouble.machine === process.name[0])
      .map(({ part }) => part);
    return Math.max(0, ...parts);
  }

  #launch(machine: number, hostname: string): SimProcess {
    const { world, database, target, plan } = this.#deps;
    const number = (this.#starts.get(machine) ?? 0) + 1;
    this.#starts.set(machine, number);
    const process = new SimProcess(world, `${hostname}${number}`, beginning + (plan.wallErrorsMs[machine] ?? 0));
    this.processes.push(process);
    world.note(process.name, () => "starts");
    const chance = chanceOf(plan.seed, process.name);
    const network = {
      world,
      database,
      chance: chanceOf(plan.seed, `${process.name} network`),
      latencyMs: plan.storeLatencyMs,
      trouble: (from: SimProcess, at: number) => this.troubleOf(from, at),
      losesClaims: (at: number) =>
        this.troubles.some(({ isOfClaims, from, to }) => isOfClaims && from <= at && at < to),
    };
    const stop = new AbortController();
    this.#stops.set(process, stop);
    let ids = 0;
    runAgent(
      {
        store: standInStore(connect(network, process), dbName),
        clock: process.clock,
        random: chance,
        newId: () => `${process.name}-${++ids}`,
        log: this.#logOf(process),
        settings: plan.settings,
        reloadSettings: () => ({ settings: plan.settings, notes: [] }),
        send: sendFrom(target, process),
        runCommand,
        machine: { machineId: letterOf(machine), instanceId: process.name, hostname, version: "0" },
        onReady: () => {
          process.readyAt = world.now;
        },
      },
      stop.signal,
    ).then(
      () => process.end("has stopped"),
      (error) => this.#ended(process, machine, { error, chance, isClone: hostname !== letterOf(machine) }),
    );
    return process;
  }

  /** What an agent logs is part of the story. */
  #logOf(process: SimProcess): Log {
    const write = (level: string) => (fields: unknown, message?: string) => {
      const tell = () => `${level} ${message ?? ""} ${tellFields(fields)}`;
      if (message !== undefined && unexpected.has(message)) this.failures.push(`${process.name}: ${tell()}`);
      this.#deps.world.note(process.name, tell, process.time);
    };
    const log = { debug: write("debug"), info: write("info"), warn: write("WARN"), error: write("ERROR") };
    return log as unknown as Log;
  }

  /** A service manager starts it again. */
  #ended(
    process: SimProcess,
    machine: number,
    { error, chance, isClone }: { error: unknown; chance: Chance; isClone: boolean },
  ): void {
    const { world } = this.#deps;
    process.end(`ends with an error: ${error}`);
    if (!isClone) world.at(world.now + chance.between(10_000, 60_000), () => this.start(machine));
  }
}

/** What is said where our own code threw what it should not. */
const unexpected = new Set(["task failed", "background loop failed"]);

export const letterOf = (machine: number): string => String.fromCharCode(65 + machine);

function tellFields(fields: unknown): string {
  if (typeof fields !== "object" || fields === null) return String(fields);
  const told = Object.entries(fields).map(([name, value]) => {
    const text = value instanceof Error ? value.stack?.split("\n").slice(0, 3).join(" ") : JSON.stringify(value);
    return `${name}: ${text}`;
  });
  return told.join(", ");
}
