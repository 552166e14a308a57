import { accumulatorTable, pipelineTable } from "./pipeline-table.ts";

export const accumulators = accumulatorTable("accumulators of $group", {
  $sum: [
    [{ $sum: 1 }, "{ value: 5 }, by person { value: 3 }, { value: 1 }, { value: 1 }"],
    [{ $sum: "$price" }, "{ value: 13.0 }, by person { value: 4.5 }, { value: 7 }, { value: 1.5 }"],
    [{ $sum: "$missing" }, "{ value: 0 }, by person { value: 0 }, { value: 0 }, { value: 0 }"],
  ],
  $avg: [
    [{ $avg: "$price" }, "{ value: 3.25 }, by person { value: 2.25 }, { value: 7.0 }, { value: 1.5 }"],
    [{ $avg: "$missing" }, "{ value: null }, by person { value: null }, { value: null }, { value: null }"],
  ],
  $min: [
    [{ $min: "$price" }, "{ value: 1.5 }, by person { value: 1.5 }, { value: 7 }, { value: 1.5 }"],
    [{ $min: "$count" }, "{ value: 1 }, by person { value: 2 }, { value: 1 }, { value: null }"],
    [{ $min: "$missing" }, "{ value: null }, by person { value: null }, { value: null }, { value: null }"],
  ],
  $max: [
    [{ $max: "$price" }, '{ value: "free" }, by person { value: "free" }, { value: 7 }, { value: 1.5 }'],
    [
      { $max: "$at" },
      "{ value: Date(2024-01-05T00:00:00.000Z) }, by person { value: Date(2024-01-04T00:00:00.000Z) }, { value: Date(2024-01-02T00:00:00.000Z) }, { value: Date(2024-01-05T00:00:00.000Z) }",
    ],
  ],
  $first: [
    [{ $first: "$item" }, '{ value: "pen" }, by person { value: "pen" }, { value: "ink" }, { value: "pen" }'],
    [{ $first: "$missing" }, "{ value: null }, by person { value: null }, { value: null }, { value: null }"],
  ],
  $last: [
    [{ $last: "$item" }, '{ value: "ink" }, by person { value: "ink" }, { value: "ink" }, { value: "pen" }'],
    [{ $last: "$count" }, "{ value: null }, by person { value: null }, { value: 1 }, { value: null }"],
  ],
  $push: [
    [{ $push: "$count" }, "{ value: [2, 1, 5, null] }, by person { value: [2, 5] }, { value: [1] }, { value: [null] }"],
    [
      { $push: { i: "$item", c: "$count" } },
      '{ value: [{ i: "pen", c: 2 }, { i: "ink", c: 1 }, { i: "cap", c: 5 }, { i: "pen", c: null }, { i: "ink" }] }, by person { value: [{ i: "pen", c: 2 }, { i: "cap", c: 5 }, { i: "ink" }] }, { value: [{ i: "ink", c: 1 }] }, { value: [{ i: "pen", c: null }] }',
    ],
  ],
  $addToSet: [
    [{ $addToSet: { $literal: 1 } }, "{ value: [1] }, by person { value: [1] }, { value: [1] }, { value: [1] }"],
  ],
  $count: [
    [{ $count: {} }, "{ value: 5 }, by person { value: 3 }, { value: 1 }, { value: 1 }"],
    [{ $count: 1 }, "refused 14"],
  ],
  $mergeObjects: [
    [
      { $mergeObjects: { last: "$item" } },
      '{ value: { last: "ink" } }, by person { value: { last: "ink" } }, { value: { last: "ink" } }, { value: { last: "pen" } }',
    ],
    [{ $mergeObjects: "$item" }, "refused 5911200"],
  ],
  $stdDevPop: [
    [
      { $stdDevPop: "$_id" },
      "{ value: 1.4142135623730951 }, by person { value: 1.632993161855452 }, { value: 0.0 }, { value: 0.0 }",
    ],
  ],
  $stdDevSamp: [
    [
      { $stdDevSamp: "$price" },
      "{ value: 2.598076211353316 }, by person { value: 1.0606601717798212 }, { value: null }, { value: null }",
    ],
  ],
  $firstN: [
    [
      { $firstN: { input: "$item", n: 2 } },
      '{ value: ["pen", "ink"] }, by person { value: ["pen", "cap"] }, { value: ["ink"] }, { value: ["pen"] }',
    ],
  ],
  $lastN: [
    [
      { $lastN: { input: "$item", n: 2 } },
      '{ value: ["pen", "ink"] }, by person { value: ["cap", "ink"] }, { value: ["ink"] }, { value: ["pen"] }',
    ],
  ],
  $maxN: [
    [
      { $maxN: { input: "$price", n: 2 } },
      '{ value: ["free", 7] }, by person { value: ["free", 3] }, { value: [7] }, { value: [1.5] }',
    ],
  ],
  $minN: [
    [
      { $minN: { input: "$price", n: 2 } },
      "{ value: [1.5, 1.5] }, by person { value: [1.5, 3] }, { value: [7] }, { value: [1.5] }",
    ],
    [{ $minN: { input: "$price", n: 0 } }, "refused 5787908"],
  ],
  $top: [
    [
      { $top: { output: "$_id", sortBy: { at: -1 } } },
      "{ value: 4 }, by person { value: 3 }, { value: 2 }, { value: 4 }",
    ],
  ],
  $topN: [
    [
      { $topN: { output: "$_id", sortBy: { at: -1 }, n: 2 } },
      "{ value: [4, 3] }, by person { value: [3, 1] }, { value: [2] }, { value: [4] }",
    ],
  ],
  $bottom: [
    [
      { $bottom: { output: "$_id", sortBy: { at: -1 } } },
      "{ value: 5 }, by person { value: 5 }, { value: 2 }, { value: 4 }",
    ],
  ],
  $bottomN: [
    [
      { $bottomN: { output: "$_id", sortBy: { at: -1 }, n: 2 } },
      "{ value: [1, 5] }, by person { value: [1, 5] }, { value: [2] }, { value: [4] }",
    ],
  ],
  $median: [[{ $median: { input: "$price", method: "approximate" } }, "refused 15952"]],
  $percentile: [[{ $percentile: { input: "$price", p: [0.5], method: "approximate" } }, "refused 15952"]],
  $accumulator: [
    [
      {
        $accumulator: {
          init: "function () { return 0; }",
          accumulate: "function (state, n) { return state + n; }",
          accumulateArgs: ["$_id"],
          merge: "function (a, b) { return a + b; }",
          lang: "js",
        },
      },
      "{ value: 15.0 }, by person { value: 9.0 }, { value: 2.0 }, { value: 4.0 }",
    ],
  ],
});

