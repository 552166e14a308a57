import { expressionTable } from "./expression-table.ts";
import { double, long } from "./probes.ts";

export const arrays = expressionTable("array and set expressions", {
  $arrayElemAt: [
    [{ $arrayElemAt: ["$list", 0] }, "3"],
    [{ $arrayElemAt: ["$list", -1] }, "2"],
    [{ $arrayElemAt: ["$list", 9] }, "missing"],
    [{ $arrayElemAt: ["$missing", 0] }, "null"],
    [{ $arrayElemAt: ["$text", 0] }, "refused 28689"],
    [{ $arrayElemAt: ["$list", 1.5] }, "refused 28691"],
  ],
  $arrayToObject: [
    [{ $arrayToObject: "$docs" }, "{ a: 1, b: 2 }"],
    [
      {
        $arrayToObject: [
          [
            ["a", 1],
            ["b", 2],
          ],
        ],
      },
      "{ a: 1, b: 2 }",
    ],
    [
      {
        $arrayToObject: [
          [
            ["a", 1],
            ["a", 2],
          ],
        ],
      },
      "{ a: 2 }",
    ],
    [{ $arrayToObject: "$nothing" }, "null"],
    [{ $arrayToObject: "$list" }, "refused 40398"],
  ],
  $concatArrays: [
    [{ $concatArrays: ["$list", [9]] }, "[3, 1, 2, 9]"],
    [{ $concatArrays: [] }, "[]"],
    [{ $concatArrays: ["$list", null] }, "null"],
    [{ $concatArrays: ["$list", 1] }, "refused 28664"],
  ],
  $filter: [
    [{ $filter: { input: "$list", cond: { $gt: ["$$this", 1] } } }, "[3, 2]"],
    [{ $filter: { input: "$mixed", as: "x", cond: "$$x" } }, '[1, "a", 2.0]'],
    [{ $filter: { input: "$list", cond: true, limit: 2 } }, "[3, 1]"],
    [{ $filter: { input: "$nothing", cond: true } }, "null"],
    [{ $filter: { input: "$text", cond: true } }, "refused 28651"],
    [{ $filter: { input: "$list" } }, "refused 28650"],
    [{ $filter: { input: "$list", cond: true, foo: 1 } }, "refused 28647"],
  ],
  $first: [
    [{ $first: "$list" }, "3"],
    [{ $first: [[]] }, "missing"],
    [{ $first: "$nothing" }, "null"],
    [{ $first: "$text" }, "refused 28689"],
  ],
  $firstN: [
    [{ $firstN: { input: "$list", n: 2 } }, "[3, 1]"],
    [{ $firstN: { input: "$list", n: 9 } }, "[3, 1, 2]"],
    [{ $firstN: { input: "$list", n: 0 } }, "refused 5787908"],
    [{ $firstN: { input: "$nothing", n: 1 } }, "refused 5788200"],
  ],
  $in: [
    [{ $in: [1, "$list"] }, "true"],
    [{ $in: [double(1), "$list"] }, "true"],
    [{ $in: [null, "$mixed"] }, "true"],
    [{ $in: ["$missing", "$mixed"] }, "false"],
    [{ $in: [{ v: 1, k: "a" }, "$docs"] }, "false"],
    [{ $in: [1, "$text"] }, "refused 40081"],
  ],
  $indexOfArray: [
    [{ $indexOfArray: ["$list", 2] }, "2"],
    [{ $indexOfArray: ["$list", 2, 0, 2] }, "-1"],
    [{ $indexOfArray: ["$nothing", 2] }, "null"],
    [{ $indexOfArray: ["$text", 2] }, "refused 40090"],
  ],
  $isArray: [
    [{ $isArray: "$list" }, "true"],
    [{ $isArray: "$text" }, "false"],
    [{ $isArray: ["$missing"] }, "false"],
    [{ $isArray: [1, 2] }, "refused 16020"],
  ],
  $last: [
    [{ $last: "$list" }, "2"],
    [{ $last: [[]] }, "missing"],
    [{ $last: "$missing" }, "null"],
  ],
  $lastN: [
    [{ $lastN: { input: "$list", n: 2 } }, "[1, 2]"],
    [{ $lastN: { input: "$list", n: -1 } }, "refused 5787908"],
  ],
  $map: [
    [{ $map: { input: "$list", in: { $add: ["$$this", 1] } } }, "[4, 2, 3]"],
    [{ $map: { input: "$docs", as: "d", in: "$$d.k" } }, '["a", "b"]'],
    [{ $map: { input: "$list", in: "$missing" } }, "[null, null, null]"],
    [{ $map: { input: "$nothing", in: 1 } }, "null"],
    [{ $map: { input: "$text", in: 1 } }, "refused 16883"],
    [{ $map: { input: "$list", as: "Bad", in: 1 } }, "refused 9"],
  ],
  $maxN: [
    [{ $maxN: { input: "$list", n: 2 } }, "[3, 2]"],
    [{ $maxN: { input: "$mixed", n: 2 } }, '["a", 2.0]'],
  ],
  $minN: [
    [{ $minN: { input: "$list", n: 2 } }, "[1, 2]"],
    [{ $minN: { input: "$mixed", n: 2 } }, "[1, 2.0]"],
  ],
  $range: [
    [{ $range: [0, 4] }, "[0, 1, 2, 3]"],
    [{ $range: [4, 0, -2] }, "[4, 2]"],
    [{ $range: [0, 4, 0] }, "refused 34449"],
    [{ $range: [0, 1.5] }, "refused 34446"],
  ],
  $reduce: [
    [{ $reduce: { input: "$list", initialValue: 0, in: { $add: ["$$value", "$$this"] } } }, "6"],
    [{ $reduce: { input: "$nothing", initialValue: 0, in: 1 } }, "null"],
    [{ $reduce: { input: "$text", initialValue: 0, in: 1 } }, "refused 40080"],
  ],
  $reverseArray: [
    [{ $reverseArray: "$list" }, "[2, 1, 3]"],
    [{ $reverseArray: "$nothing" }, "null"],
    [{ $reverseArray: "$text" }, "refused 34435"],
  ],
  $size: [
    [{ $size: "$list" }, "3"],
    [{ $size: "$nothing" }, "refused 17124"],
    [{ $size: "$missing" }, "refused 17124"],
    [{ $size: "$text" }, "refused 17124"],
  ],
  $slice: [
    [{ $slice: ["$list", 2] }, "[3, 1]"],
    [{ $slice: ["$list", -2] }, "[1, 2]"],
    [{ $slice: ["$list", 1, 1] }, "[1]"],
    [{ $slice: ["$list", 9, 1] }, "[]"],
    [{ $slice: ["$list", 1, 0] }, "refused 28729"],
    [{ $slice: ["$nothing", 1] }, "null"],
    [{ $slice: ["$text", 1] }, "refused 28724"],
  ],
  $sortArray: [
    [{ $sortArray: { input: "$list", sortBy: 1 } }, "[1, 2, 3]"],
    [{ $sortArray: { input: "$mixed", sortBy: -1 } }, '["a", 2.0, 1, null]'],
    [{ $sortArray: { input: "$docs", sortBy: { v: -1 } } }, '[{ k: "b", v: 2 }, { k: "a", v: 1 }]'],
    [{ $sortArray: { input: "$nothing", sortBy: 1 } }, "null"],
  ],
  $zip: [
    [{ $zip: { inputs: ["$list", ["a", "b"]] } }, '[[3, "a"], [1, "b"]]'],
    [
      { $zip: { inputs: ["$list", ["a"]], useLongestLength: true, defaults: [0, "z"] } },
      '[[3, "a"], [1, "z"], [2, "z"]]',
    ],
    [{ $zip: { inputs: ["$list", null] } }, "null"],
  ],
  $allElementsTrue: [
    [{ $allElementsTrue: ["$list"] }, "true"],
    [{ $allElementsTrue: ["$mixed"] }, "false"],
    [{ $allElementsTrue: [[]] }, "true"],
    [{ $allElementsTrue: ["$nothing"] }, "refused 17040"],
  ],
  $anyElementTrue: [
    [{ $anyElementTrue: ["$mixed"] }, "true"],
    [{ $anyElementTrue: [[0, false, null]] }, "false"],
    [{ $anyElementTrue: ["$text"] }, "refused 17041"],
  ],
  $setDifference: [
    [{ $setDifference: ["$list", [1]] }, "[3, 2]"],
    [{ $setDifference: [[1, 1, 2], [2]] }, "[1]"],
    [{ $setDifference: ["$list", null] }, "null"],
    [{ $setDifference: ["$list", 1] }, "refused 17049"],
  ],
  $setEquals: [
    [{ $setEquals: ["$list", [1, 2, 3, 3]] }, "true"],
    [{ $setEquals: ["$list", [long(1), double(2), 3]] }, "true"],
    [{ $setEquals: ["$list", null] }, "refused 5887502"],
  ],
  $setIntersection: [
    [{ $setIntersection: ["$list", [2, 1, 9]] }, "[1, 2]"],
    [{ $setIntersection: ["$list", null] }, "null"],
  ],
  $setIsSubset: [
    [{ $setIsSubset: [[1], "$list"] }, "true"],
    [{ $setIsSubset: [[9], "$list"] }, "false"],
    [{ $setIsSubset: [null, "$list"] }, "refused 17046"],
  ],
  $setUnion: [
    [{ $setUnion: ["$list", [2, 9]] }, "[1, 2, 3, 9]"],
    [{ $setUnion: ["$list", null] }, "null"],
  ],
});
