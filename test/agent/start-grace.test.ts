import assert from "node:assert/strict";
import { test } from "node:test";
import { lastStartOf } from "../../src/agent/start-grace.ts";
import { sampleJob } from "../helpers/sample-run.ts";

const due = Date.UTC(2026, 2, 14, 12);
const settings = { startGraceSec: 60, maxSerial: 5, staggerSec: 2 };
const asSerial = (serial: number) => ({ settings, lease: { turnMs: () => (serial - 1) * 2_000 } });
const occurrence = (startGraceSec: number | null) =>
  ({ job: sampleJob({ startGraceSec }), scheduledFor: due, trigger: "schedule" }) as const;
const graceSec = (...given: Parameters<typeof lastStartOf>) => (lastStartOf(...given) - due) / 1_000;

test("the fleet's grace counts from when a job is due, a job's own shorter one from the agent's turn", () => {
  assert.equal(graceSec(asSerial(4), occurrence(null)), 60);
  assert.equal(graceSec(asSerial(4), occurrence(100)), 100);
  assert.equal(graceSec(asSerial(1), occurrence(5)), 5);
  assert.equal(graceSec(asSerial(4), occurrence(5)), 11);
});

test("who moves up in the line while it waits is not late by its new place", () => {
  assert.equal(graceSec(asSerial(1), { ...occurrence(5), turnMs: 6_000 }), 11);
});
