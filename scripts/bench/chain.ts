// (d) A chain of 10 steps whose values go from step to step: its writes, its time per step, what one in flight holds, and what
// the worst paths and templates of a job cost.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { request } from "undici";
import type { Store } from "../../src/store/connect.ts";
import { majorityWrite } from "../../src/store/coordination.ts";
import { sampleRun } from "../../test/helpers/sample-run.ts";
import { startBenchAgent } from "./agent.ts";
import { median, ms, printTable, ratio, wait, wallNow } from "./figures.ts";
import { worstPath, worstTemplate } from "./hostile.ts";
import { countCommands } from "./server-figures.ts";
import type { BenchTarget } from "./target.ts";

const steps = 10;
const inFlight = 500;
/** Beats and clocks so rare that only the runs write. */
const quiet = { heartbeatSec: 300, leaseSec: 1_200, pollSec: 300 };

export async function benchChain(store: Store, target: BenchTarget): Promise<void> {
  const { writes, stepMs } = await measureSteps(store, target);
  const floorMs = await measureFloor(store, target);
  const heldKiB = await measureHeld(store, target);
  printTable(`a chain of ${steps} steps`, [
    { what: "majority writes per run", measured: writes.toFixed(2), floor: "", goal: `${steps + 1}` },
    {
      what: "time per step",
      measured: ms(stepMs),
      floor: `a request and a write, one by one ${ms(floorMs)}: ${ratio(stepMs, floorMs)}`,
      goal: "",
    },
    {
      what: `memory per chain, ${inFlight} in flight`,
      measured: `${heldKiB.toFixed(1)} KiB`,
      floor: "",
      goal: "at most 100 KiB",
    },
    ...Object.entries({ JSONPath: worstPath(), template: worstTemplate() }).map(([kind, worst]) => ({
      what: `hostile ${kind}, worst`,
      measured: ms(worst.ms),
      floor: worst.what,
      goal: "5 ms",
    })),
  ]);
}

function actionsOf(target: BenchTarget, path: string): readonly object[] {
  const first = { name: "first", url: `${target.url}/json`, save: { id: "$.id" } };
  const others = Array.from({ length: steps - 1 }, (_, i) => ({
    name: `step ${i}`,
    method: "PUT",
    url: `${target.url}/${path}/{{outputs.id}}`,
    body: { id: "{{outputs.id}}", text: "id {{outputs.id}}" },
    expect: { status: ["2xx"] },
    when: { previous: "ok" },
    timeout_sec: 300,
  }));
  return [first, ...others];
}

async function measureSteps(store: Store, target: BenchTarget): Promise<{ writes: number; stepMs: number }> {
  await store.jobs.insertOne({ name: "chain", every_sec: 1, actions: actionsOf(target, "json") });
  await using agent = await startBenchAgent(store, quiet);
  await wait(3_500);
  const before = await countCommands(store);
  const endedBefore = agent.ended.length;
  await wait(20_000);
  const after = await countCommands(store);
  const ended = agent.ended.slice(endedBefore);
  await store.jobs.deleteMany({});
  const writes = after.insert + after.update - before.insert - before.update;
  return { writes: writes / ended.length, stepMs: median(ended.map(({ run }) => run.elapsedMs ?? 0)) / steps };
}

/** What no chain can do without: a request, and a majority write. */
async function measureFloor(store: Store, target: BenchTarget): Promise<number> {
  const run = sampleRun();
  await store.runs.insertOne(run);
  const times: number[] = [];
  for (let i = 0; i < 200; i++) {
    const startedAt = performance.now();
    await (await request(`${target.url}/json`)).body.dump();
    await store.runs.updateOne({ _id: run._id }, { $set: { elapsed_ms: i } }, majorityWrite);
    times.push(performance.now() - startedAt);
  }
  await store.runs.deleteOne({ _id: run._id });
  return median(times);
}

async function measureHeld(store: Store, target: BenchTarget): Promise<number> {
  const at = new Date(Math.ceil(wallNow() / 1_000) * 1_000 + 5_000);
  const jobs = Array.from({ length: inFlight }, (_, i) => ({
    name: `held ${i}`,
    at,
    actions: actionsOf(target, "held"),
  }));
  await store.jobs.insertMany(jobs);
  await using agent = await startBenchAgent(store, { ...quiet, maxConcurrentRuns: inFlight });
  const before = retainedBytes();
  await wait(at.getTime() - wallNow());
  for (let sent = 0; sent < 2 * inFlight; await wait(100)) sent += (await target.arrivals()).length;
  await wait(500);
  const held = (retainedBytes() - before) / inFlight / 1_024;
  // Each further step waits to be answered too.
  while (agent.ended.length < inFlight) {
    await target.release();
    await wait(50);
  }
  await store.jobs.deleteMany({});
  return held;
}

function retainedBytes(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  const { heapUsed, arrayBuffers, external } = process.memoryUsage();
  return heapUsed + Math.max(arrayBuffers, external);
}
