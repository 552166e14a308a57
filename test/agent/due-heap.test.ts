import assert from "node:assert/strict";
import { test } from "node:test";
import { DueHeap } from "../../src/agent/due-heap.ts";

test("entries come out in the order of their instants, whatever order they went in", () => {
  for (let size = 0; size < 60; size++) {
    const instants = Array.from({ length: size }, (_, i) => (i * 7_919) % 31);
    const heap = new DueHeap<{ dueAt: number }>();
    for (const dueAt of instants) heap.push({ dueAt });
    const out: number[] = [];
    for (let entry = heap.pop(); entry !== null; entry = heap.pop()) out.push(entry.dueAt);
    assert.deepEqual(
      out,
      instants.toSorted((a, b) => a - b),
    );
  }
});

test("pushing while popping keeps the order", () => {
  const heap = new DueHeap<{ dueAt: number }>();
  for (const dueAt of [5, 1, 3]) heap.push({ dueAt });
  assert.equal(heap.pop()?.dueAt, 1);
  heap.push({ dueAt: 2 });
  heap.push({ dueAt: 9 });
  assert.deepEqual([heap.pop()?.dueAt, heap.pop()?.dueAt, heap.pop()?.dueAt, heap.peek()?.dueAt], [2, 3, 5, 9]);
});
