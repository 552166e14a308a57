// The one way from a config to its store: a connection string, or the embedded store and who serves it.
import type { Config } from "../config/config.ts";
import type { LoadedConfig } from "../config/load-config.ts";
import { FleetCronError } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import type { CommandListener, ConnectOptions, Store } from "../store/connect.ts";
import type { Cli } from "./cli.ts";

/** A person waits for it: a database that does not answer is said sooner than an agent would. */
const personWaitsMs = 5_000;

export interface AgentStore extends AsyncDisposable {
  readonly store: Store;
  /** What the store was reached by, its password included. */
  readonly uri: string;
  /** Resolves when a store that this process serves can't go on. */
  readonly failed: Promise<Error>;
}

/** For an agent: serves the embedded store itself, or connects, patiently. Throws `store_unreachable` and its kin. */
export async function openAgentStore(config: Config, clock: Clock, onCommand?: CommandListener): Promise<AgentStore> {
  const options = { appName: "fleetcron-agent", ...(onCommand && { onCommand }) };
  if (config.store === "mongodb") {
    const uri = uriOf(config);
    const store = await connect(uri, config, options);
    return { store, uri, failed: new Promise(() => undefined), [Symbol.asyncDispose]: store.close };
  }
  const { serveStore } = await import("./embedded-store.ts");
  await using cleanup = new AsyncDisposableStack();
  const served = cleanup.use(await serveStore(config, clock));
  const store = cleanup.use(await connect(served.uri, config, options));
  const all = cleanup.move();
  return { store, uri: served.uri, failed: served.failed, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

/**
 * Runs `work` on the configured store and closes it, whatever came of it. Throws `store_…` when the database does.
 * `needsAgent`: what goes on without end must not hold an embedded store that an agent wants to serve.
 */
export async function withStore<T>(
  cli: Pick<Cli, "clock" | "loadConfig">,
  work: (store: Store, config: Config, loaded: LoadedConfig) => Promise<T>,
  { needsAgent = false }: { readonly needsAgent?: boolean } = {},
): Promise<T> {
  const loaded = cli.loadConfig({ needsSecrets: false });
  const { config } = loaded;
  await using cleanup = new AsyncDisposableStack();
  const uri = config.store === "mongodb" ? uriOf(config) : await reachEmbedded(cli, config, { needsAgent, cleanup });
  const store = cleanup.use(
    await connect(uri, config, { appName: "fleetcron-cli", serverSelectionTimeoutMs: personWaitsMs }),
  );
  try {
    return await work(store, config, loaded);
  } catch (error) {
    const { explainStoreError } = await import("../store/explain-error.ts");
    throw explainStoreError(error) ?? error;
  }
}

async function reachEmbedded(
  { clock }: Pick<Cli, "clock">,
  config: Config,
  { needsAgent, cleanup }: { readonly needsAgent: boolean; readonly cleanup: AsyncDisposableStack },
): Promise<string> {
  const { reachStore, servedUri } = await import("./embedded-store.ts");
  return needsAgent ? servedUri(config) : cleanup.use(await reachStore(config, clock)).uri;
}

function uriOf({ mongodbUri }: Config): string {
  if (mongodbUri !== null) return mongodbUri;
  throw new FleetCronError("config_missing", "mongodb_uri: no database is configured");
}

async function connect(
  uri: string,
  { dbName }: Config,
  options: Pick<ConnectOptions, "appName" | "serverSelectionTimeoutMs" | "onCommand">,
): Promise<Store> {
  const { connectStore } = await import("../store/connect.ts");
  return connectStore({ uri, dbName, ...options });
}
