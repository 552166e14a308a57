// (b) and (c): 1,000 one-step jobs due at one second on one agent with the default 50 slots.
import { Cron } from "croner";
import { request } from "undici";
import { serveMetrics } from "../../src/metrics/serve-metrics.ts";
import type { Meter } from "../../src/model/meter.ts";
import { connectStore, type Store } from "../../src/store/connect.ts";
import { type BenchAgent, startBenchAgent } from "./agent.ts";
import { ms, printTable, type Row, ratio, wait, wallNow } from "./figures.ts";
import { fillHistory } from "./history.ts";
import { countCommands } from "./server-figures.ts";
import type { BenchTarget } from "./target.ts";

const jobs = 1_000;
/** The first is cold; the best of the others counts as warm. */
const rounds = 6;

interface Burst {
  readonly lastRequest: number;
  readonly lastRecorded: number;
  readonly writes: number;
}

export async function benchBurst(store: Store, uri: string, target: BenchTarget): Promise<void> {
  const [cronerCold, ...cronerWarm] = await cronerBursts(target, rounds);
  const empty = await fleetcronBursts(store, target, rounds);
  const metered = await meteredBursts(uri, store.db.databaseName, target);
  await fillHistory(store, 100_000);
  const full = await fleetcronBursts(store, target, rounds);
  const floorWarm = Math.min(...cronerWarm);
  printTable(`burst of ${jobs} jobs at one second`, [
    ...burstRows("", empty, cronerCold ?? Number.NaN, floorWarm),
    {
      what: "warm: last result recorded, with metrics",
      measured: ms(warmest(metered)),
      floor: `without ${ms(warmest(empty))}: ${ratio(warmest(metered), warmest(empty))}`,
      goal: "as without",
    },
    ...burstRows(", 100,000 runs in history", full, cronerCold ?? Number.NaN, floorWarm),
    {
      what: "commands that write, per burst",
      measured: `${empty[1]?.writes}`,
      floor: `${jobs} runs`,
      goal: "fewer than runs",
    },
  ]);
  await benchWritesPerRun(store, target);
}

function warmest([_cold, ...warm]: readonly Burst[]): number {
  return Math.min(...warm.map((burst) => burst.lastRecorded));
}

function burstRows(where: string, bursts: readonly Burst[], floorCold: number, floorWarm: number): Row[] {
  const [cold] = bursts;
  if (cold === undefined) return [];
  const warmRecorded = warmest(bursts);
  return [
    { what: `cold: last request sent${where}`, measured: ms(cold.lastRequest), floor: `F2 ${ms(floorCold)}`, goal: "" },
    {
      what: `cold: last result recorded${where}`,
      measured: ms(cold.lastRecorded),
      floor: ratio(cold.lastRecorded, floorCold),
      goal: "at most 1.3 x F2",
    },
    {
      what: `warm: last result recorded${where}`,
      measured: ms(warmRecorded),
      floor: `F2 ${ms(floorWarm)}: ${ratio(warmRecorded, floorWarm)}`,
      goal: "at most 2 x F2",
    },
  ];
}

/** F2: as many croner jobs in process, each sending one request. */
async function cronerBursts(target: BenchTarget, rounds: number): Promise<readonly number[]> {
  const lasts: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const at = new Date(Math.ceil(wallNow() / 1_000) * 1_000 + 2_000);
    const crons = Array.from({ length: jobs }, (_, i) => {
      return new Cron(at, async () => {
        await (await request(`${target.url}/croner/${i}`)).body.dump();
      });
    });
    await wait(at.getTime() - wallNow() + 3_000);
    for (const cron of crons) cron.stop();
    lasts.push(Math.max(...(await target.arrivals()).map((arrival) => arrival.at - at.getTime())));
  }
  return lasts;
}

/** As with `metrics.listen`, and scraped each second. */
async function meteredBursts(uri: string, dbName: string, target: BenchTarget): Promise<readonly Burst[]> {
  await using served = await serveMetrics({ host: "127.0.0.1", port: 0 });
  const { metrics, url } = served;
  await using store = await connectStore({ uri, dbName, appName: "bench", onCommand: metrics.commandEnded });
  let isOver = false;
  const scraping = (async () => {
    for (; !isOver; await wait(1_000)) await (await request(`${url}/metrics`)).body.dump();
  })();
  const bursts = await fleetcronBursts(store, target, rounds, metrics);
  isOver = true;
  await scraping;
  return bursts;
}

async function fleetcronBursts(
  store: Store,
  target: BenchTarget,
  rounds: number,
  meter?: Meter,
): Promise<readonly Burst[]> {
  const instants = Array.from(
    { length: rounds },
    (_, i) => new Date(Math.ceil(wallNow() / 1_000) * 1_000 + 6_000 + i * 5_000),
  );
  const schedules = instants.map((at) => ({ at }));
  await store.jobs.insertMany(
    Array.from({ length: jobs }, (_, i) => ({ name: `burst ${i}`, schedules, url: `${target.url}/${i}` })),
  );
  const bursts: Burst[] = [];
  {
    await using agent = await startBenchAgent(store, { ...(meter && { meter }) });
    await target.arrivals();
    for (const at of instants) bursts.push(await oneBurst(store, target, agent, at.getTime()));
  }
  await store.jobs.deleteMany({});
  return bursts;
}

async function oneBurst(store: Store, target: BenchTarget, agent: BenchAgent, at: number): Promise<Burst> {
  await wait(at - wallNow() - 200);
  const before = await countCommands(store);
  const endedBefore = agent.ended.length;
  await wait(at - wallNow() + 3_500);
  const after = await countCommands(store);
  const arrivals = await target.arrivals();
  const ended = agent.ended.slice(endedBefore);
  if (arrivals.length !== jobs || ended.length !== jobs)
    throw new Error(`${arrivals.length} sent, ${ended.length} recorded`);
  return {
    lastRequest: Math.max(...arrivals.map((arrival) => arrival.at)) - at,
    lastRecorded: Math.max(...ended.map((one) => one.at)) - at,
    writes: after.insert + after.update - before.insert - before.update,
  };
}

/** (c) One run at a time: a claim and a finish. */
async function benchWritesPerRun(store: Store, target: BenchTarget): Promise<void> {
  await store.jobs.insertOne({ name: "single", every_sec: 1, url: `${target.url}/single` });
  // Beats and clocks so rare that only the runs write.
  await using agent = await startBenchAgent(store, { heartbeatSec: 300, leaseSec: 1_200, pollSec: 300 });
  await wait(1_500);
  const before = await countCommands(store);
  const endedBefore = agent.ended.length;
  await wait(10_000);
  const after = await countCommands(store);
  const runs = agent.ended.length - endedBefore;
  const writes = after.insert + after.update - before.insert - before.update;
  printTable("outside a burst", [
    { what: "writes per one-step run", measured: (writes / runs).toFixed(2), floor: `${runs} runs`, goal: "2" },
  ]);
  await store.jobs.deleteMany({});
}
