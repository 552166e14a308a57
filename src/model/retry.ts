// How often and how soon a failed try is repeated.

export interface RetryPolicy {
  /** Further tries after the first. */
  readonly retries: number;
  readonly delaySec: number;
  readonly backoff: number;
  readonly maxDelaySec: number;
}

/**
 * The wait in milliseconds before the next try, after `failedTries` (1, 2, …) failed: any part of
 * `delay * backoff^(failedTries - 1)`, which `max_delay_sec` limits. Full jitter, because many jobs due at one instant
 * fail together when their target does. `random` gives [0, 1).
 */
export function retryDelayMs(policy: RetryPolicy, failedTries: number, random: () => number): number {
  // A delay of 0 times a backoff that overflowed would be NaN.
  const grownSec = policy.delaySec === 0 ? 0 : policy.delaySec * policy.backoff ** (failedTries - 1);
  return random() * Math.min(grownSec, policy.maxDelaySec) * 1000;
}

/** Whether the same request may succeed later: 408, 425, 429 and 5xx. Any other 4xx, or 3xx, would be answered alike. */
export function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || (status >= 500 && status <= 599);
}
