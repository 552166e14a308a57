// (h) Ten agents, 2,000 jobs, a replica set of three, for as long as one likes: does anything grow?
import { connectStore, type Store } from "../../src/store/connect.ts";
import { ensureIndexes } from "../../src/store/ensure-indexes.ts";
import { type MongoBinary, startReplicaSet } from "../../test/helpers/mongo-servers.ts";
import { wait } from "./figures.ts";
import { type FleetAgent, type FleetAgents, startAgents } from "./fleet-agents.ts";
import { cpuSeconds, residentMiB } from "./process-figures.ts";
import { countCommands } from "./server-figures.ts";
import type { BenchTarget } from "./target.ts";

const agentCount = 10;
const jobCount = 2_000;
/** Each job once a minute, spread over most of it. */
const everySec = 60;
const jitterSec = 50;
const settleMs = 30_000;

/** Taken at the start, in the middle and at the end. */
interface Reading {
  readonly at: number;
  readonly commands: number;
  readonly cpuSec: ReadonlyMap<FleetAgent, number>;
  readonly rssMiB: ReadonlyMap<FleetAgent, number>;
}

export async function benchSoak(mongod: MongoBinary, target: BenchTarget, minutes: number): Promise<void> {
  const server = await startReplicaSet(mongod, 3);
  try {
    await using store = await connectStore({ uri: server.uri, dbName: "fleetcron_soak", appName: "bench" });
    await ensureIndexes(store);
    await insertJobs(store, target);
    await using agents = startAgents(store, server.uri, {});
    while (agents.list.length < agentCount) await agents.add();
    await wait(settleMs);
    const readings: Reading[] = [await read(store, agents)];
    for (let half = 0; half < 2; half++) {
      await wait(minutes * 30_000);
      readings.push(await read(store, agents));
      // They would fill the target's memory, not what is measured.
      await target.arrivals();
    }
    await print(store, agents, readings);
  } finally {
    await server.stop();
  }
}

async function insertJobs(store: Store, target: BenchTarget): Promise<void> {
  const job = { every_sec: everySec, jitter_sec: jitterSec, overlap: "allow", method: "POST" };
  await store.jobs.insertMany(
    Array.from({ length: jobCount }, (_, i) => ({ ...job, name: `job ${i}`, url: `${target.url}/${i}` })),
  );
}

async function read(store: Store, { list }: FleetAgents): Promise<Reading> {
  return {
    at: performance.now(),
    commands: (await countCommands(store)).all,
    cpuSec: new Map(list.map((agent) => [agent, cpuSeconds(agent.pid)])),
    rssMiB: new Map(list.map((agent) => [agent, residentMiB(agent.pid)])),
  };
}

async function print(store: Store, { list }: FleetAgents, readings: readonly Reading[]): Promise<void> {
  const [start, middle, end] = readings as [Reading, Reading, Reading];
  const spans = [
    [start, middle],
    [middle, end],
  ] as const;
  const rateOf = ([from, to]: readonly [Reading, Reading], count: (reading: Reading) => number) =>
    (count(to) - count(from)) / ((to.at - from.at) / 1_000);
  const minutes = ((end.at - start.at) / 60_000).toFixed(1);
  console.log(`\n${agentCount} agents, ${jobCount} jobs a minute, replica set of three, ${minutes} minutes`);
  console.log("agent  runs   processor %, 1st and 2nd half   resident MiB: start, middle, end");
  for (const [i, agent] of list.entries()) {
    const runs = await store.runs.countDocuments({ claimed_by: agent.machineId });
    const cpu = spans.map((span) =>
      (rateOf(span, ({ cpuSec }) => cpuSec.get(agent) ?? 0) * 100).toFixed(1).padStart(6),
    );
    const rss = readings.map(({ rssMiB }) => (rssMiB.get(agent) ?? 0).toFixed(0).padStart(5));
    console.log(
      `${String(i + 1).padStart(5)} ${String(runs).padStart(6)}   ${cpu.join(" ").padEnd(30)} ${rss.join(" ")}`,
    );
  }
  const commands = spans.map((span) => rateOf(span, (reading) => reading.commands));
  const each = commands.map((all) => `${all.toFixed(0)} (${(all / agentCount).toFixed(1)} an agent)`);
  console.log(`commands a second, 1st and 2nd half: ${each.join(", ")}`);
  const ends = await store.runs.aggregate([
    { $sortByCount: { $concat: ["$status", " ", { $ifNull: ["$reason", ""] }] } },
  ]);
  for await (const { _id, count } of ends) console.log(`${String(count).padStart(6)} runs ${_id}`);
}
