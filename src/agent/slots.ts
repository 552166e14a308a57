// Free places for runs: an agent claims only what it can start at once, so that the rest stays free for others.

interface Waiting {
  readonly wanted: number;
  readonly take: (count: number) => void;
}

export class Slots {
  #free: number;
  #limit: number;
  /** Nobody waits while a slot is free. */
  readonly #waiting: Waiting[] = [];

  constructor(limit: number) {
    this.#limit = limit;
    this.#free = limit;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Below 0 after the limit was lowered, until enough runs have ended. */
  get free(): number {
    return this.#free;
  }

  /** Waits for at least one free slot and takes up to `wanted`; first come, first served. 0 when the signal aborts. */
  take(wanted: number, signal: AbortSignal): Promise<number> {
    if (signal.aborted) return Promise.resolve(0);
    if (this.#free > 0) return Promise.resolve(this.takeFree(wanted));
    return new Promise((resolve) => {
      const end = (count: number) => {
        signal.removeEventListener("abort", cancel);
        resolve(count);
      };
      const waiting = { wanted, take: end };
      const cancel = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        end(0);
      };
      this.#waiting.push(waiting);
      signal.addEventListener("abort", cancel, { once: true });
    });
  }

  /** Takes what is free right now, up to `wanted`. */
  takeFree(wanted: number): number {
    const taken = Math.max(0, Math.min(wanted, this.#free));
    this.#free -= taken;
    return taken;
  }

  give(count: number): void {
    this.#free += count;
    this.#handOver();
  }

  /** A lower limit takes effect as runs end. */
  resize(limit: number): void {
    this.#free += limit - this.#limit;
    this.#limit = limit;
    this.#handOver();
  }

  /** At once and not by waking who waits: whoever came in between would take it, and the line would start anew. */
  #handOver(): void {
    while (this.#free > 0) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      next.take(this.takeFree(next.wanted));
    }
  }
}
