// Which occurrence is next: a binary heap of jobs by their next due instant.
import type { Instant } from "../model/schedule.ts";

interface HeapEntry {
  readonly dueAt: Instant;
}

/** A binary min-heap on `dueAt`; `push` and `pop` cost O(log n). */
export class DueHeap<Entry extends HeapEntry> {
  readonly #entries: Entry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  peek(): Entry | null {
    return this.#entries[0] ?? null;
  }

  push(entry: Entry): void {
    const entries = this.#entries;
    let child = entries.push(entry) - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const above = entries[parent] as Entry;
      if (above.dueAt <= entry.dueAt) break;
      entries[child] = above;
      child = parent;
    }
    entries[child] = entry;
  }

  pop(): Entry | null {
    const top = this.peek();
    const last = this.#entries.pop();
    if (top !== null && last !== undefined && last !== top) this.#sinkFromTop(last);
    return top;
  }

  #sinkFromTop(entry: Entry): void {
    const entries = this.#entries;
    let parent = 0;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= entries.length) break;
      const right = child + 1;
      if (right < entries.length && (entries[right] as Entry).dueAt < (entries[child] as Entry).dueAt) child = right;
      if ((entries[child] as Entry).dueAt >= entry.dueAt) break;
      entries[parent] = entries[child] as Entry;
      parent = child;
    }
    entries[parent] = entry;
  }
}
