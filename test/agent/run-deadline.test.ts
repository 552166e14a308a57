import assert from "node:assert/strict";
import { test } from "node:test";
import { watchDeadline } from "../../src/agent/run-deadline.ts";
import { FakeClock } from "../helpers/fake-clock.ts";

test("a run that went on for 50 s under its former owner has 10 s left of a minute", async () => {
  const clock = new FakeClock(0);
  const { signal } = watchDeadline(clock, { deadlineSec: 60, ranMs: 50_000, signal: new AbortController().signal });
  await clock.advance(9_999);
  assert.equal(signal.aborted, false);
  await clock.advance(1);
  assert.deepEqual([signal.aborted, signal.reason], [true, "deadline_passed"]);
});

test("one whose time is over is stopped before it sends anything", () => {
  const signal = new AbortController().signal;
  assert.equal(watchDeadline(new FakeClock(0), { deadlineSec: 60, ranMs: 60_000, signal }).signal.aborted, true);
});

test("a deadline that was not needed leaves no timer, and whatever else ends a run still does", async () => {
  const clock = new FakeClock(0);
  const stop = new AbortController();
  const deadline = watchDeadline(clock, { deadlineSec: 60, ranMs: 0, signal: stop.signal });
  stop.abort("agent stopped");
  assert.equal(deadline.signal.reason, "agent stopped");
  deadline[Symbol.dispose]();
  assert.equal(clock.fireNext(Number.POSITIVE_INFINITY), false);
});

test("without a deadline nothing is waited for", () => {
  const clock = new FakeClock(0);
  const { signal } = new AbortController();
  assert.equal(watchDeadline(clock, { deadlineSec: null, ranMs: 0, signal }).signal, signal);
  assert.equal(clock.fireNext(Number.POSITIVE_INFINITY), false);
});
