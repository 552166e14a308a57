// $push with $sort: what mongod 6.0.5 made of each.
import { Double, Long } from "bson";
import { fails, type UpdateCase, unchanged } from "./update-case.ts";

export const pushSortCases: readonly UpdateCase[] = [
  ["$sort ascending", { a: [3, 1] }, { $push: { a: { $each: [2], $sort: 1 } } }, { a: [1, 2, 3] }],
  ["$sort descending", { a: [3, 1] }, { $push: { a: { $each: [2], $sort: -1 } } }, { a: [3, 2, 1] }],
  [
    "$sort over types",
    { a: ["x", null, true, { b: 1 }] },
    { $push: { a: { $each: [2, [0]], $sort: 1 } } },
    { a: [null, 2, "x", { b: 1 }, [0], true] },
  ],
  [
    "$sort by a field",
    {
      a: [
        { k: 2, n: 1 },
        { k: 1, n: 2 },
      ],
    },
    { $push: { a: { $each: [{ k: 2, n: 3 }, { n: 4 }], $sort: { k: 1 } } } },
    { a: [{ n: 4 }, { k: 1, n: 2 }, { k: 2, n: 1 }, { k: 2, n: 3 }] },
  ],
  [
    "$sort by two fields",
    {
      a: [
        { k: 2, n: 1 },
        { k: 1, n: 2 },
      ],
    },
    { $push: { a: { $each: [{ k: 2, n: 3 }], $sort: { k: -1, n: -1 } } } },
    {
      a: [
        { k: 2, n: 3 },
        { k: 2, n: 1 },
        { k: 1, n: 2 },
      ],
    },
  ],
  [
    "$sort by a dotted field",
    { a: [{ k: { s: 2 } }, { k: { s: 1 } }] },
    { $push: { a: { $each: [], $sort: { "k.s": 1 } } } },
    { a: [{ k: { s: 1 } }, { k: { s: 2 } }] },
  ],
  [
    "$sort by a field with scalars in the array",
    { a: [5, { k: 2 }, "x"] },
    { $push: { a: { $each: [{ k: 1 }], $sort: { k: 1 } } } },
    { a: [5, "x", { k: 1 }, { k: 2 }] },
  ],
  [
    "$sort by a field that is an array",
    { a: [{ k: [5, 1] }, { k: 3 }] },
    { $push: { a: { $each: [{ k: [2, 4] }], $sort: { k: 1 } } } },
    { a: [{ k: 3 }, { k: [2, 4] }, { k: [5, 1] }] },
  ],
  [
    "$sort by a field that is an array, descending",
    { a: [{ k: [5, 1] }, { k: 3 }] },
    { $push: { a: { $each: [{ k: [2, 4] }], $sort: { k: -1 } } } },
    { a: [{ k: [5, 1] }, { k: [2, 4] }, { k: 3 }] },
  ],
  [
    "$sort by a path through arrays",
    { a: [{ k: [{ s: 5 }, { s: 1 }] }, { k: { s: 3 } }] },
    { $push: { a: { $each: [], $sort: { "k.s": -1 } } } },
    { a: [{ k: { s: 3 } }, { k: [{ s: 5 }, { s: 1 }] }] },
  ],
  ["$sort of a sorted array", { a: [1, 2] }, { $push: { a: { $each: [], $sort: 1 } } }, { a: [1, 2] }],
  [
    "$sort keeps the order of equals",
    {
      a: [
        { k: 1, n: 1 },
        { k: new Double(1), n: 2 },
      ],
    },
    { $push: { a: { $each: [{ k: Long.fromNumber(1), n: 3 }], $sort: { k: -1 } } } },
    {
      a: [
        { k: 1, n: 1 },
        { k: new Double(1), n: 2 },
        { k: Long.fromNumber(1), n: 3 },
      ],
    },
  ],
  ["$sort, then $slice", { a: [5, 3] }, { $push: { a: { $each: [4, 1], $sort: 1, $slice: 2 } } }, { a: [1, 3] }],
  [
    "$position, $sort and $slice",
    { a: [5, 3] },
    { $push: { a: { $slice: -3, $position: 0, $each: [4, 1], $sort: -1 } } },
    { a: [4, 3, 1] },
  ],
  ["$sort on a missing field", {}, { $push: { a: { $each: [3, 1], $sort: 1 } } }, { a: [1, 3] }],
  [
    "$sort by 2 is refused",
    { a: [1] },
    { $push: { a: { $each: [9], $sort: 2 } } },
    fails(2, "The $sort element value must be either 1 or -1"),
  ],
  [
    "$sort by 1.5 is refused",
    { a: [1] },
    { $push: { a: { $each: [9], $sort: 1.5 } } },
    fails(2, "The $sort element value must be either 1 or -1"),
  ],
  ["$sort by a double one", { a: [3, 1] }, { $push: { a: { $each: [], $sort: new Double(1) } } }, { a: [1, 3] }],
  [
    "$sort by a string is refused",
    { a: [1] },
    { $push: { a: { $each: [9], $sort: "a" } } },
    fails(2, "The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields"),
  ],
  [
    "$sort by an empty document is refused",
    { a: [1] },
    { $push: { a: { $each: [9], $sort: {} } } },
    fails(2, "The sort pattern is empty when it should be a set of fields."),
  ],
  [
    "$sort by a field to a string is refused",
    { a: [1] },
    { $push: { a: { $each: [9], $sort: { k: "x" } } } },
    fails(2, "The sort element value must be either 1 or -1"),
  ],
  [
    "$sort by a field to 0 is refused",
    { a: [1] },
    { $push: { a: { $each: [9], $sort: { k: 0 } } } },
    fails(2, "The sort element value must be either 1 or -1"),
  ],
  [
    "$sort by an empty field is refused",
    { a: [1] },
    { $push: { a: { $each: [9], $sort: { "": 1 } } } },
    fails(2, "The sort field cannot be empty"),
  ],
  [
    "$sort by a broken path is refused",
    { a: [1] },
    { $push: { a: { $each: [9], $sort: { "k..s": 1 } } } },
    fails(2, "The sort field is a dotted field but has an empty part: k..s"),
  ],
  [
    "$sort by a position in an array",
    { a: [{ k: [3, 1] }, { k: [1, 2] }] },
    { $push: { a: { $each: [], $sort: { "k.0": 1 } } } },
    { a: [{ k: [1, 2] }, { k: [3, 1] }] },
  ],
  [
    "$sort by a field to 1.5 is refused",
    { a: [1] },
    { $push: { a: { $each: [9], $sort: { k: 1.5 } } } },
    fails(2, "The sort element value must be either 1 or -1"),
  ],
  [
    "$sort by a name with a dot in it",
    { a: [{ "k.s": 2 }, { k: { s: 1 } }] },
    { $push: { a: { $each: [], $sort: { "k.s": 1 } } } },
    { a: [{ k: { s: 1 } }, { "k.s": 2 }] },
  ],
  [
    "$sort of elements that are arrays by a field",
    { a: [[2], { k: 1 }, [1]] },
    { $push: { a: { $each: [], $sort: { k: -1 } } } },
    { a: [{ k: 1 }, [2], [1]] },
  ],
  ["$sort of an empty array changes nothing", { a: [] }, { $push: { a: { $each: [], $sort: 1 } } }, unchanged],
  [
    "$sort of an array of one counts as a change",
    { a: [1] },
    { $push: { a: { $each: [], $sort: { k: 1 }, $slice: 5 } } },
    { a: [1] },
  ],
  ["$sort on a missing field makes an empty array", {}, { $push: { a: { $each: [], $sort: 1 } } }, { a: [] }],
];
