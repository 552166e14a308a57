// The embedded store as a server for tests: fail points on, expired documents swept each second, as on our mongods.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { startEmbedded } from "../../src/embedded/serve.ts";
import { newDataFolder } from "./data-folder.ts";

export interface EmbeddedTarget {
  readonly uri: string;
  stop(): Promise<void>;
}

export async function startEmbeddedTarget(): Promise<EmbeddedTarget> {
  const dir = newDataFolder();
  const server = await startEmbedded({
    path: join(dir, "store.db"),
    listen: { socket: join(dir, "store.sock") },
    testCommands: true,
    sweepEveryMs: 1_000,
  });
  return {
    uri: server.uri,
    stop: async () => {
      await server.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
