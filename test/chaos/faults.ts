// Everything that is done to a fleet, one function each. A fault returns once it is healed; the fleet may still be
// busy with its consequences.
import { setTimeout as delay } from "node:timers/promises";
import type { AgentSlot } from "./agent-slot.ts";
import { type ChaosStore, setFailPoint } from "./stores.ts";

export interface World {
  readonly store: ChaosStore;
  readonly slots: readonly AgentSlot[];
  /** From 0 (included) to 1 (excluded). */
  readonly random: () => number;
  /** Agents by the serial they hold, from 1; stops at the first that nobody lives to hold. */
  slotsInLine(): Promise<readonly AgentSlot[]>;
  readonly leaseMs: number;
  /** The longest time for which an agent or a member is frozen, or the whole store is away. */
  readonly longestMs: number;
}

interface Fault {
  readonly kind: string;
  readonly hurtsStore: boolean;
  /** Only a replica set knows it. */
  readonly needsSet: boolean;
  /** `nth` counts from 0. */
  inject(world: World, nth: number): Promise<Injected>;
}

interface Injected {
  /** How many signals, failures or lost answers it came to: a fault that hit nothing proves nothing. */
  readonly hits: number;
  /** How many of the first serials were dead, where only that was wrong; else null. */
  readonly deadSerials: number | null;
}

/** Answers its hits where they are not simply one. */
type Inject = (world: World, nth: number) => Promise<number | undefined>;

const onAgents = (kind: string, inject: Inject) => make({ kind, hurtsStore: false, needsSet: false }, inject);
const onStore = (kind: string, inject: Inject) => make({ kind, hurtsStore: true, needsSet: false }, inject);
const onSet = (kind: string, inject: Inject) => make({ kind, hurtsStore: true, needsSet: true }, inject);

function make(about: Omit<Fault, "inject">, inject: Inject): Fault {
  return {
    ...about,
    inject: async (world, nth) => ({ hits: (await inject(world, nth)) ?? 1, deadSerials: null }),
  };
}

/** By the option that gives its count. */
export const faults: Readonly<Record<string, Fault>> = {
  sigkill: onAgents("SIGKILL of an agent", async (world, nth) => {
    const slot = await victimOf(world, nth);
    await slot.kill();
    await delay(between(world, 500, 3_000));
    await slot.start();
  }),
  "dead-serials": { kind: "first k serials dead", hurtsStore: false, needsSet: false, inject: killFirst },
  sigstop: onAgents("SIGSTOP of an agent", async (world, nth) => {
    const slot = await victimOf(world, nth);
    slot.freeze();
    await delay(frozenMs(world));
    slot.thaw();
    await delay(1_000);
  }),
  sigterm: onAgents("SIGTERM of an agent", async (world) => {
    const slot = pick(world, world.slots);
    const code = await slot.stop();
    if (code !== 0) slot.unexpected.push(`${slot.name} was stopped gracefully and ended with ${code}`);
    await slot.start();
  }),
  clone: onAgents("second agent of one identity", async (world, nth) => {
    const slot = await victimOf(world, nth);
    await slot.clone();
  }),
  clock: onAgents("clock steps by 10 min", async (world) => {
    pick(world, world.slots).stepClock();
    await delay(1_500);
  }),
  "close-connection": onStore("fail point closeConnection", (world, nth) =>
    failCommands(world, nth, { closeConnection: true }),
  ),
  "error-code": onStore("fail point errorCode", (world, nth) =>
    failCommands(world, nth, { errorCode: [91, 10107, 50, 6][Math.floor(nth / 4) % 4] }),
  ),
  "write-concern": onStore("fail point writeConcernError", (world, nth) =>
    failCommands(world, nth % 3, { writeConcernError: { code: 64, errmsg: "waiting for replication timed out" } }),
  ),
  "lost-answer": onStore("answer lost after the write", loseAnswers),
  "all-down": onStore("whole store down", async ({ store, longestMs }) => {
    await store.down();
    await delay(Math.min(30_000, longestMs));
    await store.up();
    await delay(2_000);
  }),
  stepdown: onSet("replSetStepDown", async ({ store }) => {
    const primary = await store.set?.waitPrimary();
    await primary?.command({ replSetStepDown: 5, force: true });
    await delay(500);
    await store.set?.waitPrimary();
    await delay(1_000);
  }),
  "kill-primary": onSet("SIGKILL of the primary", async (world) => {
    const primary = await world.store.set?.waitPrimary();
    await primary?.kill("SIGKILL");
    await world.store.set?.waitPrimary();
    await delay(between(world, 0, 2_000));
    primary?.start();
    await primary?.waitMember();
  }),
  "kill-both": onSet("SIGKILL of agent and primary", async (world, nth) => {
    const slot = await victimOf(world, nth);
    const primary = await world.store.set?.waitPrimary();
    await Promise.all([primary?.kill("SIGKILL"), slot.kill()]);
    await world.store.set?.waitPrimary();
    primary?.start();
    await Promise.all([primary?.waitMember(), slot.start()]);
  }),
  "stop-primary": onSet("SIGSTOP of the primary", async (world) => {
    const primary = await world.store.set?.waitPrimary();
    await primary?.kill("SIGSTOP");
    await delay(frozenMs(world));
    await primary?.kill("SIGCONT");
    await delay(500);
    await world.store.set?.waitPrimary();
    await delay(1_000);
  }),
};

