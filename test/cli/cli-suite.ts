// The real program on a real server: one server is enough, what differs between them is the store's.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { connectStore, type Store } from "../../src/store/connect.ts";
import { type Environment, type ProgramEnd, runProgram } from "../helpers/agent-process.ts";
import { forEachTarget, type MongoTarget, realTarget } from "../helpers/mongo-targets.ts";
import { runInProcess } from "../helpers/run-in-process.ts";

export interface CliSuite {
  readonly target: MongoTarget;
  /** The suite's own database, empty at first. Usable inside tests. */
  readonly store: Store;
  /** What makes the program use that database. */
  readonly env: Environment;
  run(args: readonly string[], options?: RunOptions): Promise<ProgramEnd>;
  /** Runs with `--json`; the program must end with `code` (0) and print one JSON value. */
  json(args: readonly string[], options?: RunOptions & { readonly code?: number }): Promise<Json>;
  /** Writes a file of the suite's folder, objects as JSON. */
  file(name: string, content: unknown): string;
}

export interface RunOptions {
  readonly env?: Environment;
  readonly input?: string;
}

/** Whatever a command printed: tests say what they expect in it. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests are about
export type Json = any;

export const apiSecret = "k3y-of-the/api+1";

/** Commands run in this process. */
export function cliSuite(name: string, body: (suite: CliSuite) => void): Promise<void> {
  return declareSuite(name, body, runInProcess);
}

/** Commands are processes: where agents of this one must not wait for them. */
export function processSuite(name: string, body: (suite: CliSuite) => void): Promise<void> {
  return declareSuite(name, body, runProgram);
}

async function declareSuite(name: string, body: (suite: CliSuite) => void, start: typeof runProgram): Promise<void> {
  const target = await realTarget();
  // Says in plain words that the suite does not run.
  if (target === undefined) return forEachTarget(name, () => {});
  describe(name, () => body(createSuite(target, start)));
}

function createSuite(target: MongoTarget, start: typeof runProgram): CliSuite {
  const dbName = `fleetcron_test_cli_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  const dir = mkdtempSync(join(tmpdir(), "fleetcron-cli-"));
  const env = {
    HOME: dir,
    TZ: "UTC",
    FLEETCRON_MONGODB_URI: target.uri,
    FLEETCRON_DB_NAME: dbName,
    FLEETCRON_SECRETS: JSON.stringify({ API_SECRET: { value: apiSecret }, BASE_URL: { value: "http://127.0.0.1:1" } }),
  };
  let store: Store | undefined;
  before(async () => {
    store = await connectStore({ uri: target.uri, dbName, appName: "cli-test" });
  });
  after(async () => {
    await store?.db.dropDatabase();
    await store?.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const run = (args: readonly string[], options: RunOptions = {}) =>
    start(args, { ...env, ...options.env }, options.input);
  return {
    target,
    get store() {
      if (store === undefined) throw new Error("the store is open only inside tests");
      return store;
    },
    env,
    run,
    json: async (args, { code = 0, ...options } = {}) => {
      const end = await run([...args, "--json"], options);
      if (end.code !== code) throw new Error(`expected exit code ${code}, got ${end.code}: ${end.stderr}`);
      return JSON.parse(end.stdout);
    },
    file: (name, content) => {
      const path = join(dir, name);
      writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
      return path;
    },
  };
}
