// (g) The single file: how quickly it starts, beside its own Node doing nothing, and what an idle agent holds.
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectStore, type Store } from "../../src/store/connect.ts";
import { ensureIndexes } from "../../src/store/ensure-indexes.ts";
import { agentEnvironment, type Environment, ProgramProcess, temporaryDir } from "../../test/helpers/agent-process.ts";
import { hostBinary } from "../binary/targets.ts";
import { median, ms, printTable, type Row, ratio, wait } from "./figures.ts";
import { fillHistory } from "./history.ts";
import { residentMiB } from "./process-figures.ts";

const starts = 30;
const runCount = 100_000;
const jobCount = 10_000;

export async function benchBinary(uri: string): Promise<void> {
  const file = hostBinary(join(import.meta.dirname, "..", "..", "dist"));
  if (file === null) return console.log("binary: there is no single file of this machine; npm run binary makes it");
  const bareMs = await startMs([process.execPath], ["-e", "0"]);
  printTable("the single file", [
    startRow("--version", await startMs([file], ["--version"]), bareMs, "at most 40 ms"),
    startRow("-h", await startMs([file], ["-h"]), bareMs, "at most 60 ms"),
    await idleRow("on MongoDB", file, (stateDir) =>
      agentEnvironment({ uri, dbName: "fleetcron_bench_binary", stateDir }),
    ),
    await idleRow("on the embedded store", file, (stateDir) => ({
      FLEETCRON_STORE: "embedded",
      FLEETCRON_STATE_DIR: stateDir,
    })),
    ...(await commandRows(file, uri)),
    {
      what: "size, MB",
      measured: (statSync(file).size / 1e6).toFixed(0),
      floor: `its Node ${(statSync(process.execPath).size / 1e6).toFixed(0)}`,
      goal: "-",
    },
  ]);
}

/** The median of some starts. */
async function startMs(program: readonly string[], args: readonly string[], env: Environment = {}): Promise<number> {
  const all: number[] = [];
  for (let i = 0; i < starts; i++) all.push(await runMs(program, args, env));
  return median(all);
}

/** From the spawn to the end of the process. Not spawnSync: the server's log would fill its pipe to this process. */
async function runMs(program: readonly string[], args: readonly string[], env: Environment): Promise<number> {
  const startedAt = performance.now();
  const { code, stderr } = await new ProgramProcess(args, env, program).ended;
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${stderr}`);
  return performance.now() - startedAt;
}

/** What a person waits for, on a fleet that has been going for a while. */
async function commandRows(file: string, uri: string): Promise<readonly Row[]> {
  using dir = temporaryDir();
  const dbName = "fleetcron_bench_commands";
  await using store = await connectStore({ uri, dbName, appName: "bench" });
  await ensureIndexes(store);
  await fillHistory(store, runCount);
  const env = agentEnvironment({ uri, dbName, stateDir: dir.path });
  const jobs = join(dir.path, "jobs.json");
  const job = { hour: 3, minute: 0, url: "https://example.com/" };
  writeFileSync(jobs, JSON.stringify(Array.from({ length: jobCount }, (_, i) => ({ ...job, name: `job ${i}` }))));
  const pings = await Promise.all(Array.from({ length: starts }, () => pingMs(store)));
  const statusMs = await startMs([file], ["status"], env);
  const applyMs = await runMs([file], ["jobs", "apply", jobs], env);
  return [
    {
      what: `status, ${runCount} runs`,
      measured: ms(statusMs),
      floor: `a round trip ${ms(median(pings))}`,
      goal: "at most 250 ms more",
    },
    { what: `jobs apply of ${jobCount}`, measured: ms(applyMs), floor: "-", goal: "at most 10 s" },
  ];
}

async function pingMs({ db }: Store): Promise<number> {
  const startedAt = performance.now();
  await db.command({ ping: 1 });
  return performance.now() - startedAt;
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
