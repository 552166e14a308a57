// biome-ignore-all lint/suspicious/noThenProperty: MongoDB's own word
import { expressionTable } from "./expression-table.ts";
import { double, long } from "./probes.ts";

export const comparisons = expressionTable("comparison, boolean and conditional expressions", {
  $cmp: [
    [{ $cmp: [1, 2] }, "-1"],
    [{ $cmp: ["b", "a"] }, "1"],
    [{ $cmp: [1, double(1)] }, "0"],
    [{ $cmp: ["$text", "$int"] }, "1"],
    [{ $cmp: ["$missing", null] }, "-1"],
    [{ $cmp: ["$min", "$missing"] }, "-1"],
    [{ $cmp: ["$max", "$pattern"] }, "1"],
    [
      {
        $cmp: [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      },
      "-1",
    ],
    [
      {
        $cmp: [
          [1, 2],
          [1, 2, 3],
        ],
      },
      "-1",
    ],
    [{ $cmp: ["$date", "$stamp"] }, "-1"],
    [{ $cmp: [1] }, "refused 16020"],
  ],
  $eq: [
    [{ $eq: ["$int", long(7)] }, "true"],
    [{ $eq: ["$int", "7"] }, "false"],
    [{ $eq: ["$missing", null] }, "false"],
    [{ $eq: ["$nothing", null] }, "true"],
    [{ $eq: ["$list", [3, 1, 2]] }, "true"],
    [{ $eq: ["$list", 3] }, "false"],
    [{ $eq: ["$object", { y: "two", x: 1, z: { deep: true } }] }, "false"],
    [{ $eq: [Number.NaN, Number.NaN] }, "true"],
    [{ $eq: [0, -0] }, "true"],
  ],
  $gt: [
    [{ $gt: ["$int", 6] }, "true"],
    [{ $gt: ["$text", 100] }, "true"],
    [{ $gt: ["$missing", null] }, "false"],
    [{ $gt: ["$nothing", "$missing"] }, "true"],
    [{ $gt: ["$list", "$object"] }, "true"],
  ],
  $gte: [
    [{ $gte: ["$int", 7] }, "true"],
    [{ $gte: ["$yes", "$date"] }, "false"],
    [{ $gte: ["$missing", "$missing2"] }, "true"],
  ],
  $lt: [
    [{ $lt: ["$int", 8.5] }, "true"],
    [{ $lt: ["$missing", "$$NOW"] }, "true"],
    [{ $lt: ["$nothing", "$$NOW"] }, "true"],
    [{ $lt: ["$text", "$$NOW"] }, "true"],
    [{ $lt: ["$date", "$$NOW"] }, "true"],
    [{ $lt: ["$stamp", "$$NOW"] }, "false"],
    [{ $lt: [Number.NaN, -Infinity] }, "true"],
  ],
  $lte: [
    [{ $lte: ["$int", 7] }, "true"],
    [{ $lte: ["$missing", "$$NOW"] }, "true"],
    [{ $lte: ["$no", "$yes"] }, "true"],
  ],
  $ne: [
    [{ $ne: ["$int", 7] }, "false"],
    [{ $ne: ["$missing", null] }, "true"],
    [{ $ne: ["$binary", "$id"] }, "true"],
  ],
  $and: [
    [{ $and: [true, 1, "$text"] }, "true"],
    [{ $and: [true, "$nothing"] }, "false"],
    [{ $and: [true, "$missing"] }, "false"],
    [{ $and: [] }, "true"],
    [{ $and: [0, { $divide: [1, "$int"] }] }, "false"],
    [{ $and: "$empty" }, "true"],
  ],
  $not: [
    [{ $not: ["$yes"] }, "false"],
    [{ $not: ["$missing"] }, "true"],
    [{ $not: [double(0)] }, "true"],
    [{ $not: [[]] }, "false"],
    [{ $not: [1, 2] }, "refused 16020"],
  ],
  $or: [
    [{ $or: [false, 0, "$nothing", "$missing"] }, "false"],
    [{ $or: [false, ""] }, "true"],
    [{ $or: [] }, "false"],
  ],
  $cond: [
    [{ $cond: ["$yes", "a", "b"] }, '"a"'],
    [{ $cond: { if: "$missing", then: 1, else: "$int" } }, "7"],
    [{ $cond: { if: 1, then: "$missing", else: 2 } }, "missing"],
    [{ $cond: ["$yes", 1] }, "refused 16020"],
    [{ $cond: { if: true, then: 1 } }, "refused 17082"],
  ],
  $ifNull: [
    [{ $ifNull: ["$nothing", 5] }, "5"],
    [{ $ifNull: ["$missing", "$nothing", "$int"] }, "7"],
    [{ $ifNull: ["$no", 5] }, "false"],
    [{ $ifNull: ["$missing", "$nothing"] }, "null"],
    [{ $ifNull: ["$missing"] }, "refused 1257300"],
  ],
  $switch: [
    [
      {
        $switch: {
          branches: [
            { case: "$no", then: 1 },
            { case: "$yes", then: 2 },
          ],
        },
      },
      "2",
    ],
    [{ $switch: { branches: [{ case: "$no", then: 1 }], default: 9 } }, "9"],
    [{ $switch: { branches: [{ case: "$no", then: 1 }] } }, "refused 40066"],
    [{ $switch: { branches: [] } }, "refused 40068"],
  ],
});
