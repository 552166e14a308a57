// Agents as processes of their own, as they are shipped (`npm run build` comes first).
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Store } from "../../src/store/connect.ts";
import { agentEnvironment, temporaryDir } from "../../test/helpers/agent-process.ts";

const program = join(import.meta.dirname, "..", "..", "dist", "main.js");

export interface FleetAgent {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly machineId: string;
}

export interface FleetAgents extends AsyncDisposable {
  readonly list: readonly FleetAgent[];
  /** Starts one more and waits until it is ready. */
  add(): Promise<void>;
  /** Resolves when it is gone. */
  kill(agent: FleetAgent): Promise<void>;
}

export function startAgents(store: Store, uri: string, settings: Readonly<Record<string, number>>): FleetAgents {
  const dir = temporaryDir();
  let list: readonly FleetAgent[] = [];
  let count = 0;
  return {
    get list() {
      return list;
    },
    async add() {
      const stateDir = join(dir.path, String(count++));
      const child = await spawnAgent(agentEnvironment({ uri, dbName: store.db.databaseName, stateDir, settings }));
      const { machine_id } = JSON.parse(readFileSync(join(stateDir, "machine.json"), "utf8"));
      list = [...list, { child, pid: child.pid ?? 0, machineId: machine_id }];
    },
    async kill(agent) {
      list = list.filter((one) => one !== agent);
      await end(agent.child, "SIGKILL");
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(list.map(({ child }) => end(child, "SIGTERM")));
      dir[Symbol.dispose]();
    },
  };
}

async function spawnAgent(env: Readonly<Record<string, string | undefined>>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, "agent"], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  await new Promise<void>((resolve, reject) => {
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      if (text.includes("agent ready")) resolve();
    });
    child.once("exit", () => reject(new Error("an agent to measure ended early")));
  });
  child.removeAllListeners("exit");
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}
