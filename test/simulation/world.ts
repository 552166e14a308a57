// One world on a virtual clock: what is to happen, in order, and what did. Nothing in it waits for real time.

interface Event {
  readonly at: number;
  /** Of two events at the same instant the one that was planned first comes first. */
  readonly order: number;
  readonly fire: () => void;
}

/** A line of the story, told only when somebody asks: most worlds end well. */
interface Note {
  readonly at: number;
  readonly who: string;
  readonly tell: () => string;
}

const eventsATurn = 100;

export class World {
  /** Milliseconds since the beginning; the true time, which no process can read. */
  now = 0;
  readonly #events: Event[] = [];
  readonly #notes: Note[] = [];
  #planned = 0;

  /** Happens at this instant, or now where that has passed. */
  at(instant: number, fire: () => void): void {
    const event = { at: Math.max(instant, this.now), order: this.#planned++, fire };
    const heap = this.#events;
    let child = heap.push(event) - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (isBefore(heap[parent] as Event, event)) break;
      heap[child] = heap[parent] as Event;
      child = parent;
    }
    heap[child] = event;
  }

  note(who: string, tell: () => string, at = this.now): void {
    this.#notes.push({ at, who, tell });
  }

  /** Everything up to `end`; before the next event all that the last one set off has run, however many promises deep. */
  async run(end: number): Promise<void> {
    while (this.#isLeft(end)) await this.#fireSome(end);
    this.now = end;
  }

  /**
   * The one use of the real event loop: between two immediates Node runs promises until none is left, and nothing else
   * waits on it. Many in one turn of the loop, because the turn itself costs several times what is between them.
   */
  #fireSome(end: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const fire = () => {
        try {
          if (this.#isLeft(end)) this.#fireNext();
        } catch (error) {
          // A world that broke is over.
          this.#events.length = 0;
          reject(error);
        }
      };
      for (let count = 0; count < eventsATurn; count++) setImmediate(fire);
      setImmediate(resolve);
    });
  }

  #isLeft(end: number): boolean {
    const next = this.#events[0];
    return next !== undefined && next.at <= end;
  }

  #fireNext(): void {
    const next = this.#events[0] as Event;
    this.#removeFirst();
    this.now = next.at;
    next.fire();
  }

  /** The story, a line per event, in the order of time. */
  tell(): string {
    const inOrder = this.#notes.toSorted((a, b) => a.at - b.at);
    return inOrder
      .map(({ at, who, tell }) => `${(at / 1_000).toFixed(3).padStart(9)} s  ${who.padEnd(6)}  ${tell()}`)
      .join("\n");
  }

  #removeFirst(): void {
    const heap = this.#events;
    const last = heap.pop() as Event;
    if (heap.length === 0) return;
    let parent = 0;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as Event)) child++;
      if (isBefore(last, heap[child] as Event)) break;
      heap[parent] = heap[child] as Event;
      parent = child;
    }
    heap[parent] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
