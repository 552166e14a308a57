// `npm run test:chaos -- [--store set|embedded] [--sigkill 200 --sigstop 100 …]`: a fleet of real processes on real
// servers, hurt in every way we know. Prints a table and ends with 1 when a promise was broken. Without counts each
// fault comes a few times.
import { parseArgs } from "node:util";
import { runCampaign } from "../test/chaos/campaign.ts";
import { checkFleet } from "../test/chaos/check-fleet.ts";
import { faults } from "../test/chaos/faults.ts";
import { renderTable, renderViolations, tabulate } from "../test/chaos/report.ts";
import { type ChaosStore, startEmbeddedStore, startSetStore } from "../test/chaos/stores.ts";
import { ensureMongod, renderMongod } from "./ensure-mongod.ts";

const fewTimes = "5";

const { values } = parseArgs({
  options: {
    store: { type: "string", default: "set,embedded" },
    agents: { type: "string", default: "3" },
    seed: { type: "string", default: "1" },
    "longest-sec": { type: "string", default: "10" },
    /** Every due occurrence has its record, or it is a violation. */
    complete: { type: "boolean", default: false },
    ...Object.fromEntries(Object.keys(faults).map((name) => [name, { type: "string" } as const])),
  },
});
const options: Readonly<Record<string, unknown>> = values;
const chosen = Object.keys(faults).filter((name) => options[name] !== undefined);
const names = chosen.length === 0 ? Object.keys(faults) : chosen;
const counts = Object.fromEntries(names.map((name) => [name, Number(options[name] ?? fewTimes)]));
const tell = (line: string) => process.stderr.write(`${line}\n`);

let isBroken = false;
for (const name of values.store.split(",")) isBroken = (await campaign(name)) || isBroken;
process.exitCode = isBroken ? 1 : 0;

async function campaign(storeName: string): Promise<boolean> {
  await using store = await startStore(storeName);
  const seed = Number(values.seed);
  const longestMs = Number(values["longest-sec"]) * 1_000;
  const end = await runCampaign({ store, counts, agents: Number(values.agents), seed, longestMs, say: tell });
  const violations = checkFleet(end.seen, { complete: values.complete, timed: true });
  console.log(`\n${store.name}, ${values.agents} agents, seed ${values.seed}\n`);
  console.log(renderTable(tabulate(end.seen, violations)));
  if (violations.length + end.unexpected.length === 0) return false;
  console.log(`\n${violations.length} promises broken\n\n${renderViolations(end, violations)}`);
  return true;
}

async function startStore(name: string): Promise<ChaosStore> {
  if (name === "embedded") return startEmbeddedStore();
  if (name !== "set") throw new Error(`--store: expected set or embedded, got ${name}`);
  const mongod = await ensureMongod(process.env);
  tell(renderMongod(mongod));
  if (mongod.kind !== "binary") throw new Error("the replica set needs a mongod of its own");
  return startSetStore(mongod);
}
