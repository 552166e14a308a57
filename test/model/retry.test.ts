import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isRetried, parseRetryCause, type RetryPolicy, retryDelayMs } from "../../src/model/retry.ts";
import { retryPolicy } from "../helpers/retry-policy.ts";

const policy: RetryPolicy = retryPolicy({ retries: 5, delaySec: 3, backoff: 2, maxDelaySec: 10 });

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

test("without jitter the wait is the longest one", () => {
  assert.equal(
    retryDelayMs({ ...policy, jitter: "none" }, 2, () => 0),
    6000,
  );
});

describe("unless the job says otherwise", () => {
  for (const cause of [408, 425, 429, 500, 502, 503, 599, "network", "timeout", "expect", "exit"] as const) {
    test(`${cause} is worth another try`, () => assert.ok(isRetried(policy, cause)));
  }
  for (const status of [200, 204, 301, 304, 400, 401, 403, 404, 409, 410, 422]) {
    test(`${status} is not`, () => assert.ok(!isRetried(policy, status)));
  }
});

test("a policy's own causes are all there are", () => {
  const own = { ...policy, on: [{ from: 404, to: 410 }, "timeout"] } satisfies RetryPolicy;
  const causes = ["network", "timeout", "expect", 403, 404, 409, 410, 411, 500] as const;
  assert.deepEqual(
    causes.filter((cause) => isRetried(own, cause)),
    ["timeout", 404, 409, 410],
  );
});

describe("a cause is read from", () => {
  const rows: readonly [written: unknown, cause: unknown][] = [
    ["network", "network"],
    [404, { from: 404, to: 404 }],
    ["404", { from: 404, to: 404 }],
    ["5xx", { from: 500, to: 599 }],
    ["400-404", { from: 400, to: 404 }],
    ["404-400", null],
    ["5xx-599", null],
    [600, null],
    [99, null],
    [404.5, null],
    ["status", null],
    [[404], null],
    [null, null],
  ];
  for (const [written, cause] of rows) {
    test(JSON.stringify(written), () => assert.deepEqual(parseRetryCause(written), cause));
  }
});
