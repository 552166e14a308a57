// What `fleetcron mongosh` does: finds who serves the store, and hands the terminal over.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { passwordOf, withDatabase, withoutPassword } from "../config/mongodb-uri.ts";
import { FleetCronError } from "../errors.ts";
import type { Cli } from "./cli.ts";
import { servedUri } from "./embedded-store.ts";

const install = "npm install --global mongosh, or https://www.mongodb.com/try/download/shell";

/** Throws `store_unreachable` when nobody serves the store: mongosh needs somebody who stays. */
export async function openMongosh(
  cli: Cli,
  args: readonly string[],
  { printUri = false }: { readonly printUri?: boolean },
): Promise<void> {
  const { config } = cli.loadConfig({ needsSecrets: false });
  if (config.store === "mongodb") {
    cli.output.note("this config names a MongoDB, which mongosh reaches by itself:");
    cli.output.data(`mongosh ${JSON.stringify(withoutPassword(config.mongodbUri ?? ""))}`);
    return cli.output.note(`then: use ${config.dbName}`);
  }
  const uri = withDatabase(await servedUri(config), config.dbName);
  if (printUri) return cli.output.data(uri);
  cli.exitWith(await runMongosh(uri, args));
}

/** mongosh's own exit code. Signals reach both of us: Ctrl-C belongs to the shell. */
async function runMongosh(uri: string, args: readonly string[]): Promise<number> {
  using address = addressArguments(uri);
  const ignore = () => undefined;
  process.on("SIGINT", ignore);
  try {
    return await new Promise<number>((resolve, reject) => {
      const shell = spawn("mongosh", [...address.args, ...args], { stdio: "inherit" });
      shell.once("error", (cause: NodeJS.ErrnoException) => {
        const message = cause.code === "ENOENT" ? "mongosh is not on PATH" : `mongosh: ${cause.message}`;
        reject(new FleetCronError("not_found", message, { cause, details: [`get it: ${install}`] }));
      });
      shell.once("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? "SIGTERM"]));
    });
  } finally {
    process.off("SIGINT", ignore);
  }
}

/** A password must not show in the list of processes: mongosh then reads the address from a file only we can open. */
function addressArguments(uri: string): { readonly args: readonly string[] } & Disposable {
  if (passwordOf(uri) === null) return { args: [uri], [Symbol.dispose]: () => undefined };
  const dir = mkdtempSync(join(tmpdir(), "fleetcron-mongosh-"));
  const file = join(dir, "connect.js");
  writeFileSync(file, `db = connect(${JSON.stringify(uri)});\n`, { mode: 0o600 });
  return {
    args: ["--nodb", "--shell", "--file", file],
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}
