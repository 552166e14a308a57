import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRetryAfter } from "../../src/chain/retry-after.ts";

const now = Date.UTC(2026, 0, 15, 9, 30);

const headers: readonly [string | null, number | null][] = [
  [null, null],
  ["", null],
  ["0", 0],
  ["120", 120_000],
  [" 5 ", 5000],
  ["Thu, 15 Jan 2026 09:30:30 GMT", 30_000],
  ["Thu, 15 Jan 2026 09:00:00 GMT", 0],
  ["Thursday, 15-Jan-26 09:31:00 GMT", 60_000],
  ["Thu Jan 15 09:30:10 2026", 10_000],
  ["Mon Feb  2 09:30:00 2026", 18 * 86_400_000],
  ["31536000", 31_536_000_000],
  ["Thu, 15 Jan 2026 09:30:30 CET", null],
  ["Thu, 99 Jan 2026 09:30:30 GMT", null],
  ["-5", null],
  ["1.5", null],
  ["soon", null],
  ["5 May", null],
  ["99999999999999999999", null],
];

for (const [header, expected] of headers) {
  test(`Retry-After ${JSON.stringify(header)} asks to wait ${expected} ms`, () => {
    assert.equal(parseRetryAfter(header, now), expected);
  });
}
