// The connection to the one shared part. Everything below src/store/ works on the Store made here.
import { type Db, MongoClient } from "mongodb";
import type { Log } from "../runtime/log.ts";
import { type Collections, openCollections } from "./collections.ts";
import { explainConnectError, explainUriError } from "./explain-error.ts";

export interface ConnectOptions {
  /** Used as it is: TLS, `mongodb+srv` and authentication are the driver's matter. */
  readonly uri: string;
  readonly dbName: string;
  /** Shown in the server's log and `currentOp`. */
  readonly appName: string;
  /** How long any operation waits for a usable server, in milliseconds. A person at a terminal should wait less. */
  readonly serverSelectionTimeoutMs?: number;
  readonly log?: Log;
  readonly onCommand?: CommandListener;
}

/** Told of every answered or failed command by its name. `getMore` is left out: on a change stream it waits on purpose. */
export type CommandListener = (name: string, elapsedMs: number, result: "done" | "failed") => void;

export interface Store extends Collections {
  readonly client: MongoClient;
  readonly db: Db;
  readonly serverVersion: string;
  /** Change streams work. */
  readonly isReplicaSet: boolean;
  /** Told when a server is lost, found or elected; the returned function ends it. */
  onTopologyChange(listener: () => void): () => void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * An election after the death of a primary takes 10.3 s with server defaults: with the 10 s one would think of first,
 * every operation in flight fails just before it.
 */
const serverSelectionTimeoutMs = 20_000;

/**
 * Connects, and asks the server who it is and whether we may read. Throws `store_unreachable`, `store_auth`,
 * `store_permission`, `store_too_old`, or `config_invalid` for a connection string that cannot be read.
 */
export async function connectStore(options: ConnectOptions): Promise<Store> {
  const client = createClient(options);
  if (options.onCommand !== undefined) listenToCommands(client, options.onCommand);
  try {
    await client.connect();
    return await openStore(client, options);
  } catch (error) {
    await client.close();
    throw explainConnectError(error, options.uri);
  }
}

function createClient({ uri, appName, serverSelectionTimeoutMs: waitMs, onCommand }: ConnectOptions): MongoClient {
  try {
    // Never timeoutMS: it changed what the other limits mean, and is ignored since driver 7.8.
    return new MongoClient(uri, {
      appName,
      serverSelectionTimeoutMS: waitMs ?? serverSelectionTimeoutMs,
      connectTimeoutMS: 5_000,
      socketTimeoutMS: 20_000,
      waitQueueTimeoutMS: 5_000,
      maxPoolSize: 50,
      // Only where it is asked for: the person's uri may do so too.
      ...(onCommand === undefined ? {} : { monitorCommands: true }),
    });
  } catch (error) {
    throw explainUriError(error, uri);
  }
}

function listenToCommands(client: MongoClient, onCommand: CommandListener): void {
  const tell = (result: "done" | "failed") => (event: { readonly commandName: string; readonly duration: number }) => {
    if (event.commandName !== "getMore") onCommand(event.commandName, event.duration, result);
  };
  client.on("commandSucceeded", tell("done"));
  client.on("commandFailed", tell("failed"));
}

async function openStore(client: MongoClient, { dbName, log }: ConnectOptions): Promise<Store> {
  const admin = client.db("admin");
  const [hello, { version }] = await Promise.all([admin.command({ hello: 1 }), admin.command({ buildInfo: 1 })]);
  const db = client.db(dbName);
  const collections = openCollections(db);
  // A server that asks for a password lets anybody connect, and refuses the first read.
  await collections.meta.findOne({ _id: "fleet" }, { projection: { _id: 1 }, maxTimeMS: 5_000 });

  const onTopologyChange = (listener: () => void) => {
    client.on("topologyDescriptionChanged", listener);
    return () => void client.off("topologyDescriptionChanged", listener);
  };
  client.on("topologyDescriptionChanged", ({ previousDescription, newDescription }) => {
    log?.debug({ from: previousDescription.type, to: newDescription.type }, "database topology changed");
  });
  const close = () => client.close();
  return {
    ...collections,
    client,
    db,
    serverVersion: String(version),
    isReplicaSet: typeof hello.setName === "string",
    onTopologyChange,
    close,
    [Symbol.asyncDispose]: close,
  };
}
