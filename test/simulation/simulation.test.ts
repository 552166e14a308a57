import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { test } from "node:test";
import { renderFailure, runSeeds } from "./run-seeds.ts";
import { simulate } from "./simulate.ts";

/** As many as fit into a minute: on two free processors about forty seconds for all. */
const fewest = 500;
const most = 600;
const enoughMs = 60_000;

test("in hundreds of worlds of crashes, freezes, lost answers and elections every guarantee holds", async () => {
  const startedAt = performance.now();
  let played = 0;
  let requests = 0;
  await runSeeds({
    first: 1,
    count: most,
    onResult: (result) => {
      assert.equal(result.violations.length, 0, renderFailure(result));
      played++;
      requests += result.requests;
      return played < fewest || performance.now() - startedAt < enoughMs;
    },
  });
  assert.ok(played >= fewest, `${played} worlds`);
  assert.ok(requests > 20 * played, `${requests} requests: too few for the guarantees to mean anything`);
});

test("the same seed is the same world, to the last event", async () => {
  for (const seed of [3, 57, 213]) {
    const [once, again] = [await simulate(seed), await simulate(seed)].map(({ tell }) => hash("sha256", tell()));
    assert.equal(once, again, `seed ${seed}`);
  }
});
