// (g) What agents ask of a server: 1, 3 and 10 of them, with nothing due and under 100 runs a minute.
import { connectStore, type Store } from "../../src/store/connect.ts";
import { ensureIndexes } from "../../src/store/ensure-indexes.ts";
import { type MongoBinary, startStandalone } from "../../test/helpers/mongo-servers.ts";
import { printTable, type Row, wait } from "./figures.ts";
import { startAgents } from "./fleet-agents.ts";
import { countCommands } from "./server-figures.ts";
import type { BenchTarget } from "./target.ts";

const fleets = [1, 3, 10];
/** 10 jobs, each every 6 s. */
const jobCount = 10;
const everySec = 6;
/** Until what happens once, at the start, has happened: the last agent has its serial, a sweep is through. */
const settleMs = 15_000;

/** On a standalone server: no change stream takes the place of a read. */
export async function benchCost(mongod: MongoBinary, target: BenchTarget, seconds: number): Promise<void> {
  const server = await startStandalone(mongod);
  try {
    await using store = await connectStore({ uri: server.uri, dbName: "fleetcron_cost", appName: "bench" });
    await ensureIndexes(store);
    await measureCost(store, server.uri, target, seconds);
  } finally {
    await server.stop();
  }
}

async function measureCost(store: Store, uri: string, target: BenchTarget, seconds: number): Promise<void> {
  await using agents = startAgents(store, uri, {});
  const jobs = Array.from({ length: jobCount }, (_, i) => ({
    ...{ name: `job ${i}`, every_sec: everySec, enabled: false, overlap: "allow", url: `${target.url}/${i}` },
  }));
  await store.jobs.insertMany(jobs);
  const rows: Row[] = [];
  for (const count of fleets) {
    while (agents.list.length < count) await agents.add();
    const idle = await commandsAMinute(store, seconds);
    rows.push(rowOf(`agents: ${count}, idle`, count, idle, "at most 60 an agent"));
    await setEnabled(store, true);
    const busy = await commandsAMinute(store, seconds);
    rows.push(rowOf(`agents: ${count}, 100 runs a minute`, count, busy, ""));
    await setEnabled(store, false);
  }
  printTable(`commands a minute on a standalone server, hello aside, ${seconds} s each`, rows);
}

function rowOf(what: string, count: number, commands: number, goal: string): Row {
  const measured = `${(commands / count).toFixed(0)} an agent, ${commands.toFixed(0)} in all`;
  return { what, measured, floor: "", goal };
}

async function setEnabled(store: Store, enabled: boolean): Promise<void> {
  await store.jobs.updateMany({}, { $set: { enabled } });
  await store.commands.insertOne({ type: "reload_jobs", target: "all" } as never);
}

async function commandsAMinute(store: Store, seconds: number): Promise<number> {
  await wait(settleMs);
  const before = (await countCommands(store)).all;
  await wait(seconds * 1_000);
  return ((await countCommands(store)).all - before) * (60 / seconds);
}
