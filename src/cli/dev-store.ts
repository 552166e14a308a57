// The database `fleetcron dev` brings along: a real mongod on a Unix socket in a folder only its owner can open, so that
// it needs no password and no port, and two of them never meet.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { FleetCronError, messageOf } from "../errors.ts";
import { packageDir } from "../runtime/assets.ts";

export interface DevStore extends AsyncDisposable {
  readonly uri: string;
}

/** Starts a mongod with its data in `dir`, which the caller removes. Throws `no_mongod`. */
export async function startDevStore(dir: string, env: Readonly<Record<string, string | undefined>>): Promise<DevStore> {
  const mongod = await findMongod(env);
  const socket = join(dir, "mongod.sock");
  const server = spawn(
    mongod,
    ["--dbpath", dir, "--bind_ip", socket, "--nounixsocket", "--quiet", "--wiredTigerCacheSizeGB", "0.25"],
    // Its own process group: Ctrl-C reaches only us, and we stop it after the agent.
    { stdio: ["ignore", "pipe", "ignore"], detached: true },
  );
  await waitUntilListening(server, mongod);
  return {
    uri: `mongodb://${encodeURIComponent(socket)}/?directConnection=true`,
    [Symbol.asyncDispose]: async () => {
      if (server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      await ended;
    },
  };
}

/** A clone knows how to get one; an installed package takes the one on PATH. */
async function findMongod(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const finder = join(packageDir, "scripts", "ensure-mongod.ts");
  if (existsSync(finder)) {
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [finder, "--path"], { env: { ...env } });
      return stdout.trim();
    } catch (cause) {
      throw new FleetCronError("no_mongod", messageOf(cause), { cause });
    }
  }
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    if (existsSync(join(folder, "mongod"))) return join(folder, "mongod");
  }
  throw new FleetCronError("no_mongod", "dev needs a mongod on PATH to try FleetCron with");
}

async function waitUntilListening(server: ChildProcess, mongod: string): Promise<void> {
  let log = "";
  const listening = new Promise<void>((resolve, reject) => {
    server.stdout?.setEncoding("utf8").on("data", (text: string) => {
      log = (log + text).slice(-20_000);
      if (log.includes('"Waiting for connections"')) resolve();
    });
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`it ended with ${code}: ${log.trim().split("\n").at(-1) ?? ""}`)));
  });
  try {
    await listening;
  } catch (cause) {
    throw new FleetCronError("no_mongod", `${mongod} did not start: ${messageOf(cause)}`, { cause });
  }
}
