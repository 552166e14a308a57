import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseCatchUp } from "../../src/model/catch-up.ts";

const late = (count: number) => Array.from({ length: count }, (_, i) => i);
const fresh = { count: 0, isNewerStarted: false };

test("none catches up with nothing", () => {
  assert.deepEqual(chooseCatchUp("none", late(5), fresh), { run: [], capped: [] });
});

test("last runs the newest, unless something newer started", () => {
  assert.deepEqual(chooseCatchUp("last", late(5), fresh), { run: [4], capped: [] });
  assert.deepEqual(chooseCatchUp("last", late(5), { count: 0, isNewerStarted: true }), { run: [], capped: [] });
  assert.deepEqual(chooseCatchUp("last", [], fresh), { run: [], capped: [] });
});

test("all runs the newest hundred, oldest first, those that were started before included", () => {
  assert.deepEqual(chooseCatchUp("all", late(100), fresh), { run: late(100), capped: [] });
  const most = chooseCatchUp("all", late(103), fresh);
  assert.deepEqual([most.run.length, most.run[0], most.capped], [100, 3, [0, 1, 2]]);
  const rest = chooseCatchUp("all", late(103), { count: 98, isNewerStarted: true });
  assert.deepEqual([rest.run, rest.capped.length], [[101, 102], 101]);
  assert.equal(chooseCatchUp("all", late(3), { count: 130, isNewerStarted: false }).run.length, 0);
});
