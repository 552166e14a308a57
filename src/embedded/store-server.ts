// The whole server in this thread: storage, engine, socket, and what is done from time to time.
import { randomBytes } from "node:crypto";
import type { Clock } from "../runtime/clock.ts";
import { type Authenticator, createEngine, type Engine } from "./engine.ts";
import { openStorage } from "./storage/storage.ts";
import { createAuthenticator } from "./wire/scram.ts";
import { startServer, type WireServer } from "./wire/server.ts";

/** Who may connect: whoever can enter the socket's folder, or whoever has the password. */
export type Listen =
  | { readonly socket: string }
  /** On 127.0.0.1; 0 = any port that is free. */
  | { readonly port: number; readonly user: string; readonly password: string };

export interface StoreServerOptions {
  /** The SQLite file, or ":memory:". */
  readonly path: string;
  readonly listen: Listen;
  /** `configureFailPoint` exists. */
  readonly testCommands?: boolean;
  /** Between two looks for expired documents and idle cursors. */
  readonly sweepEveryMs?: number;
}

const defaultSweepEveryMs = 60_000;

/** Resolves when clients can connect. Throws StorageError, and what listening throws. */
export async function startStoreServer(options: StoreServerOptions, clock: Clock): Promise<WireServer> {
  const { path, listen, testCommands = false, sweepEveryMs = defaultSweepEveryMs } = options;
  const authenticator = authenticatorOf(listen);
  // First the storage's lock: only its owner may take away the socket of one that died.
  const engine = createEngine({
    storage: openStorage({ path }),
    clock,
    authenticator,
    testCommands,
    random: Math.random,
    groupCommits: true,
  });
  const server = await startServer({ engine, address: listen, needsPassword: authenticator !== null }).catch(
    (error) => {
      engine.close();
      throw error;
    },
  );
  const failed = Promise.withResolvers<Error>();
  const stopSweeping = sweepEvery(engine, { clock, ms: sweepEveryMs, onFailure: (error) => void stop(error) });
  let stopping: Promise<void> | null = null;

  const stop = (reason: Error | null): Promise<void> => {
    stopping ??= (async () => {
      stopSweeping();
      await server.close();
      try {
        engine.close();
      } catch (error) {
        if (reason === null) throw error;
      } finally {
        if (reason !== null) failed.resolve(reason);
      }
    })();
    return stopping;
  };
  void server.failed.then((error) => stop(error));
  return { address: server.address, failed: failed.promise, close: () => stop(null) };
}

function authenticatorOf(listen: Listen): Authenticator | null {
  return "socket" in listen ? null : createAuthenticator({ ...listen, randomBytes });
}

interface SweepOptions {
  readonly clock: Clock;
  readonly ms: number;
  readonly onFailure: (error: Error) => void;
}

/** The returned function ends it. */
function sweepEvery(engine: Engine, { clock, ms, onFailure }: SweepOptions): () => void {
  const sweep = (): void => {
    try {
      engine.sweep();
    } catch (error) {
      onFailure(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    cancel = clock.after(ms, sweep);
  };
  let cancel = clock.after(ms, sweep);
  return () => cancel();
}
