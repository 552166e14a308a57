// Starts test/helpers/storage-process.ts and hears what it tells.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";

export const storageProgram = join(import.meta.dirname, "..", "..", "helpers", "storage-process.ts");

export interface StorageProcess {
  readonly pid: number;
  readonly lines: readonly string[];
  untilLines(count: number): Promise<void>;
  /** In order: the store is closed. */
  end(): Promise<void>;
  kill(): Promise<void>;
  /** Until it went by itself. */
  gone(): Promise<void>;
}

interface SpawnOptions {
  readonly uid?: number;
  readonly gid?: number;
  /** Runs the program by `bash -c <prefix> exec …`, for limits of the shell. */
  readonly prefix?: string;
}

/** Resolves once the process said its first line. */
export async function startStorageProcess(
  t: TestContext,
  args: readonly string[],
  { prefix, ...identity }: SpawnOptions = {},
): Promise<StorageProcess> {
  const program = [process.execPath, storageProgram, ...args];
  const [command = "", ...rest] =
    prefix === undefined ? program : ["bash", "-c", `${prefix}; exec "$@"`, "bash", ...program];
  const child = spawn(command, rest, { stdio: ["pipe", "pipe", "inherit"], ...identity });
  const exited = once(child, "close");
  t.after(() => child.kill("SIGKILL"));
  const lines: string[] = [];
  let heard = () => {};
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    heard();
  });
  const untilLines = (count: number) =>
    new Promise<void>((resolve, reject) => {
      heard = () => lines.length >= count && resolve();
      heard();
      exited.then(() => (lines.length >= count ? resolve() : reject(new Error(`ended after: ${lines.at(-1)}`))));
    });
  await untilLines(1);
  return {
    pid: child.pid ?? 0,
    lines,
    untilLines,
    end: async () => {
      child.stdin.end();
      await exited;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
    gone: async () => void (await exited),
  };
}