/** The first in line, who does nearly all the work, and any agent in turn. */
async function victimOf(world: World, nth: number): Promise<AgentSlot> {
  const [first] = nth % 2 === 0 ? await world.slotsInLine() : [];
  return first ?? pick(world, world.slots);
}

/** All agents but one at most, the first in line: what is due meanwhile starts at the turn of the next. */
async function killFirst(world: World, nth: number): Promise<Injected> {
  const line = await world.slotsInLine();
  const victims = line.slice(0, 1 + (nth % (world.slots.length - 1)));
  await Promise.all(victims.map((slot) => slot.kill()));
  await delay(world.leaseMs + 1_000);
  await Promise.all(victims.map((slot) => slot.start()));
  return { hits: victims.length, deadSerials: victims.length };
}

/** Shorter than what an agent notices, longer than the lease, and anything up to the longest. */
function frozenMs(world: World): number {
  const { leaseMs, longestMs } = world;
  const choices = [between(world, 300, 2_000), leaseMs / 2, leaseMs + 1_000, between(world, leaseMs, longestMs)];
  return Math.min(pick(world, choices), longestMs);
}

const coordinationCommands = ["insert", "update", "findAndModify", "find"] as const;

async function failCommands(world: World, nth: number, failure: object): Promise<number> {
  const failCommands = [coordinationCommands[nth % coordinationCommands.length]];
  const mode = { activationProbability: 0.5 };
  const hits = await untilHit(async () => {
    const before = await setFailPoint(world.store, mode, { failCommands, appName: "fleetcron-agent", ...failure });
    await delay(2_000);
    return (await setFailPoint(world.store, "off")) - before;
  });
  await delay(1_000);
  return hits;
}

/** A slow machine may send none of the commands meant while a fault waits for them: it waits again, up to ten times. */
async function untilHit(inject: () => Promise<number>): Promise<number> {
  let hits = 0;
  for (let round = 0; round < 10 && hits === 0; round++) hits = await inject();
  return hits;
}

/** The name of a command and its collection, as they stand at the head of the message. */
const writesWhoseAnswerIsLost = ["insert\0\x09\0\0\0job_runs", "update\0\x09\0\0\0job_runs", "findAndModify\0"];

async function loseAnswers({ store }: World): Promise<number> {
  const hits = await untilHit(() => loseAnswersOnce(store));
  await delay(1_000);
  return hits;
}

async function loseAnswersOnce(store: ChaosStore): Promise<number> {
  const lost = () => store.proxies.reduce((sum, proxy) => sum + proxy.lost(), 0);
  const before = lost();
  for (let round = 0; round < 15; round++) {
    const head = writesWhoseAnswerIsLost[round % writesWhoseAnswerIsLost.length] ?? "";
    for (const proxy of store.proxies) proxy.loseAnswerTo(head);
    await delay(150);
  }
  for (const proxy of store.proxies) proxy.loseNothing();
  return lost() - before;
}

function pick<T>({ random }: World, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}

const between = ({ random }: World, least: number, most: number) => least + random() * Math.max(0, most - least);
