// Ends a loop's wait early. What comes during a round makes one further round, however often it comes.
import type { Clock } from "../runtime/clock.ts";

interface NudgedWait {
  readonly ms: number;
  /** How long after a nudge more of them are waited for. */
  readonly gatherMs: number;
  readonly signal: AbortSignal;
}

export class Nudge {
  #isPending = false;
  #wake: () => void = () => undefined;

  now(): void {
    this.#isPending = true;
    this.#wake();
  }

  /** Resolves after `ms`, at a nudge, at once if one came since the last wait, or when the signal aborts. */
  async wait(clock: Clock, { ms, gatherMs, signal }: NudgedWait): Promise<void> {
    if (!this.#isPending) {
      const nudged = new AbortController();
      this.#wake = () => nudged.abort();
      await clock.sleep(ms, AbortSignal.any([signal, nudged.signal]));
    }
    if (this.#isPending && gatherMs > 0) await clock.sleep(gatherMs, signal);
    this.#isPending = false;
  }
}
