// Free places for runs: an agent claims only what it can start at once, so that the rest stays free for others.

export class Slots {
  #free: number;
  #limit: number;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
    this.#free = limit;
  }

  /** Waits for at least one free slot and takes up to `wanted`; first come, first served. 0 when the signal aborts. */
  async take(wanted: number, signal: AbortSignal): Promise<number> {
    while (this.#free <= 0) {
      if (signal.aborted) return 0;
      await this.#slotFreed(signal);
    }
    return signal.aborted ? 0 : this.takeFree(wanted);
  }

  /** Takes what is free right now, up to `wanted`. */
  takeFree(wanted: number): number {
    const taken = Math.max(0, Math.min(wanted, this.#free));
    this.#free -= taken;
    if (this.#free > 0) this.#wakeNext();
    return taken;
  }

  give(count: number): void {
    this.#free += count;
    if (this.#free > 0) this.#wakeNext();
  }

  /** A lower limit takes effect as runs end. */
  resize(limit: number): void {
    this.#free += limit - this.#limit;
    this.#limit = limit;
    if (this.#free > 0) this.#wakeNext();
  }

  #wakeNext(): void {
    this.#waiting.shift()?.();
  }

  #slotFreed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener("abort", cancel);
        resolve();
      };
      const cancel = () => {
        const place = this.#waiting.indexOf(wake);
        if (place >= 0) this.#waiting.splice(place, 1);
        resolve();
      };
      this.#waiting.push(wake);
      signal.addEventListener("abort", cancel, { once: true });
    });
  }
}
