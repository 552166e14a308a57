// A clock that moves only when told to; everything that waits on it wakes in the order of its instants.
import type { Clock } from "../../src/runtime/clock.ts";

interface Timer {
  readonly at: number;
  readonly fire: () => void;
}

export class FakeClock implements Clock {
  #monotonic = 1_000;
  #wallOffset: number;
  #timers: Timer[] = [];

  constructor(wallNow: number) {
    this.#wallOffset = wallNow - this.#monotonic;
  }

  now(): number {
    return this.#monotonic + this.#wallOffset;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#monotonic + Math.max(0, ms), fire: callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const cancel = this.after(ms, resolve);
      signal?.addEventListener("abort", () => {
        cancel();
        resolve();
      });
    });
  }

  /** Steps the wall clock alone, as an administrator or a suspended laptop does. */
  stepWall(ms: number): void {
    this.#wallOffset += ms;
  }

  /** Moves both clocks on and fires nothing: for what does not wait on this clock itself. */
  leap(ms: number): void {
    this.#monotonic += ms;
  }

  /** Moves both clocks to the next timer if it fires up to `wallEnd`, and fires it; false when there is none. */
  fireNext(wallEnd: number): boolean {
    const next = this.#timers.reduce<Timer | null>(
      (first, timer) => (first && first.at <= timer.at ? first : timer),
      null,
    );
    if (next === null || next.at + this.#wallOffset > wallEnd) return false;
    this.#timers = this.#timers.filter((timer) => timer !== next);
    this.#monotonic = Math.max(this.#monotonic, next.at);
    next.fire();
    return true;
  }

  /** Moves both clocks on, firing what comes due on the way, and lets everything that woke run. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await settle();
    for (;;) {
      const next = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#monotonic = Math.max(this.#monotonic, next.at);
      next.fire();
      await settle();
    }
    this.#monotonic = end;
    await settle();
  }
}

/** Long enough for any chain of promises that waits for nothing outside. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}
