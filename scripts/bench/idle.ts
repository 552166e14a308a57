// (d) An agent with 1,000 jobs due tomorrow, as a process of its own and as it is shipped (`npm run build` comes first),
// beside a bare client.

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { Store } from "../../src/store/connect.ts";
import { agentEnvironment, temporaryDir } from "../../test/helpers/agent-process.ts";
import { printTable, ratio, wait } from "./figures.ts";
import { cpuSeconds, residentMiB } from "./process-figures.ts";
import { countCommands } from "./server-figures.ts";

export async function benchIdle(store: Store, uri: string, seconds: number): Promise<void> {
  const tomorrow = new Date(Date.now() + 86_400_000);
  await store.jobs.insertMany(
    Array.from({ length: 1_000 }, (_, i) => ({ name: `idle ${i}`, at: tomorrow, url: "http://127.0.0.1:1/" })),
  );
  const root = join(import.meta.dirname, "..", "..");
  using dir = temporaryDir();
  const env = { ...process.env, ...agentEnvironment({ uri, dbName: store.db.databaseName, stateDir: dir.path }) };
  const bare = await startProcess([join(import.meta.dirname, "bare-client.mjs"), uri], process.env);
  const bareFigures = await measure(store, bare, seconds);
  const agent = await startProcess([join(root, "dist", "main.js"), "agent"], env);
  const agentFigures = await measure(store, agent, seconds);
  const perMinute = (count: number) => ((count * 60) / seconds).toFixed(0);
  printTable(`idle, 1,000 jobs due tomorrow, ${seconds} s`, [
    {
      what: "commands a minute, hello aside",
      measured: perMinute(agentFigures.commands - bareFigures.commands),
      floor: `bare client ${perMinute(bareFigures.commands)}`,
      goal: "at most 40",
    },
    {
      what: "processor seconds",
      measured: agentFigures.cpuSec.toFixed(3),
      floor: `bare client ${bareFigures.cpuSec.toFixed(3)}: ${ratio(agentFigures.cpuSec, bareFigures.cpuSec)}`,
      goal: "at most 1.3 x",
    },
    {
      what: "resident memory, MiB",
      measured: agentFigures.rssMiB.toFixed(0),
      floor: `bare client ${bareFigures.rssMiB.toFixed(0)}: ${ratio(agentFigures.rssMiB, bareFigures.rssMiB)}`,
      goal: "at most 1.2 x",
    },
  ]);
  await store.jobs.deleteMany({});
}

async function startProcess(args: readonly string[], env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...args], { env, stdio: ["ignore", "ignore", "pipe"] });
  await new Promise<void>((resolve, reject) => {
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      if (text.includes("agent ready")) resolve();
    });
    child.once("exit", () => reject(new Error("a process to measure ended early")));
  });
  // Until what happens once, such as compiling what every round uses, has happened.
  await wait(20_000);
  return child;
}

async function measure(store: Store, child: ChildProcess, seconds: number) {
  const pid = child.pid ?? 0;
  const before = { cpu: cpuSeconds(pid), commands: (await countCommands(store)).all };
  await wait(seconds * 1_000);
  const figures = {
    cpuSec: cpuSeconds(pid) - before.cpu,
    commands: (await countCommands(store)).all - before.commands,
    rssMiB: residentMiB(pid),
  };
  child.removeAllListeners("exit");
  child.kill("SIGKILL");
  return figures;
}
