// $pull and $pullAll: what mongod 6.0.5 made of each.
import { BSONRegExp, Double } from "bson";
import { fails, type UpdateCase, unchanged } from "./update-case.ts";

export const pullCases: readonly UpdateCase[] = [
  ["$pull removes every equal", { a: [1, 2, 1, new Double(1)] }, { $pull: { a: 1 } }, { a: [2] }],
  ["$pull of what is not there changes nothing", { a: [1, 2] }, { $pull: { a: 3 } }, unchanged],
  ["$pull of null", { a: [1, null, { b: 1 }] }, { $pull: { a: null } }, { a: [1, { b: 1 }] }],
  [
    "$pull of an array takes equal arrays",
    { a: [[1, 2], [2, 1], 1, 2] },
    { $pull: { a: [1, 2] } },
    { a: [[2, 1], 1, 2] },
  ],
  ["$pull by a condition", { a: [1, 5, 9, "x"] }, { $pull: { a: { $gte: 5 } } }, { a: [1, "x"] }],
  ["$pull by two conditions", { a: [1, 5, 9] }, { $pull: { a: { $gt: 1, $lt: 9 } } }, { a: [1, 9] }],
  ["$pull by $in", { a: [1, 2, 3] }, { $pull: { a: { $in: [1, 3] } } }, { a: [2] }],
  ["$pull by $nin", { a: [1, 2, 3] }, { $pull: { a: { $nin: [1, 3] } } }, { a: [1, 3] }],
  [
    "$pull by $eq with a document",
    { a: [{ b: 1, c: 2 }, { b: 1 }] },
    { $pull: { a: { $eq: { b: 1 } } } },
    { a: [{ b: 1, c: 2 }] },
  ],
  ["$pull by a condition looks into inner arrays", { a: [[1, 9], [1], 9] }, { $pull: { a: { $gt: 5 } } }, { a: [[1]] }],
  [
    "$pull by a document takes what matches it",
    { a: [{ b: 1, c: 2 }, { b: 2 }, 1] },
    { $pull: { a: { b: 1 } } },
    { a: [{ b: 2 }, 1] },
  ],
  [
    "$pull by conditions about fields",
    {
      a: [
        { s: 8, q: 2 },
        { s: 5, q: 3 },
      ],
    },
    { $pull: { a: { s: { $gte: 6 }, q: 2 } } },
    { a: [{ s: 5, q: 3 }] },
  ],
  [
    "$pull by a document on inner arrays",
    { a: [{ r: [{ q: 1 }, { q: 2 }] }, { r: [] }] },
    { $pull: { a: { "r.q": 2 } } },
    { a: [{ r: [] }] },
  ],
  [
    "$pull by $elemMatch of a field",
    {
      a: [
        {
          r: [
            { q: 1, p: 5 },
            { q: 2, p: 1 },
          ],
        },
        { r: [{ q: 2, p: 5 }] },
      ],
    },
    { $pull: { a: { r: { $elemMatch: { q: 2, p: { $gt: 3 } } } } } },
    {
      a: [
        {
          r: [
            { q: 1, p: 5 },
            { q: 2, p: 1 },
          ],
        },
      ],
    },
  ],
  [
    "$pull by $elemMatch of the element",
    { a: [[1, 5], [2], 7] },
    { $pull: { a: { $elemMatch: { $gt: 3 } } } },
    { a: [[2], 7] },
  ],
  [
    "$pull by $or of fields",
    { a: [{ b: 1 }, { c: 2 }, { d: 3 }] },
    { $pull: { a: { $or: [{ b: 1 }, { c: 2 }] } } },
    { a: [{ d: 3 }] },
  ],
  [
    "$pull by $and of fields",
    { a: [{ b: 1, c: 1 }, { b: 1 }, 3] },
    { $pull: { a: { $and: [{ b: 1 }, { c: 1 }] } } },
    { a: [{ b: 1 }, 3] },
  ],
  [
    "$pull by an empty document takes every document",
    { a: [{ b: 1 }, {}, 1, []] },
    { $pull: { a: {} } },
    { a: [1, []] },
  ],
  [
    "$pull by a document does not take scalars or arrays",
    { a: [{ b: 1 }, [{ b: 1 }], "b"] },
    { $pull: { a: { b: 1 } } },
    { a: [[{ b: 1 }], "b"] },
  ],
  [
    "$pull by a negated field takes what has none",
    { a: [{ b: 1 }, { c: 1 }, 5] },
    { $pull: { a: { b: { $exists: false } } } },
    { a: [{ b: 1 }, 5] },
  ],
  ["$pull by a regular expression", { a: ["ab", "b", 1] }, { $pull: { a: new BSONRegExp("^a", "") } }, { a: ["b", 1] }],
  [
    "$pull by $not",
    { a: [1, 5, "x"] },
    { $pull: { a: { $not: { $gt: 3 } } } },
    fails(2, "unknown top level operator: $not. If you are trying to negate an entire expression, use $nor."),
  ],
  ["$pull by $type", { a: [1, "x", null] }, { $pull: { a: { $type: "string" } } }, { a: [1, null] }],
  ["$pull of everything leaves an empty array", { a: [1, 1] }, { $pull: { a: 1 } }, { a: [] }],
  ["$pull of a missing field changes nothing", {}, { $pull: { a: 1 } }, unchanged],
  ["$pull in a document", { o: { a: [1, 2] } }, { $pull: { "o.a": 1 } }, { o: { a: [2] } }],
  ["$pull of a number is refused", { a: 1 }, { $pull: { a: 1 } }, fails(2, "Cannot apply $pull to a non-array value")],
  ["$pull of null is refused", { a: null }, { $pull: { a: 1 } }, fails(2, "Cannot apply $pull to a non-array value")],
  [
    "$pull through a scalar",
    { a: 1 },
    { $pull: { "a.b": 1 } },
    fails(28, "Cannot use the part (b) of (a.b) to traverse the element ({a: 1})"),
  ],
  [
    "$pull of a name in an array",
    { a: [{ b: [1] }] },
    { $pull: { "a.b": 1 } },
    fails(28, "Cannot use the part (b) of (a.b) to traverse the element ({a: [ { b: [ 1 ] } ]})"),
  ],
  [
    "$pull by an unknown operator is refused",
    { a: [1] },
    { $pull: { a: { $foo: 1 } } },
    fails(
      2,
      "unknown top level operator: $foo. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.",
    ),
  ],
  [
    "$pull by $expr is refused",
    { a: [{ b: 1 }] },
    { $pull: { a: { $expr: { $eq: ["$b", 1] } } } },
    fails(224, "$expr is not allowed in this context"),
  ],
  ["$pull by a broken operand is refused", { a: [1] }, { $pull: { a: { $in: 1 } } }, fails(2, "$in needs an array")],
  ["$pullAll removes each", { a: [1, 2, 3, 1, new Double(2)] }, { $pullAll: { a: [1, 2] } }, { a: [3] }],
  ["$pullAll of what is not there changes nothing", { a: [1] }, { $pullAll: { a: [5] } }, unchanged],
  ["$pullAll of nothing changes nothing", { a: [1] }, { $pullAll: { a: [] } }, unchanged],
  [
    "$pullAll takes whole documents and arrays",
    { a: [{ b: 1, c: 2 }, { b: 1 }, [1]] },
    { $pullAll: { a: [{ b: 1 }, [1]] } },
    { a: [{ b: 1, c: 2 }] },
  ],
  ["$pullAll of a missing field changes nothing", {}, { $pullAll: { a: [1] } }, unchanged],
  [
    "$pullAll by no array is refused",
    { a: [1] },
    { $pullAll: { a: 1 } },
    fails(2, "$pullAll requires an array argument but was given a int"),
  ],
  [
    "$pullAll by a document is refused",
    { a: [1] },
    { $pullAll: { a: { $in: [1] } } },
    fails(2, "$pullAll requires an array argument but was given a object"),
  ],
  [
    "$pullAll of a string is refused",
    { a: "x" },
    { $pullAll: { a: [1] } },
    fails(2, "Cannot apply $pull to a non-array value"),
  ],
  [
    "$pullAll through a scalar",
    { a: 1 },
    { $pullAll: { "a.b": [1] } },
    fails(28, "Cannot use the part (b) of (a.b) to traverse the element ({a: 1})"),
  ],
  [
    "$pull by $options alone is refused",
    { a: ["x"] },
    { $pull: { a: { $options: "i" } } },
    fails(2, "$options needs a $regex"),
  ],
  ["$pull by $regex", { a: ["Ab", "b"] }, { $pull: { a: { $regex: "^a", $options: "i" } } }, { a: ["b"] }],
  ["$pull by $exists", { a: [1, null] }, { $pull: { a: { $exists: true } } }, { a: [] }],
  ["$pull by $size", { a: [[1], [1, 2], 1] }, { $pull: { a: { $size: 2 } } }, { a: [[1], 1] }],
  ["$pull by $all", { a: [[1], [1, 2], 1] }, { $pull: { a: { $all: [1] } } }, { a: [] }],
  ["$pull by $mod", { a: [1, 2, 3] }, { $pull: { a: { $mod: [2, 1] } } }, { a: [2] }],
  [
    "$pull by a condition and a second that is none",
    { a: [1, 2] },
    { $pull: { a: { $gt: 1, b: 1 } } },
    fails(2, "unknown operator: b"),
  ],
  ["$pull by $ne", { a: [1, 2, [1]] }, { $pull: { a: { $ne: 1 } } }, { a: [1, [1]] }],
  ["$pull by $eq null", { a: [1, null] }, { $pull: { a: { $eq: null } } }, { a: [1] }],
  ["$pull by $bitsAllSet", { a: [1, 2, 3] }, { $pull: { a: { $bitsAllSet: 1 } } }, { a: [2] }],
  ["$pull by $comment", { a: [1, { b: 1 }] }, { $pull: { a: { $comment: "x" } } }, { a: [1] }],
  ["$pull by $nor", { a: [{ b: 1 }, { b: 2 }, 5] }, { $pull: { a: { $nor: [{ b: 1 }] } } }, { a: [{ b: 1 }, 5] }],
];
