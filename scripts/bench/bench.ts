// `npm run bench [-- schedule lag burst idle embedded recovery cost binary soak --seconds 60 --kills 20 --minutes 10]`: prints
// tables with floors measured in the same run; asserts nothing. `fleet` is recovery and cost; `soak` comes only by name.
import { parseArgs } from "node:util";
import { connectStore } from "../../src/store/connect.ts";
import { ensureIndexes } from "../../src/store/ensure-indexes.ts";
import { startReplicaSet } from "../../test/helpers/mongo-servers.ts";
import { ensureMongod, renderMongod } from "../ensure-mongod.ts";
import { benchBinary } from "./binary.ts";
import { benchBurst } from "./burst.ts";
import { benchEmbedded } from "./embedded.ts";
import { benchHistory } from "./embedded-history.ts";
import { benchCost } from "./fleet-cost.ts";
import { benchRecovery } from "./fleet-recovery.ts";
import { benchIdle } from "./idle.ts";
import { benchLag } from "./lag.ts";
import { benchSchedule } from "./schedule.ts";
import { benchSoak } from "./soak.ts";
import { startBenchTarget } from "./target.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "60" },
    kills: { type: "string", default: "20" },
    minutes: { type: "string", default: "10" },
  },
});
const [seconds, kills, minutes] = [Number(values.seconds), Number(values.kills), Number(values.minutes)];
const parts = positionals.flatMap((part) => (part === "fleet" ? ["recovery", "cost"] : [part]));
const wanted = (part: string) => parts.length === 0 || parts.includes(part);

if (wanted("schedule")) benchSchedule();
if (["lag", "burst", "idle", "embedded", "recovery", "cost", "binary", "soak"].some(wanted)) await benchServer();

async function benchServer(): Promise<void> {
  const mongod = await ensureMongod(process.env);
  console.log(renderMongod(mongod));
  if (mongod.kind !== "binary")
    throw new Error("the benchmark starts its own single-node replica set and needs a mongod");
  const server = await startReplicaSet(mongod, 1);
  const store = await connectStore({ uri: server.uri, dbName: "fleetcron_bench", appName: "bench" });
  try {
    await ensureIndexes(store);
    using target = await startBenchTarget();
    if (wanted("lag")) await benchLag(store, target, seconds);
    if (wanted("burst")) await benchBurst(store, target);
    if (wanted("idle")) await benchIdle(store, server.uri, seconds);
    if (wanted("recovery")) await benchRecovery(store, server.uri, kills);
    if (wanted("cost")) await benchCost(mongod, target, seconds);
    if (wanted("binary")) await benchBinary(server.uri);
    if (parts.includes("soak")) await benchSoak(mongod, target, minutes);
    if (wanted("embedded")) await benchEmbedded(mongod);
    if (wanted("embedded")) await benchHistory();
  } finally {
    await store.close();
    await server.stop();
  }
}
