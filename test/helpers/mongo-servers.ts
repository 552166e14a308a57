// Starts real servers for tests. Each has a folder of its own, which goes with it.
import { MongoMemoryReplSet, MongoMemoryServer } from "mongodb-memory-server-core";
import { newDataFolder } from "./data-folder.ts";
import { startEmbeddedTarget } from "./embedded-server.ts";

export type TargetName = "embedded" | "standalone" | "replica set of three" | "given server";

export interface MongoBinary {
  readonly path: string;
  readonly version: string;
}

export interface StandaloneOptions {
  /** Further arguments of mongod. */
  readonly args?: readonly string[];
  /** Creates this user with the role root, and asks everybody for a password. */
  readonly root?: { readonly user: string; readonly password: string };
  /** Where its data lies; else in a folder of its own. Goes with the server. */
  readonly dbPath?: string;
}

export interface TestServer {
  readonly uri: string;
  /** Ends mongod, keeping its data and port for `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** Fail points on, TTL monitor once a second, and nothing that eats disk or processor for nobody. */
const serverArgs = [
  ...["--setParameter", "enableTestCommands=1"],
  ...["--setParameter", "ttlMonitorSleepSecs=1"],
  ...["--setParameter", "diagnosticDataCollectionEnabled=false"],
  ...["--wiredTigerCacheSizeGB", "0.25"],
  ...(process.platform === "win32" ? [] : ["--nounixsocket"]),
];

/** Out of the terminal's process group: Ctrl-C is for the tests, which then stop their servers in order. */
const spawn = { detached: process.platform !== "win32" };

/** The true version beside the program keeps mongodb-memory-server quiet. */
const binaryOptions = (binary: MongoBinary) => ({ systemBinary: binary.path, version: binary.version });

export async function startStandalone(binary: MongoBinary, options: StandaloneOptions = {}): Promise<TestServer> {
  const args = [...serverArgs, ...(options.args ?? [])];
  const { root, dbPath } = options;
  const server = await MongoMemoryServer.create({
    binary: binaryOptions(binary),
    spawn,
    instance: { storageEngine: "wiredTiger", launchTimeout: 60_000, args, ...(dbPath && { dbPath }) },
    ...(root && { auth: { enable: true, customRootName: root.user, customRootPwd: root.password } }),
  });
  return {
    uri: server.getUri(),
    pause: async () => void (await server.stop({ doCleanup: false })),
    resume: () => server.start(true),
    stop: async () => void (await server.stop({ doCleanup: true, force: true })),
  };
}

/** Elects within about 2 s of the primary's death instead of 10. `dbPaths`: where its members' data lies. */
export async function startReplicaSet(
  binary: MongoBinary,
  count = 3,
  dbPaths: readonly string[] = [],
): Promise<{ uri: string; stop: () => Promise<void> }> {
  const set = await MongoMemoryReplSet.create({
    binary: binaryOptions(binary),
    instanceOpts: dbPaths.map((dbPath) => ({ dbPath })),
    replSet: {
      count,
      storageEngine: "wiredTiger",
      args: serverArgs,
      spawn,
      configSettings: { electionTimeoutMillis: 2000, heartbeatIntervalMillis: 500 },
    },
  });
  return {
    uri: set.getUri(),
    stop: async () => void (await set.stop({ doCleanup: true, force: true })),
  };
}

export interface RunningTargets {
  readonly targets: readonly { readonly name: TargetName; readonly uri: string }[];
  /** Ends every server; harmless when called twice. */
  stop(): Promise<void>;
}

type Starter = readonly [TargetName, () => Promise<{ readonly uri: string; stop(): Promise<void> }>];

/** One server of each kind, for a whole test run; without a mongod the embedded store alone. */
export async function startTargets(binary: MongoBinary | null): Promise<RunningTargets> {
  const real: readonly Starter[] =
    binary === null
      ? []
      : [
          ["standalone", () => startStandalone(binary, { dbPath: newDataFolder() })],
          ["replica set of three", () => startReplicaSet(binary, 3, Array.from({ length: 3 }, newDataFolder))],
        ];
  const starters: readonly Starter[] = [["embedded", startEmbeddedTarget], ...real];
  const started = await Promise.allSettled(starters.map(([, start]) => start()));
  const running = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  let stopping: Promise<unknown> | undefined;
  const stop = async () => {
    stopping ??= Promise.all(running.map((server) => server.stop()));
    await stopping;
  };
  const failed = started.find((result) => result.status === "rejected");
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  return { targets: starters.map(([name], at) => ({ name, uri: running[at]?.uri ?? "" })), stop };
}
