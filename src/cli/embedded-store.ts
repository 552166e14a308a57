// Who holds the embedded store, and how long each waits for it. One process at a time owns the file: an agent for as long
// as it runs, any other command only while no agent does.
import type { Config } from "../config/config.ts";
import { type EmbeddedServer, startEmbedded } from "../embedded/serve.ts";
import { StorageError } from "../embedded/storage/storage-error.ts";
import type { Address } from "../embedded/wire/server.ts";
import { FleetCronError } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import { openStateDir } from "../runtime/machine-id.ts";
import {
  announce,
  dataFile,
  embeddedUser,
  findServed,
  loadPassword,
  makeDataDir,
  socketPath,
  uriOf,
} from "./embedded-place.ts";

type Place = Pick<Config, "stateDir" | "embeddedPort">;

export interface ServedStore extends AsyncDisposable {
  readonly uri: string;
  /** Resolves only when the store can't go on: what was acknowledged is kept, nothing more is taken. */
  readonly failed: Promise<Error>;
}

/** The last one to hold the store, a command or the agent before, needs a moment to let go. */
const agentWaitsMs = 30_000;
/** For an agent that is starting. */
const commandWaitsMs = 5_000;
const retryMs = 100;

/** Serves the store to every process of this machine until disposed. */
export async function serveStore(place: Place, clock: Clock): Promise<ServedStore> {
  const giveUpAt = clock.monotonic() + agentWaitsMs;
  for (;;) {
    const served = await tryToServe(place, { isPublic: true });
    if (!(served instanceof StorageError)) return served;
    if (clock.monotonic() >= giveUpAt) throw held(place, served, agentWaitsMs);
    await clock.sleep(retryMs);
  }
}

/** The store of the agent that serves it, or held by this process alone where none does. */
export async function reachStore(place: Place, clock: Clock): Promise<ServedStore> {
  const giveUpAt = clock.monotonic() + commandWaitsMs;
  for (;;) {
    const address = await findServed(place.stateDir);
    if (address !== null) return foreign(uriOf(place.stateDir, address));
    const served = await tryToServe(place, { isPublic: false });
    if (!(served instanceof StorageError)) return served;
    if (clock.monotonic() >= giveUpAt) throw held(place, served, commandWaitsMs);
    await clock.sleep(retryMs);
  }
}

/** Throws `store_unreachable` when no agent serves it: for what makes no sense without one. */
export async function servedUri({ stateDir }: Place): Promise<string> {
  const address = await findServed(stateDir);
  if (address !== null) return uriOf(stateDir, address);
  throw new FleetCronError("store_unreachable", `nobody serves the embedded store in ${stateDir}`, {
    details: ["start the agent first: fleetcron agent"],
  });
}

function foreign(uri: string): ServedStore {
  return { uri, failed: new Promise(() => undefined), [Symbol.asyncDispose]: async () => undefined };
}

/** The error is the one of a store that another process holds. */
async function tryToServe(
  place: Place,
  { isPublic }: { readonly isPublic: boolean },
): Promise<ServedStore | StorageError> {
  const { stateDir } = place;
  openStateDir(stateDir);
  makeDataDir(stateDir);
  const where = listenOn(place, isPublic);
  try {
    const server = await startEmbedded({ path: dataFile(stateDir), listen: where.listen });
    const address: Address = server.port === null ? { socket: where.socket } : { port: server.port };
    const takeBack = isPublic ? announce(stateDir, address) : () => undefined;
    return asServed(server, uriOf(stateDir, address), () => {
      takeBack();
      where.remove();
    });
  } catch (error) {
    where.remove();
    if (error instanceof StorageError && error.kind === "locked") return error;
    throw error instanceof StorageError ? explainStorageError(error) : error;
  }
}

function listenOn({ stateDir, embeddedPort }: Place, isPublic: boolean) {
  // A command that holds the store for itself alone must not look like the agent's.
  const { socket, remove } = socketPath(stateDir, isPublic ? "fleetcron.sock" : `command-${process.pid}.sock`);
  const needsPort = process.platform === "win32" || (isPublic && embeddedPort !== null);
  if (!needsPort) return { listen: { socket }, socket, remove };
  const port = isPublic ? (embeddedPort ?? 0) : 0;
  return { listen: { port, user: embeddedUser, password: loadPassword(stateDir) }, socket, remove };
}

function asServed(server: EmbeddedServer, uri: string, remove: () => void): ServedStore {
  return {
    uri,
    failed: server.failed,
    [Symbol.asyncDispose]: async () => {
      remove();
      await server.close();
    },
  };
}

function held({ stateDir }: Place, { pid }: StorageError, waitedMs: number): FleetCronError {
  const who = pid === null ? "another process" : `process ${pid}`;
  return new FleetCronError(
    "already_running",
    `the embedded store in ${stateDir} is held by ${who}, which did not let go within ${waitedMs / 1_000} s`,
  );
}

/** A store that is damaged, full or not ours, in the words of a person's error. */
export function explainStorageError(error: Error): FleetCronError {
  const kind = error instanceof StorageError ? error.kind : "failed";
  const code = kind === "damaged" || kind === "foreign" || kind === "newer" ? "store_damaged" : "store_failed";
  return new FleetCronError(kind === "unwritable" ? "store_permission" : code, error.message, { cause: error });
}
