// The short version of `npm run test:chaos`: a few of each fault on real processes, without limits of time.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ownMongod } from "../helpers/mongo-targets.ts";
import { runCampaign } from "./campaign.ts";
import { checkFleet } from "./check-fleet.ts";
import { renderViolations } from "./report.ts";
import { type ChaosStore, startEmbeddedStore, startSetStore } from "./stores.ts";

/** Windows knows neither SIGSTOP nor SIGCONT. */
const skip = process.platform === "win32";

const mongod = await ownMongod("a fleet of real processes on a replica set");

describe("a fleet of real processes", { concurrency: true, skip }, () => {
  test("killed and frozen agents on the embedded store: each occurrence has one record and one sender", async () => {
    await using store = await startEmbeddedStore();
    await endure(store, { sigkill: 1, sigstop: 1, clock: 1, "close-connection": 1, "lost-answer": 1 });
  });

  if (mongod === null) return;
  test("agent and primary killed at once, answers lost: each occurrence has one record and one sender", async () => {
    await using store = await startSetStore(mongod);
    await endure(store, { "lost-answer": 1, "kill-both": 1 });
  });
});

async function endure(store: ChaosStore, counts: Readonly<Record<string, number>>): Promise<void> {
  const end = await runCampaign({ store, counts, agents: 3, seed: 1, longestMs: 6_000, say: () => undefined });
  const violations = checkFleet(end.seen, { complete: false, timed: false });
  const told = renderViolations(end, violations);
  assert.ok(told === "", told);
  for (const { kind, hits } of end.seen.faults) assert.ok(hits > 0, `${kind} hit something`);
  assert.ok(end.seen.requests.length > 20, "the fleet was at work");
}
