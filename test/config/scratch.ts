// A folder of its own for each test, and a config loaded from it with nothing of this machine's environment.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { type ConfigRequest, type LoadedConfig, loadConfig } from "../../src/config/load-config.ts";
import { FleetCronError } from "../../src/errors.ts";

export interface Scratch {
  readonly dir: string;
  /** Writes a file (objects as JSON) and gives its absolute path. */
  write(name: string, content: unknown, mode?: number): string;
  /** A request that finds only what is in the folder. */
  request(over?: Partial<ConfigRequest>): ConfigRequest;
  load(over?: Partial<ConfigRequest>): LoadedConfig;
  /** The error of loading, which must fail. */
  failure(over?: Partial<ConfigRequest>): FleetCronError;
}

export const configName = "fleetcron.config.json";
export const uri = "mongodb://localhost:27017";

export function scratch(t: TestContext): Scratch {
  const dir = mkdtempSync(join(tmpdir(), "fleetcron-config-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const request = (over: Partial<ConfigRequest> = {}): ConfigRequest => ({
    env: {},
    cwd: dir,
    programDir: join(dir, "program"),
    homeDir: join(dir, "home"),
    ...over,
  });
  const load = (over?: Partial<ConfigRequest>) => loadConfig(request(over));
  return {
    dir,
    request,
    load,
    write: (name, content, mode = 0o600) => {
      const file = join(dir, name);
      mkdirSync(dirname(file), { recursive: true });
      const raw = typeof content === "string" || Buffer.isBuffer(content);
      writeFileSync(file, raw ? content : JSON.stringify(content, null, 2));
      chmodSync(file, mode);
      return file;
    },
    failure: (over) => {
      try {
        load(over);
      } catch (error) {
        if (error instanceof FleetCronError) return error;
        throw error;
      }
      throw new Error("loading succeeded");
    },
  };
}
