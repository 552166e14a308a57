// A thread of run-seeds.ts: one world after the other.
import { parentPort } from "node:worker_threads";
import { check, type Violation } from "./check.ts";
import type { SeedResult } from "./run-seeds.ts";
import { simulate } from "./simulate.ts";

parentPort?.on("message", async (seed: number) => parentPort?.postMessage(await judge(seed)));

async function judge(seed: number): Promise<SeedResult> {
  try {
    const witness = await simulate(seed);
    const violations = check(witness);
    const story = violations.length > 0 ? witness.tell() : null;
    return { seed, violations, requests: witness.requests.length, runs: witness.runs.length, story };
  } catch (error) {
    const broken: Violation = { guarantee: "no failure", text: `the world broke: ${(error as Error).stack}` };
    return { seed, violations: [broken], requests: 0, runs: 0, story: null };
  }
}
