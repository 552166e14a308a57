// The story of one job's trouble, on every server: three agents and one message for each turn of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { NotifiedFleet } from "./notified-fleet.ts";

await forEachTarget("an incident", (suite) => {
  const fleet = new NotifiedFleet(suite);

  test("a failing job is told of once, so is its recovery, and the next failure is another incident", async () => {
    const work = await fleet.addJob("work", { channels: ["ops"], after: 1, on: ["failed", "recovered"] });
    await fleet.goesOn("work", "error");
    assert.deepEqual(fleet.events("work"), ["failed"]);
    work.answer = 200;
    await fleet.untilTold("work", 2);
    await fleet.goesOn("work", "ok", 1);
    assert.deepEqual(fleet.events("work"), ["failed", "recovered"]);
    work.answer = 500;
    await fleet.untilTold("work", 3);
    assert.deepEqual(fleet.events("work"), ["failed", "recovered", "failed"]);
    const [first, second, third] = fleet.told("work");
    assert.equal(first?.incident_id, second?.incident_id);
    assert.notEqual(first?.incident_id, third?.incident_id);
    assert.deepEqual([first?.key, second?.key], [`${first?.incident_id}/failed`, `${first?.incident_id}/recovered`]);
    assert.match(first?.text ?? "", /^job work failed: step "step-1": status.* 500 \(due .*, on test-host\)$/);
    assert.match(second?.text ?? "", /^job work recovered after \d+ (s|min)$/);
  });
});
