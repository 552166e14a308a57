// What every command gets: where it prints, what it reads, how it ends.
import type { ConfigRequest, LoadedConfig } from "../config/load-config.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Output } from "./output.ts";

export interface Cli {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: Clock;
  readonly output: Output;
  /** Standard error as a stream: where an agent's log goes. */
  readonly stderr: NodeJS.WriteStream;
  /** Standard input, for `-` as a file name. */
  readonly stdin: NodeJS.ReadStream;
  /**
   * Takes over SIGINT, SIGTERM and, unless `hangup` is false, SIGHUP from here on: aborts on the first, a second SIGINT
   * or SIGTERM ends the process at once.
   */
  stopSignal(options?: { readonly hangup?: boolean }): AbortSignal;
  /** Calls back at every SIGHUP from here on. */
  onHangup(callback: () => void): void;
  /** Finds, reads and checks the config as the global flags say; problems throw `FleetCronError`. */
  loadConfig(needs?: Pick<ConfigRequest, "requireUri" | "needsSecrets">): LoadedConfig;
  /** The config file that `loadConfig` would read, absolute and unread; null when there is none. */
  findConfig(): string | null;
  /** The process's exit code when the command ends without an error (default 0). */
  exitWith(code: number): void;
}
