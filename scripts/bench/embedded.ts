// The embedded store against a real mongod (standalone, journal on): the same driver, the same machine, in turns. Both
// keep runs with their indexes, as an agent uses them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { startEmbedded } from "../../src/embedded/serve.ts";
import { connectStore, type Store } from "../../src/store/connect.ts";
import { majorityWrite } from "../../src/store/coordination.ts";
import { ensureIndexes } from "../../src/store/ensure-indexes.ts";
import { temporaryDir } from "../../test/helpers/agent-process.ts";
import { type MongoBinary, startStandalone } from "../../test/helpers/mongo-servers.ts";
import { sampleRun } from "../../test/helpers/sample-run.ts";
import { median, ms, printTable, ratio } from "./figures.ts";

interface Side {
  readonly store: Store;
  readonly startMs: number;
  readonly residentMiB: () => number;
}

const rounds = 5;
const operations: Readonly<Record<string, (store: Store) => Promise<number>>> = {
  "insertOne, majority, one after the other": (store) =>
    averageMs(200, () => store.runs.insertOne(sampleRun(), majorityWrite)),
  "insertMany of 1,000 runs": async (store) => {
    const runs = Array.from({ length: 1_000 }, () => sampleRun());
    return timed(() => store.runs.insertMany(runs, { ordered: false, ...majorityWrite }));
  },
  "find by _id, one after the other": async (store) => {
    const run = sampleRun();
    await store.runs.insertOne(run);
    return averageMs(500, () => store.runs.findOne({ _id: run._id }));
  },
  "updateOne compare-and-set, one after the other": async (store) => {
    const runs = Array.from({ length: 200 }, () => sampleRun());
    await store.runs.insertMany(runs);
    let at = 0;
    return averageMs(200, () => finish(store, runs[at++]));
  },
  "1,000 compare-and-sets, 50 in flight": async (store) => {
    const runs = Array.from({ length: 1_000 }, () => sampleRun());
    await store.runs.insertMany(runs);
    const next = runs.values();
    return timed(() => Promise.all(Array.from({ length: 50 }, () => finishAll(store, next))));
  },
};

export async function benchEmbedded(binary: MongoBinary): Promise<void> {
  await using cleanup = new AsyncDisposableStack();
  const embedded = await startEmbeddedSide(cleanup);
  const mongod = await startMongodSide(binary, cleanup);
  const rows = [];
  for (const [what, operation] of Object.entries(operations)) {
    const [ours, theirs] = await inTurns(operation, embedded.store, mongod.store);
    const floor = `mongod ${ms(theirs)}: ${ratio(ours, theirs)}`;
    rows.push({ what, measured: ms(ours), floor, goal: what.startsWith("find") ? "-" : "at most 1 x" });
  }
  const { startMs } = mongod;
  rows.push(
    {
      what: "start to first reply",
      measured: ms(embedded.startMs),
      floor: `mongod ${ms(startMs)}: ${ratio(embedded.startMs, startMs)}`,
      goal: "at most 0.2 x",
    },
    {
      what: "resident memory, MiB",
      measured: embedded.residentMiB().toFixed(0),
      floor: `mongod ${mongod.residentMiB().toFixed(0)}`,
      goal: "-",
    },
  );
  printTable("embedded store", rows);
}

async function startEmbeddedSide(cleanup: AsyncDisposableStack): Promise<Side> {
  const { path: dir } = cleanup.use(temporaryDir());
  const before = process.memoryUsage.rss();
  const begun = performance.now();
  const server = cleanup.use(
    await startEmbedded({ path: join(dir, "store.db"), listen: { socket: join(dir, "store.sock") } }),
  );
  await firstReply(server.uri);
  const startMs = performance.now() - begun;
  const store = await openIndexed(server.uri, cleanup);
  return { store, startMs, residentMiB: () => (process.memoryUsage.rss() - before) / 2 ** 20 };
}

async function startMongodSide(binary: MongoBinary, cleanup: AsyncDisposableStack): Promise<Side> {
  const begun = performance.now();
  const server = await startStandalone(binary);
  cleanup.defer(() => server.stop());
  await firstReply(server.uri);
  const startMs = performance.now() - begun;
  const store = await openIndexed(server.uri, cleanup);
  const { pid } = await store.client.db("admin").command({ serverStatus: 1 });
  const residentMiB = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1_024;
  return { store, startMs, residentMiB };
}

async function firstReply(uri: string): Promise<void> {
  await using client = new MongoClient(uri);
  await client.db("admin").command({ ping: 1 });
}

async function openIndexed(uri: string, cleanup: AsyncDisposableStack): Promise<Store> {
  const store = cleanup.use(await connectStore({ uri, dbName: "fleetcron_bench", appName: "bench" }));
  await ensureIndexes(store);
  return store;
}

/** The medians. In turns: what else the machine does then hits both. The first round warms up. */
async function inTurns(operation: (store: Store) => Promise<number>, a: Store, b: Store) {
  const [ofA, ofB]: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    const [first, second] = [await operation(a), await operation(b)];
    if (round === 0) continue;
    ofA.push(first);
    ofB.push(second);
  }
  return [median(ofA), median(ofB)] as const;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

async function averageMs(count: number, work: () => Promise<unknown>): Promise<number> {
  const all = await timed(async () => {
    for (let at = 0; at < count; at++) await work();
  });
  return all / count;
}

type SampleRun = ReturnType<typeof sampleRun>;

async function finishAll(store: Store, runs: Iterable<SampleRun>): Promise<void> {
  for (const run of runs) await finish(store, run);
}

async function finish(store: Store, run: SampleRun | undefined): Promise<void> {
  if (run === undefined) throw new Error("no run left to finish");
  const filter = { _id: run._id, claim_id: run.claim_id, status: "running" as const };
  const update = { $set: { status: "ok" as const, elapsed_ms: 5 }, $currentDate: { beat_at: true as const } };
  const { matchedCount } = await store.runs.updateOne(filter, update, majorityWrite);
  if (matchedCount !== 1) throw new Error("a compare-and-set matched nothing");
}
