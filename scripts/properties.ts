// `npm run properties [-- RUNS [SEED]]`: the properties of schedules with many more cases than `npm test` has time for.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const [runs = "10000", seed = `${Math.floor(Math.random() * 2 ** 31)}`] = process.argv.slice(2);
const file = join(import.meta.dirname, "..", "test", "model", "schedule-properties.test.ts");
const env = { ...process.env, FLEETCRON_PROPERTY_RUNS: runs, FLEETCRON_PROPERTY_SEED: seed };
process.exitCode = spawnSync(process.execPath, ["--test", file], { env, stdio: "inherit" }).status ?? 1;
