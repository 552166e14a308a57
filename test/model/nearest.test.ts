import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "../../src/model/nearest.ts";

const rows: readonly (readonly [string, readonly string[], string | null])[] = [
  ["stager_sec", ["stagger_sec", "lease_sec"], "stagger_sec"],
  ["maxSerial", ["max_serial"], "max_serial"],
  ["time-out-sec", ["timeout_sec"], "timeout_sec"],
  ["horu", ["minute", "hour"], "hour"],
  ["tz", ["to", "tz"], "tz"],
  ["PORT", ["LOG", "TZ"], null],
  ["notify", ["network", "tags"], null],
  ["a", ["b"], null],
  ["", ["ab"], null],
  ["abc", [], null],
  ["abcd", ["abce", "abcf"], "abce"],
];

for (const [word, candidates, expected] of rows) {
  test(`nearest to ${JSON.stringify(word)} of ${candidates.join(", ") || "nothing"} is ${expected}`, () => {
    assert.equal(nearest(word, candidates), expected);
  });
}
