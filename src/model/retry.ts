// After which failures, how often and how soon a failed try is repeated.
import { isStatusIn, parseStatusRange, type StatusRange } from "./status-range.ts";

export interface RetryPolicy {
  /** Further tries after the first. */
  readonly retries: number;
  readonly delaySec: number;
  readonly backoff: number;
  readonly maxDelaySec: number;
  /** `full`: any part of the longest wait; `none`: all of it. */
  readonly jitter: "full" | "none";
  readonly on: readonly RetryCause[];
}

/**
 * A kind of failure that may pass. `network`: no complete answer came, for another reason than time; `exit`: a program
 * ended with another code than 0.
 */
export type RetryCause = (typeof retryCauseNames)[number] | StatusRange;

export const retryCauseNames = ["network", "timeout", "expect", "exit"] as const;

/** `on` where nobody says anything: any other 4xx, or a 3xx, would be answered alike. */
export const defaultRetryOn = [...retryCauseNames, 408, 425, 429, "5xx"] as const;

/** One item of `on`, or null when it is none. */
export function parseRetryCause(value: unknown): RetryCause | null {
  return retryCauseNames.find((name) => name === value) ?? parseStatusRange(value);
}

/** Whether the policy repeats tries that failed so; a number is the status they were answered with. */
export function isRetried({ on }: RetryPolicy, cause: (typeof retryCauseNames)[number] | number): boolean {
  return on.some((one) =>
    typeof one === "string" || typeof cause === "string" ? one === cause : isStatusIn([one], cause),
  );
}

/**
 * The wait in milliseconds before the next try, after `failedTries` (1, 2, …) failed: `delay * backoff^(failedTries - 1)`,
 * which `max_delay_sec` limits, or any part of it with full jitter: many jobs due at one instant fail together when their
 * target does. `random` gives [0, 1).
 */
export function retryDelayMs(policy: RetryPolicy, failedTries: number, random: () => number): number {
  // A delay of 0 times a backoff that overflowed would be NaN.
  const grownSec = policy.delaySec === 0 ? 0 : policy.delaySec * policy.backoff ** (failedTries - 1);
  const longestMs = Math.min(grownSec, policy.maxDelaySec) * 1000;
  return policy.jitter === "none" ? longestMs : random() * longestMs;
}
