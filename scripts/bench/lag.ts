// (a) From the due instant to the request's arrival at the target, one job each second.
import { Cron } from "croner";
import { request } from "undici";
import type { Store } from "../../src/store/connect.ts";
import { startBenchAgent } from "./agent.ts";
import { median, ms, printTable, quantile, wait, wallNow } from "./figures.ts";
import type { BenchTarget } from "./target.ts";

export async function benchLag(store: Store, target: BenchTarget, seconds: number): Promise<void> {
  const floor = await insertAndRequest(store, target, seconds);
  const croner = await cronerLag(target, seconds);
  const lags = await fleetcronLag(store, target, seconds);
  const p50 = median(lags);
  printTable(`lag, one job each second, ${seconds} s`, [
    {
      what: "p50",
      measured: ms(p50),
      floor: `F1 insert + request ${ms(floor)}, F2 croner ${ms(median(croner))}`,
      goal: `at most F1 + 2.5 = ${ms(floor + 2.5)}`,
    },
    {
      what: "worst",
      measured: ms(Math.max(...lags)),
      floor: `F2 croner ${ms(Math.max(...croner))}`,
      goal: `at most 3 x p50 = ${ms(3 * p50)}`,
    },
    { what: "p90", measured: ms(quantile(lags, 0.9)), floor: "", goal: "" },
    { what: "instants fired", measured: `${lags.length}`, floor: `${seconds}`, goal: "none left out" },
  ]);
}

/** F1: what one claim and one request cost with nothing around them, once a second as well. */
async function insertAndRequest(store: Store, target: BenchTarget, seconds: number): Promise<number> {
  const floor = store.db.collection("bench_floor");
  const sums: number[] = [];
  for (let i = 0; i < seconds; i++) {
    await wait(1_000 - (wallNow() % 1_000));
    const start = performance.now();
    await floor.insertOne({ at: new Date() }, { writeConcern: { w: "majority" } });
    await (await request(`${target.url}/floor`)).body.dump();
    sums.push(performance.now() - start);
  }
  await floor.drop();
  await target.arrivals();
  return median(sums);
}

/** F2: a cron library in process, which records nothing. */
async function cronerLag(target: BenchTarget, seconds: number): Promise<readonly number[]> {
  const job = new Cron("* * * * * *", async () => {
    await (await request(`${target.url}/croner`)).body.dump();
  });
  await wait(seconds * 1_000 + 500);
  job.stop();
  return (await target.arrivals()).map(({ at }) => at % 1_000);
}

async function fleetcronLag(store: Store, target: BenchTarget, seconds: number): Promise<readonly number[]> {
  await store.jobs.insertOne({ name: "each second", every_sec: 1, url: `${target.url}/job` });
  await using _agent = await startBenchAgent(store);
  await wait(1_500);
  await target.arrivals();
  const from = Math.ceil(wallNow() / 1_000) * 1_000;
  await wait(from + seconds * 1_000 - 200 - wallNow());
  const arrivals = await target.arrivals();
  await store.jobs.deleteMany({});
  return arrivals.map(({ key, at }) => at - Date.parse(key.replace(/^.*?@/, "").replace(/\/.*$/, "")));
}
