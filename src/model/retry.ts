// How often and how soon a failed try is repeated.

export interface RetryPolicy {
  /** Further tries after the first. */
  readonly retries: number;
  readonly delaySec: number;
  readonly backoff: number;
  readonly maxDelaySec: number;
}