const windowed = (operator: object, window: object = {}, sortBy: object = { _id: 1 }) => [
  { $match: { _id: { $lt: 5 } } },
  { $setWindowFields: { sortBy, output: { value: { ...operator, ...window } } } },
  { $sort: { _id: 1 } },
  { $project: { _id: 0, value: 1 } },
];
const soFar = { window: { documents: ["unbounded", "current"] } };

export const windowOperators = pipelineTable("window operators", {
  $sum: [[windowed({ $sum: "$count" }, soFar), "{ value: 2 }, { value: 3 }, { value: 8 }, { value: 8 }"]],
  $avg: [
    [
      windowed({ $avg: "$count" }, soFar),
      "{ value: 2.0 }, { value: 1.5 }, { value: 2.6666666666666665 }, { value: 2.6666666666666665 }",
    ],
  ],
  $min: [[windowed({ $min: "$price" }, soFar), "{ value: 1.5 }, { value: 1.5 }, { value: 1.5 }, { value: 1.5 }"]],
  $max: [
    [
      windowed({ $max: "$price" }, { window: { documents: [-1, 1] } }),
      "{ value: 7 }, { value: 7 }, { value: 7 }, { value: 3 }",
    ],
  ],
  $first: [[windowed({ $first: "$item" }), '{ value: "pen" }, { value: "pen" }, { value: "pen" }, { value: "pen" }']],
  $last: [
    [windowed({ $last: "$item" }, soFar), '{ value: "pen" }, { value: "ink" }, { value: "cap" }, { value: "pen" }'],
  ],
  $push: [
    [
      windowed({ $push: "$_id" }, soFar),
      "{ value: [1] }, { value: [1, 2] }, { value: [1, 2, 3] }, { value: [1, 2, 3, 4] }",
    ],
  ],
  $addToSet: [
    [windowed({ $addToSet: { $literal: 1 } }), "{ value: [1] }, { value: [1] }, { value: [1] }, { value: [1] }"],
  ],
  $count: [[windowed({ $count: {} }, soFar), "{ value: 1 }, { value: 2 }, { value: 3 }, { value: 4 }"]],
  $stdDevPop: [
    [
      windowed({ $stdDevPop: "$_id" }),
      "{ value: 1.118033988749895 }, { value: 1.118033988749895 }, { value: 1.118033988749895 }, { value: 1.118033988749895 }",
    ],
  ],
  $stdDevSamp: [
    [
      windowed({ $stdDevSamp: "$_id" }, soFar),
      "{ value: null }, { value: 0.7071067811865476 }, { value: 1.0 }, { value: 1.2909944487358056 }",
    ],
  ],
  $firstN: [
    [
      windowed({ $firstN: { input: "$_id", n: 2 } }, soFar),
      "{ value: [1] }, { value: [1, 2] }, { value: [1, 2] }, { value: [1, 2] }",
    ],
  ],
  $lastN: [
    [
      windowed({ $lastN: { input: "$_id", n: 2 } }, soFar),
      "{ value: [1] }, { value: [1, 2] }, { value: [2, 3] }, { value: [3, 4] }",
    ],
  ],
  $maxN: [
    [
      windowed({ $maxN: { input: "$_id", n: 2 } }, soFar),
      "{ value: [1] }, { value: [2, 1] }, { value: [3, 2] }, { value: [4, 3] }",
    ],
  ],
  $minN: [
    [
      windowed({ $minN: { input: "$_id", n: 2 } }, soFar),
      "{ value: [1] }, { value: [1, 2] }, { value: [1, 2] }, { value: [1, 2] }",
    ],
  ],
  $top: [
    [
      windowed({ $top: { output: "$_id", sortBy: { price: -1 } } }),
      "{ value: 2 }, { value: 2 }, { value: 2 }, { value: 2 }",
    ],
  ],
  $topN: [
    [
      windowed({ $topN: { output: "$_id", sortBy: { price: -1 }, n: 2 } }),
      "{ value: [2, 3] }, { value: [2, 3] }, { value: [2, 3] }, { value: [2, 3] }",
    ],
  ],
  $bottom: [
    [
      windowed({ $bottom: { output: "$_id", sortBy: { price: -1 } } }),
      "{ value: 1 }, { value: 1 }, { value: 1 }, { value: 1 }",
    ],
  ],
  $bottomN: [
    [
      windowed({ $bottomN: { output: "$_id", sortBy: { price: -1 }, n: 1 } }),
      "{ value: [1] }, { value: [1] }, { value: [1] }, { value: [1] }",
    ],
  ],
  $covariancePop: [
    [
      windowed({ $covariancePop: ["$_id", "$price"] }, soFar),
      "{ value: 0.0 }, { value: 1.375 }, { value: 0.49999999999999994 }, { value: -0.5 }",
    ],
  ],
  $covarianceSamp: [
    [
      windowed({ $covarianceSamp: ["$_id", "$price"] }, soFar),
      "{ value: null }, { value: 2.75 }, { value: 0.7499999999999999 }, { value: -0.6666666666666666 }",
    ],
  ],
  $rank: [[windowed({ $rank: {} }), "{ value: 1 }, { value: 2 }, { value: 3 }, { value: 4 }"]],
  $denseRank: [[windowed({ $denseRank: {} }), "{ value: 1 }, { value: 2 }, { value: 3 }, { value: 4 }"]],
  $documentNumber: [[windowed({ $documentNumber: {} }), "{ value: 1 }, { value: 2 }, { value: 3 }, { value: 4 }"]],
  $shift: [
    [
      windowed({ $shift: { output: "$item", by: 1, default: "none" } }),
      '{ value: "ink" }, { value: "cap" }, { value: "pen" }, { value: "none" }',
    ],
  ],
  $expMovingAvg: [
    [
      windowed({ $expMovingAvg: { input: "$price", N: 3 } }),
      "{ value: 1.5 }, { value: 4.25 }, { value: 3.625 }, { value: 2.5625 }",
    ],
  ],
  $derivative: [
    [
      windowed({ $derivative: { input: "$_id", unit: "day" } }, { window: { documents: [-1, 0] } }, { at: 1 }),
      "{ value: null }, { value: 1.0 }, { value: 0.5 }, { value: 1.0 }",
    ],
  ],
  $integral: [
    [
      windowed({ $integral: { input: "$_id", unit: "day" } }, soFar, { at: 1 }),
      "{ value: 0.0 }, { value: 1.5 }, { value: 6.5 }, { value: 10.0 }",
    ],
  ],
  $linearFill: [[windowed({ $linearFill: "$count" }), "{ value: 2 }, { value: 1 }, { value: 5 }, { value: null }"]],
  $locf: [[windowed({ $locf: "$count" }), "{ value: 2 }, { value: 1 }, { value: 5 }, { value: 5 }"]],
  $median: [[windowed({ $median: { input: "$price", method: "approximate" } }), "refused 9"]],
  $percentile: [[windowed({ $percentile: { input: "$price", p: [0.5], method: "approximate" } }), "refused 9"]],
});
