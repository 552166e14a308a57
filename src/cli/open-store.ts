// The one way from a config to its store.
import type { Config } from "../config/config.ts";
import type { LoadedConfig } from "../config/load-config.ts";
import { FleetCronError } from "../errors.ts";
import type { Store } from "../store/connect.ts";
import type { Cli } from "./cli.ts";

/** A person waits for it: a database that does not answer is said sooner than an agent would. */
const personWaitsMs = 5_000;

/** Connects for an agent (patiently) or a person; throws `store_unreachable` and its kin in plain words. */
export async function openStore(config: Config, appName: string, serverSelectionTimeoutMs?: number): Promise<Store> {
  const { connectStore } = await import("../store/connect.ts");
  if (config.mongodbUri === null) throw new FleetCronError("config_missing", "mongodb_uri: no database is configured");
  return connectStore({
    uri: config.mongodbUri,
    dbName: config.dbName,
    appName,
    ...(serverSelectionTimeoutMs === undefined ? {} : { serverSelectionTimeoutMs }),
  });
}

/** Runs `work` on the configured store and closes it, whatever came of it. Throws `store_…` when the database does. */
export async function withStore<T>(
  cli: Cli,
  work: (store: Store, config: Config, loaded: LoadedConfig) => Promise<T>,
): Promise<T> {
  const loaded = cli.loadConfig();
  const store = await openStore(loaded.config, "fleetcron-cli", personWaitsMs);
  try {
    return await work(store, loaded.config, loaded);
  } catch (error) {
    const { explainStoreError } = await import("../store/explain-error.ts");
    throw explainStoreError(error) ?? error;
  } finally {
    await store.close();
  }
}
