// When a job is due. Pure: no clock, no I/O.

/** Milliseconds since the epoch. */
export type Instant = number;

export interface Schedule {
  readonly tz: string;
  /** The union counts. */
  readonly rules: readonly Rule[];
}

export type Rule =
  /** `hour: null` = every hour. Second 0. */
  | { readonly kind: "classic"; readonly hour: number | null; readonly minute: number }
  /** Anchored at the epoch so that all agents agree. */
  | { readonly kind: "every"; readonly everySec: number }
  | { readonly kind: "once"; readonly at: Instant };
