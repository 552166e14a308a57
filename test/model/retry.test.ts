import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isRetryableStatus, type RetryPolicy, retryDelayMs } from "../../src/model/retry.ts";

const policy: RetryPolicy = { retries: 5, delaySec: 3, backoff: 2, maxDelaySec: 10 };

describe("the longest wait before a retry", () => {
  const rows: readonly [title: string, change: Partial<RetryPolicy>, failedTries: number, ms: number][] = [
    ["is the delay after the first try", {}, 1, 3000],
    ["grows by the backoff", {}, 2, 6000],
    ["never passes max_delay_sec", {}, 3, 10_000],
    ["stays the same without backoff", { backoff: 1 }, 50, 3000],
    ["is cut even at first", { delaySec: 600 }, 1, 10_000],
    ["may have fractions", { delaySec: 0.25, backoff: 1.5 }, 2, 375],
    ["is nothing without a delay", { delaySec: 0 }, 3, 0],
    ["is nothing without a delay, however often", { delaySec: 0, backoff: 100 }, 10_000, 0],
    ["is max_delay_sec when the backoff overflows", { backoff: 100 }, 10_000, 10_000],
    ["is nothing when max_delay_sec is", { maxDelaySec: 0 }, 2, 0],
  ];
  for (const [title, change, failedTries, ms] of rows) {
    test(title, () =>
      assert.equal(
        retryDelayMs({ ...policy, ...change }, failedTries, () => 1),
        ms,
      ),
    );
  }
});

test("the wait is any part of the longest one", () => {
  assert.deepEqual(
    [0, 0.25, 0.5].map((part) => retryDelayMs(policy, 2, () => part)),
    [0, 1500, 3000],
  );
});

describe("a status", () => {
  for (const status of [408, 425, 429, 500, 502, 503, 599]) {
    test(`${status} is worth another try`, () => assert.ok(isRetryableStatus(status)));
  }
  for (const status of [200, 204, 301, 304, 400, 401, 403, 404, 409, 410, 422, 600]) {
    test(`${status} is not`, () => assert.ok(!isRetryableStatus(status)));
  }
});
