// Whether this agent claims anything: not while it drains, and never again once it stops.

export class ClaimGate {
  readonly #stopping: AbortSignal;
  #drain = new AbortController();
  #closed: AbortSignal;

  constructor(stopping: AbortSignal) {
    this.#stopping = stopping;
    this.#closed = AbortSignal.any([stopping, this.#drain.signal]);
  }

  /**
   * Aborts when claiming ends. Whoever waits for a claim keeps the one it began with: what a drain let go of is not
   * picked up again by a `resume`, others have had their turn at it by then.
   */
  get closed(): AbortSignal {
    return this.#closed;
  }

  get isDraining(): boolean {
    return this.#drain.signal.aborted;
  }

  drain(): void {
    this.#drain.abort();
  }

  /** Ends a drain; harmless without one. */
  open(): void {
    if (!this.isDraining) return;
    this.#drain = new AbortController();
    this.#closed = AbortSignal.any([this.#stopping, this.#drain.signal]);
  }
}
