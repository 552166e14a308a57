// `npm run bench [-- schedule lag burst idle embedded fleet]`: prints tables with floors measured in the same run; asserts
// nothing.
import { connectStore } from "../../src/store/connect.ts";
import { ensureIndexes } from "../../src/store/ensure-indexes.ts";
import { startReplicaSet } from "../../test/helpers/mongo-servers.ts";
import { ensureMongod, renderMongod } from "../ensure-mongod.ts";
import { benchBurst } from "./burst.ts";
import { benchEmbedded } from "./embedded.ts";
import { benchHistory } from "./embedded-history.ts";
import { benchFleet } from "./fleet.ts";
import { benchIdle } from "./idle.ts";
import { benchLag } from "./lag.ts";
import { benchSchedule } from "./schedule.ts";
import { startBenchTarget } from "./target.ts";

const parts = process.argv.slice(2).filter((arg) => !arg.startsWith("-"));
const wanted = (part: string) => parts.length === 0 || parts.includes(part);
const kills = Number(process.env.FLEETCRON_BENCH_KILLS ?? 20);
const seconds = Number(process.env.FLEETCRON_BENCH_SECONDS ?? 60);

if (wanted("schedule")) benchSchedule();
if (["lag", "burst", "idle", "embedded", "fleet"].some(wanted)) await benchServer();

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
    if (wanted("fleet")) await benchFleet(store, server.uri, { seconds, kills });
    if (wanted("embedded")) await benchEmbedded(mongod);
    if (wanted("embedded")) await benchHistory();
  } finally {
    await store.close();
    await server.stop();
  }
}
