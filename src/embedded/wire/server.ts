// Listens on a Unix socket, which its folder protects, or on the loopback interface, where every local user may knock.
import { lstatSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import type { Engine } from "../engine.ts";
import { newSession } from "../request.ts";
import { serveConnection } from "./connection.ts";

export type Address = { readonly socket: string } | { readonly port: number };

export interface ServerOptions {
  readonly engine: Pick<Engine, "run">;
  /**
   * `socket`: a path in a folder that only its owner can enter; whoever calls owns the store, so that a socket found
   * there is a dead one's. `port`: 0 = any that is free.
   */
  readonly address: Address;
  /** Commands are refused before a login (by the engine). */
  readonly needsPassword: boolean;
}

export interface WireServer {
  /** The same with the real port. */
  readonly address: Address;
  /** Why it stopped by itself; never settles when it was closed. */
  readonly failed: Promise<Error>;
  /** Ends every connection. Harmless when called twice. */
  close(): Promise<void>;
}

const mostConnections = 1_000;
/** macOS takes the least; a longer path would be cut off. */
const longestPath = 103;

/** Resolves when clients can connect. Throws what listening throws. */
export async function startServer({ engine, address, needsPassword }: ServerOptions): Promise<WireServer> {
  const failed = Promise.withResolvers<Error>();
  const sockets = new Set<Socket>();
  let closing: Promise<void> | null = null;
  let lastId = 0;

  const close = (): Promise<void> => {
    closing ??= new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
    return closing;
  };
  const onFailure = (error: unknown): void => {
    if (closing !== null) return;
    void close().then(() => failed.resolve(error instanceof Error ? error : new Error(String(error))));
  };

  const server = createServer({ noDelay: true, keepAlive: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serveConnection(socket, { engine, session: newSession(++lastId), needsPassword, onFailure });
  });
  server.maxConnections = mostConnections;
  await listen(server, address);
  server.on("error", onFailure);
  return { address: boundAddress(server, address), failed: failed.promise, close };
}

async function listen(server: Server, address: Address): Promise<void> {
  if ("socket" in address) removeStale(address.socket);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    const onListening = () => {
      server.off("error", reject);
      resolve();
    };
    if ("socket" in address) server.listen(address.socket, onListening);
    else server.listen(address.port, "127.0.0.1", onListening);
  });
}

/** Only ever a socket: a file that a person put there is not ours to remove. */
function removeStale(path: string): void {
  if (Buffer.byteLength(path) > longestPath) {
    throw new RangeError(
      `${path}: a socket's path may have ${longestPath} bytes, this one has ${Buffer.byteLength(path)}`,
    );
  }
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true) rmSync(path);
}

function boundAddress(server: Server, address: Address): Address {
  const bound = server.address();
  return typeof bound === "object" && bound !== null ? { port: bound.port } : address;
}
