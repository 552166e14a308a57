// (g) The single file: how quickly it starts, beside its own Node doing nothing, and what an idle agent holds.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { agentEnvironment, type Environment, ProgramProcess, temporaryDir } from "../../test/helpers/agent-process.ts";
import { binaryName, isHost, targets } from "../binary/targets.ts";
import { median, ms, printTable, type Row, ratio, wait } from "./figures.ts";
import { residentMiB } from "./process-figures.ts";

const starts = 30;

export async function benchBinary(uri: string): Promise<void> {
  const target = targets.find(isHost);
  const file = join(import.meta.dirname, "..", "..", "dist", target === undefined ? "none" : binaryName(target));
  if (!existsSync(file)) return console.log(`binary: there is no ${file}; npm run binary makes it`);
  const bareMs = startMs(process.execPath, "-e", "0");
  printTable("the single file", [
    startRow("--version", startMs(file, "--version"), bareMs, "at most 40 ms"),
    startRow("-h", startMs(file, "-h"), bareMs, "at most 60 ms"),
    await idleRow("on MongoDB", file, (stateDir) =>
      agentEnvironment({ uri, dbName: "fleetcron_bench_binary", stateDir }),
    ),
    await idleRow("on the embedded store", file, (stateDir) => ({
      FLEETCRON_STORE: "embedded",
      FLEETCRON_STATE_DIR: stateDir,
    })),
    {
      what: "size, MB",
      measured: (statSync(file).size / 1e6).toFixed(0),
      floor: `its Node ${(statSync(process.execPath).size / 1e6).toFixed(0)}`,
      goal: "-",
    },
  ]);
}

/** The median of some starts: from the spawn to the end of the process. */
function startMs(file: string, ...args: readonly string[]): number {
  const once = () => {
    const startedAt = performance.now();
    spawnSync(file, args, { stdio: "ignore" });
    return performance.now() - startedAt;
  };
  return median(Array.from({ length: starts }, once));
}

function startRow(what: string, measuredMs: number, bareMs: number, goal: string): Row {
  return { what, measured: ms(measuredMs), floor: `its Node ${ms(bareMs)}: ${ratio(measuredMs, bareMs)}`, goal };
}

async function idleRow(where: string, file: string, env: (stateDir: string) => Environment): Promise<Row> {
  using dir = temporaryDir();
  await using agent = new ProgramProcess(["agent"], env(dir.path), [file]);
  await agent.says("agent ready");
  await wait(20_000);
  const measured = residentMiB(agent.child.pid ?? 0).toFixed(0);
  return { what: `idle ${where}, resident MiB`, measured, floor: "-", goal: "at most 86 (90 MB)" };
}
