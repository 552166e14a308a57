// The entry of the worker thread that is the server, so that a busy agent does not stall its own database.
import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "../runtime/clock.ts";
import { type StoreServerOptions, startStoreServer } from "./store-server.ts";
import { packError, type ToMain, type ToWorker } from "./worker-messages.ts";

async function main(): Promise<void> {
  const tell = (message: ToMain) => parentPort?.postMessage(message);
  try {
    const server = await startStoreServer(workerData as StoreServerOptions, systemClock);
    // Nothing holds the thread but the port: it ends when the port is closed.
    parentPort?.on("message", (message: ToWorker) => {
      if (message !== "close") return;
      server
        .close()
        .catch((error: unknown) => tell({ failed: packError(error) }))
        .finally(() => parentPort?.close());
    });
    void server.failed.then((error) => {
      tell({ failed: packError(error) });
      parentPort?.close();
    });
    tell({ ready: server.address });
  } catch (error) {
    tell({ failed: packError(error) });
  }
}

void main();
