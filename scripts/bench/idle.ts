// (d) An agent with 1,000 jobs due tomorrow, as a process of its own and in both forms it is shipped in (`npm run build`
// comes first, the single file is made by `npm run binary`), beside a bare client.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Store } from "../../src/store/connect.ts";
import { agentEnvironment, temporaryDir } from "../../test/helpers/agent-process.ts";
import { hostBinary } from "../binary/targets.ts";
import { printTable, type Row, ratio, wait } from "./figures.ts";
import { cpuSeconds, residentMiB } from "./process-figures.ts";
import { countCommands } from "./server-figures.ts";

const dist = join(import.meta.dirname, "..", "..", "dist");

export async function benchIdle(store: Store, uri: string, seconds: number): Promise<void> {
  const tomorrow = new Date(Date.now() + 86_400_000);
  await store.jobs.insertMany(
    Array.from({ length: 1_000 }, (_, i) => ({ name: `idle ${i}`, at: tomorrow, url: "http://127.0.0.1:1/" })),
  );
  using dir = temporaryDir();
  const env = { ...process.env, ...agentEnvironment({ uri, dbName: store.db.databaseName, stateDir: dir.path }) };
  const client = [process.execPath, join(import.meta.dirname, "bare-client.mjs"), uri];
  const bare = await measure(store, await startProcess(client, process.env), seconds);
  const built = await measure(
    store,
    await startProcess([process.execPath, join(dist, "main.js"), "agent"], env),
    seconds,
  );
  const file = hostBinary(dist);
  const single = file === null ? null : await measure(store, await startProcess([file, "agent"], env), seconds);
  const perMinute = (count: number) => ((count * 60) / seconds).toFixed(0);
  printTable(`idle, 1,000 jobs due tomorrow, ${seconds} s`, [
    {
      what: "commands a minute, hello aside",
      measured: perMinute(built.commands - bare.commands),
      floor: `bare client ${perMinute(bare.commands)}`,
      goal: "at most 40",
    },
    ...rowsOf("the build", built, bare),
    ...(single === null ? [] : rowsOf("the single file", single, bare)),
  ]);
  await store.jobs.deleteMany({});
}

interface Figures {
  readonly cpuSec: number;
  readonly commands: number;
  readonly rssMiB: number;
}

function rowsOf(what: string, agent: Figures, bare: Figures): readonly Row[] {
  return [
    {
      what: `processor seconds, ${what}`,
      measured: agent.cpuSec.toFixed(3),
      floor: `bare client ${bare.cpuSec.toFixed(3)}: ${ratio(agent.cpuSec, bare.cpuSec)}`,
      goal: "at most 1.3 x",
    },
    {
      what: `resident memory, MiB, ${what}`,
      measured: agent.rssMiB.toFixed(0),
      floor: `bare client ${bare.rssMiB.toFixed(0)}: ${ratio(agent.rssMiB, bare.rssMiB)}`,
      goal: "at most 1.2 x",
    },
  ];
}

async function startProcess(command: readonly string[], env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const [file = "", ...args] = command;
  const child = spawn(file, args, { env, stdio: ["ignore", "ignore", "pipe"] });
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

async function measure(store: Store, child: ChildProcess, seconds: number): Promise<Figures> {
  const pid = child.pid ?? 0;
  const before = { cpu: cpuSeconds(pid), commands: (await countCommands(store)).all };
  await wait(seconds * 1_000);
  const figures = {
    cpuSec: cpuSeconds(pid) - before.cpu,
    commands: (await countCommands(store)).all - before.commands,
    rssMiB: residentMiB(pid),
  };
  child.removeAllListeners("exit");
  // Not killed: the next agent of this machine would have to take over what this one left.
  child.kill("SIGTERM");
  await once(child, "exit");
  return figures;
}
