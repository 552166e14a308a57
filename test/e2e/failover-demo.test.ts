// The demo that people run, in short: what it shows is what the fleet promises.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { countOccurrences, renderTimeline } from "../../scripts/demo/render-timeline.ts";

test("the first in line is killed and started again, and every second is run exactly once", async () => {
  const script = join(import.meta.dirname, "..", "..", "scripts", "demo-failover.ts");
  const demo = spawn(process.execPath, [script, "--seconds", "2"], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => demo.once("close", resolve));
  const [shown, said, code] = await Promise.all([text(demo.stdout), text(demo.stderr), ended]);
  assert.equal(code, 0, shown + said);
  const [, due] = /^(\d+) occurrences due, 0 missing, 0 run twice$/m.exec(shown) ?? [];
  assert.ok(Number(due) >= 6, shown);
  const [, victim] = /^(agent-\d), the first in line, is killed/m.exec(said) ?? [];
  const [, successor] = /the kill ran on (agent-\d), \d+ ms after its time$/m.exec(shown) ?? [];
  assert.ok(victim !== undefined && successor !== undefined && victim !== successor, shown);
  assert.match(shown, new RegExp(`^${victim} +[● ·]*●.*x.*\\+`, "m"));
  assert.match(shown, new RegExp(`^${successor} .*●`, "m"));
});

const at = (second: number, ...ranOn: string[]) => ({
  dueAt: second * 1_000,
  ranOn,
  lateMs: 0,
  requests: ranOn.length,
});

test("a gap in the history, a second run and a request sent again are counted", () => {
  const history = [at(0, "a"), at(1, "a", "b"), at(3), { ...at(4, "b"), requests: 2 }];
  assert.deepEqual(countOccurrences(history, 5_000), { due: 6, missing: 3, twice: 1, requests: 5, sentAgain: 2 });
  assert.deepEqual(countOccurrences([], 5_000), { due: 0, missing: 0, twice: 0, requests: 0, sentAgain: 0 });
});

test("the timeline has a row for each agent and marks kills and starts where they happened", () => {
  const events = [
    { at: 500, agent: "a", mark: "x" },
    { at: 2_000, agent: "a", mark: "+" },
  ] as const;
  assert.deepEqual(renderTimeline(["a", "b"], [at(0, "a"), at(1, "b"), at(2, "b")], events), [
    "due   00:00:00, then every second",
    "a         ●x· ·+",
    "b         · ● ●",
  ]);
});
