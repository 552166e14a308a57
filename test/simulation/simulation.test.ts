import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { test } from "node:test";
import { renderFailure, runSeeds } from "./run-seeds.ts";
import { simulate } from "./simulate.ts";

/** About a minute on two free processors; `npm run test:sim` plays more. */
const worlds = 500;

test("in hundreds of worlds of crashes, freezes, lost answers and elections every guarantee holds", async () => {
  let played = 0;
  let requests = 0;
  await runSeeds({
    first: 1,
    count: worlds,
    onResult: (result) => {
      assert.equal(result.violations.length, 0, renderFailure(result));
      played++;
      requests += result.requests;
      return true;
    },
  });
  assert.equal(played, worlds);
  assert.ok(requests > 20 * played, `${requests} requests: too few for the guarantees to mean anything`);
});

test("the same seed is the same world, to the last event", async () => {
  for (const seed of [3, 57, 213]) {
    const [once, again] = [await simulate(seed), await simulate(seed)].map(({ tell }) => hash("sha256", tell()));
    assert.equal(once, again, `seed ${seed}`);
  }
});
