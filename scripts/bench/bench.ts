// `npm run bench -- [schedule attempt lag burst chain idle binary recovery cost embedded soak] [--seconds 60 --kills 20
// --minutes 10]`: prints tables with floors measured in the same run; asserts nothing. `fleet` is recovery and cost;
// `soak` comes only by name.
import { parseArgs } from "node:util";
import { connectStore, type Store } from "../../src/store/connect.ts";
import { ensureIndexes } from "../../src/store/ensure-indexes.ts";
import { type MongoBinary, startReplicaSet } from "../../test/helpers/mongo-servers.ts";
import { ensureMongod, renderMongod } from "../ensure-mongod.ts";
import { benchAttempt } from "./attempt.ts";
import { benchBinary } from "./binary.ts";
import { benchBurst } from "./burst.ts";
import { benchChain } from "./chain.ts";
import { benchEmbedded } from "./embedded.ts";
import { benchHistory } from "./embedded-history.ts";
import { benchCost } from "./fleet-cost.ts";
import { benchRecovery } from "./fleet-recovery.ts";
import { benchIdle } from "./idle.ts";
import { benchLag } from "./lag.ts";
import { benchSchedule } from "./schedule.ts";
import { benchSoak } from "./soak.ts";
import { type BenchTarget, startBenchTarget } from "./target.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "60" },
    kills: { type: "string", default: "20" },
    minutes: { type: "string", default: "10" },
  },
});
const [seconds, kills, minutes] = [Number(values.seconds), Number(values.kills), Number(values.minutes)];

interface Server {
  readonly mongod: MongoBinary;
  readonly uri: string;
  readonly store: Store;
  readonly target: BenchTarget;
}

const alone: Readonly<Record<string, () => void | Promise<void>>> = {
  schedule: benchSchedule,
  attempt: benchAttempt,
};

const withServer: Readonly<Record<string, (server: Server) => Promise<void>>> = {
  lag: ({ store, target }) => benchLag(store, target, seconds),
  burst: ({ store, uri, target }) => benchBurst(store, uri, target),
  chain: ({ store, target }) => benchChain(store, target),
  idle: ({ store, uri }) => benchIdle(store, uri, seconds),
  binary: ({ uri }) => benchBinary(uri),
  recovery: ({ store, uri }) => benchRecovery(store, uri, kills),
  cost: ({ mongod, target }) => benchCost(mongod, target, seconds),
  soak: ({ mongod, target }) => benchSoak(mongod, target, minutes),
  embedded: async ({ mongod }) => {
    await benchEmbedded(mongod);
    await benchHistory();
  },
};

const named = positionals.flatMap((part) => (part === "fleet" ? ["recovery", "cost"] : [part]));
const known = [...Object.keys(alone), ...Object.keys(withServer)];
for (const part of named)
  if (!known.includes(part)) throw new Error(`no benchmark ${part}; there are ${known.join(", ")}`);
const chosen = new Set(named.length > 0 ? named : known.filter((part) => part !== "soak"));

for (const [part, bench] of Object.entries(alone)) if (chosen.has(part)) await bench();
const onServer = Object.entries(withServer).filter(([part]) => chosen.has(part));
if (onServer.length > 0) await benchOnServer(onServer.map(([, bench]) => bench));

async function benchOnServer(benches: readonly ((server: Server) => Promise<void>)[]): Promise<void> {
  const mongod = await ensureMongod(process.env);
  console.log(renderMongod(mongod));
  if (mongod.kind !== "binary")
    throw new Error("the benchmark starts its own single-node replica set and needs a mongod");
  const server = await startReplicaSet(mongod, 1);
  const store = await connectStore({ uri: server.uri, dbName: "fleetcron_bench", appName: "bench" });
  try {
    await ensureIndexes(store);
    using target = await startBenchTarget();
    for (const bench of benches) await bench({ mongod, uri: server.uri, store, target });
  } finally {
    await store.close();
    await server.stop();
  }
}
