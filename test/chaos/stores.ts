// What the fleet under test coordinates by: a replica set of three, or the embedded store that agents share.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { startEmbedded } from "../../src/embedded/serve.ts";
import { type LossyProxy, startLossyProxy } from "../helpers/lossy-proxy.ts";
import type { MongoBinary } from "../helpers/mongo-servers.ts";
import { type ReplicaSet, startReplicaSet } from "./replica-set.ts";

export interface ChaosStore extends AsyncDisposable {
  readonly name: string;
  /** For agents: through the proxies. */
  readonly uri: string;
  /** Null for the embedded store. */
  readonly set: ReplicaSet | null;
  /** Each server by itself: a fail point counts where it was set. */
  readonly serverUris: readonly string[];
  readonly proxies: readonly LossyProxy[];
  /** Takes every server away at once. */
  down(): Promise<void>;
  up(): Promise<void>;
}

export async function startSetStore(binary: MongoBinary): Promise<ChaosStore> {
  const set = await startReplicaSet(binary);
  const { members } = set;
  return {
    name: "replica set of three",
    uri: set.uri,
    set,
    serverUris: members.map(({ directUri }) => directUri),
    proxies: members.map(({ proxy }) => proxy),
    down: async () => void (await Promise.all(members.map((member) => member.kill("SIGKILL")))),
    up: async () => {
      for (const member of members) member.start();
      await set.waitPrimary();
    },
    [Symbol.asyncDispose]: () => set[Symbol.asyncDispose](),
  };
}

export async function startEmbeddedStore(): Promise<ChaosStore> {
  const dir = mkdtempSync(join(tmpdir(), "fleetcron-chaos-"));
  const options = { path: join(dir, "store.db"), listen: { socket: join(dir, "store.sock") }, testCommands: true };
  let server = await startEmbedded(options);
  const proxy = await startLossyProxy(server.uri);
  return {
    name: "embedded",
    uri: proxy.uri,
    set: null,
    serverUris: [server.uri],
    proxies: [proxy],
    down: () => server.close(),
    up: async () => {
      server = await startEmbedded(options);
    },
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await server.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** `configureFailPoint` on every server; answers how many commands failed so far (the embedded store: since the last time). */
export async function setFailPoint(store: ChaosStore, mode: "off" | object, data: object = {}): Promise<number> {
  let hits = 0;
  for (const uri of store.serverUris) {
    await using client = new MongoClient(uri, { serverSelectionTimeoutMS: 2_000 });
    const { count } = await client.db("admin").command({ configureFailPoint: "failCommand", mode, data });
    hits += Number(count);
  }
  return hits;
}
