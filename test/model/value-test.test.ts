import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { JsonValue } from "../../src/model/job.ts";
import { failedTest, type Operator, renderTest } from "../../src/model/value-test.ts";

type Row = readonly [operator: Operator, wanted: JsonValue, passes: JsonValue[], fails: (JsonValue | undefined)[]];

const rows: readonly Row[] = [
  ["eq", 1, [1], [2, "1", null, undefined]],
  ["eq", null, [null], [undefined, 0]],
  ["eq", { a: [1, { b: 2 }] }, [{ a: [1, { b: 2 }] }], [{ a: [1] }, [1]]],
  ["ne", "x", ["y", null, 5], ["x", undefined]],
  ["gt", 5, [5.1], [5, 4, "6", null, undefined]],
  ["gte", 5, [5, 6], [4.9, "5"]],
  ["lt", 5, [4.9], [5, null, [], undefined]],
  ["lte", 5, [5], [5.1, false]],
  ["contains", "b", ["abc", ["b"]], ["ac", ["ab"], 5, { b: 1 }, undefined]],
  ["contains", { a: 1 }, [[{ a: 1 }]], [{ a: 1 }, "a"]],
  ["exists", true, [null, 0, false, ""], [undefined]],
  ["exists", false, [], [null, 0]],
  ["type", "string", [""], [1, undefined]],
  ["type", "number", [1.5], ["1"]],
  ["type", "boolean", [false], [0]],
  ["type", "null", [null], [0, undefined]],
  ["type", "array", [[]], [{}]],
  ["type", "object", [{}], [[], null]],
];

for (const [operator, value, passing, failing] of rows) {
  const one = { operator, value };
  describe(`${operator} ${JSON.stringify(value)}`, () => {
    for (const found of passing) {
      test(`is passed by ${JSON.stringify(found)}`, () => assert.equal(failedTest([one], found), null));
    }
    for (const found of failing) {
      test(`is not passed by ${JSON.stringify(found)}`, () => assert.equal(failedTest([one], found), one));
    }
  });
}

test("a value that is not there passes exists: false alone", () => {
  assert.equal(failedTest([{ operator: "exists", value: false }], undefined), null);
});

test("all tests must pass, and the first that does not is told in words", () => {
  const between = [
    { operator: "gte", value: 1 },
    { operator: "lt", value: 10 },
  ] as const;
  assert.equal(failedTest(between, 5), null);
  const failed = failedTest(between, 10);
  assert.equal(failed && renderTest(failed, String), "a number below 10");
});
