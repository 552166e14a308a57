import assert from "node:assert/strict";
import { test } from "node:test";
import { Slots } from "../../src/agent/slots.ts";

const never = new AbortController().signal;

test("a taker gets what is free, never more, and waits only when nothing is", async () => {
  const slots = new Slots(3);
  assert.equal(await slots.take(2, never), 2);
  assert.equal(await slots.take(5, never), 1);
  let waited: number | null = null;
  const waiting = slots.take(2, never).then((count) => {
    waited = count;
  });
  await Promise.resolve();
  assert.equal(waited, null);
  slots.give(1);
  await waiting;
  assert.equal(waited, 1);
});

test("waiters are served in the order they came", async () => {
  const slots = new Slots(1);
  await slots.take(1, never);
  const order: string[] = [];
  const first = slots.take(1, never).then(() => order.push("first"));
  const second = slots.take(1, never).then(() => order.push("second"));
  slots.give(1);
  await first;
  slots.give(1);
  await second;
  assert.deepEqual(order, ["first", "second"]);
});

test("who comes just as a slot is freed does not overtake those who wait", async () => {
  const slots = new Slots(1);
  await slots.take(1, never);
  const order: string[] = [];
  const first = slots.take(1, never).then(() => order.push("first"));
  slots.give(1);
  const late = slots.take(1, never).then(() => order.push("late"));
  await Promise.race([first, late]);
  assert.deepEqual(order, ["first"]);
});

test("an abort ends the wait with nothing, and the place in the queue is gone", async () => {
  const slots = new Slots(1);
  await slots.take(1, never);
  const stop = new AbortController();
  const waiting = slots.take(1, stop.signal);
  stop.abort();
  assert.equal(await waiting, 0);
  const next = slots.take(1, never);
  slots.give(1);
  assert.equal(await next, 1);
});

test("a lower limit takes effect as slots come back", async () => {
  const slots = new Slots(3);
  await slots.take(3, never);
  slots.resize(1);
  let taken = 0;
  const waiting = slots.take(1, never).then((count) => {
    taken = count;
  });
  slots.give(2);
  await Promise.resolve();
  assert.equal(taken, 0);
  slots.give(1);
  await waiting;
  assert.equal(taken, 1);
});
