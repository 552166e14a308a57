// Many worlds at once, on as many threads as there are processors. A seed that fails is told with its story.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Violation } from "./check.ts";

export interface SeedResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly requests: number;
  readonly runs: number;
  /** Only of a seed that failed. */
  readonly story: string | null;
}

export interface SeedsOptions {
  readonly first: number;
  readonly count: number;
  readonly threads?: number;
  /** Told of each result; false ends it all, and so does what it throws. */
  readonly onResult: (result: SeedResult) => boolean;
  /** Sources with a safeguard removed: the folder that holds them. */
  readonly root?: string;
}

const here = join(import.meta.dirname, "..", "..");

/** Rejects when a world could not be played to its end. */
export async function runSeeds({ first, count, threads, onResult, root = here }: SeedsOptions): Promise<void> {
  let next = first;
  let isOver = false;
  const file = join(root, "test", "simulation", "seed-worker.ts");
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(file);
      const fail = (error: unknown) => {
        isOver = true;
        reject(error);
        void worker.terminate();
      };
      const feed = () => {
        if (isOver || next >= first + count) void worker.terminate();
        else worker.postMessage(next++);
      };
      worker.on("message", (result: SeedResult) => {
        try {
          if (!isOver && !onResult(result)) isOver = true;
          feed();
        } catch (error) {
          fail(error);
        }
      });
      worker.once("error", fail);
      worker.once("exit", () => resolve());
      feed();
    });
  await Promise.all(Array.from({ length: Math.min(count, threads ?? availableParallelism()) }, work));
}

/** What a person reads of a seed that failed. */
export function renderFailure({ seed, violations, story }: SeedResult): string {
  const told = violations.map(({ guarantee, text }) => `  ${guarantee}: ${text}`);
  return [`seed ${seed} violates`, ...told, `its story (again: npm run test:sim -- --seed ${seed}):`, story].join("\n");
}
