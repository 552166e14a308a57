// How tests say what is retried: a policy with full jitter and the causes that hold where nobody says anything.
import { defaultRetryOn, parseRetryCause, type RetryPolicy } from "../../src/model/retry.ts";

export function retryPolicy(policy: Omit<RetryPolicy, "jitter" | "on"> & Partial<RetryPolicy>): RetryPolicy {
  return { jitter: "full", on: defaultRetryOn.flatMap((cause) => parseRetryCause(cause) ?? []), ...policy };
}
