// `npm run nights [-- HOURS]`: a whole agent through two days around each kind of clock change; `npm test` walks hours.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const [hours = "48"] = process.argv.slice(2);
const file = join(import.meta.dirname, "..", "test", "agent", "clock-change-nights.test.ts");
const env = { ...process.env, FLEETCRON_NIGHT_HOURS: hours };
process.exitCode = spawnSync(process.execPath, ["--test", file], { env, stdio: "inherit" }).status ?? 1;
