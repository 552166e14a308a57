// Starts the embedded store and says how to reach it: in a worker thread, or in this one where a test brings its own
// clock.
import { Worker } from "node:worker_threads";
import { embeddedWorker } from "../runtime/assets.ts";
import { type Clock, systemClock } from "../runtime/clock.ts";
import { endsWithin } from "../runtime/ends-within.ts";
import { type StoreServerOptions, startStoreServer } from "./store-server.ts";
import { type Login, storeUri } from "./store-uri.ts";
import type { Address, WireServer } from "./wire/server.ts";
import { type ToMain, type ToWorker, unpackError } from "./worker-messages.ts";

export interface EmbeddedOptions extends StoreServerOptions {
  /** False: in this thread, by `clock`. A worker, the default, has the system's clock. */
  readonly worker?: boolean;
  readonly clock?: Clock;
}

export interface EmbeddedServer extends AsyncDisposable {
  /** For the driver and for mongosh. Holds the password, where there is one. */
  readonly uri: string;
  /** Null on a socket. */
  readonly port: number | null;
  /** Resolves with the reason when the server stopped by itself; never when it was closed. */
  readonly failed: Promise<Error>;
  /** Everything acknowledged is on the disk; open connections end. Harmless when called twice. */
  close(): Promise<void>;
}

/**
 * Resolves when clients can connect. Throws StorageError for a store that can't be opened, and what listening throws.
 * The folder of `listen.socket` must let nobody in but its owner.
 */
export async function startEmbedded({
  worker = true,
  clock = systemClock,
  ...options
}: EmbeddedOptions): Promise<EmbeddedServer> {
  const server = worker ? await startWorker(options, clock) : await startStoreServer(options, clock);
  const { address, failed, close } = server;
  const port = "port" in address ? address.port : null;
  return { uri: storeUri(address, () => options.listen as Login), port, failed, close, [Symbol.asyncDispose]: close };
}

/** A worker that takes longer to end is ended: everything acknowledged is on the disk anyway. */
const closeMs = 10_000;

async function startWorker(options: StoreServerOptions, clock: Clock): Promise<WireServer> {
  // The password goes as data: arguments and environment can be read from outside.
  // Nor do flags of this process (--input-type, --watch) make sense for a thread with an entry of its own.
  const own = { argv: [], execArgv: [], env: {} };
  const { entry, ...kind } = embeddedWorker();
  const worker = new Worker(entry, { workerData: options, name: "embedded-store", ...kind, ...own });
  const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const failed = Promise.withResolvers<Error>();
  const ready = Promise.withResolvers<Address>();
  let closing: Promise<void> | null = null;
  let reason: Error | null = null;

  worker.on("message", (message: ToMain) => {
    if ("ready" in message) ready.resolve(message.ready);
    else reason ??= unpackError(message.failed);
  });
  worker.on("error", (error) => {
    reason ??= error instanceof Error ? error : new Error(String(error));
  });
  void exited.then(() => {
    const error = reason ?? new Error("the thread of the embedded store ended unexpectedly");
    ready.reject(error);
    if (closing === null) failed.resolve(error);
  });

  const close = (): Promise<void> => {
    closing ??= (async () => {
      const known = reason;
      worker.postMessage("close" satisfies ToWorker);
      if (!(await endsWithin(clock, exited, closeMs))) await worker.terminate();
      // What went wrong before is told by `failed`.
      if (known === null && reason !== null) throw reason;
    })();
    return closing;
  };
  return { address: await ready.promise, failed: failed.promise, close };
}
