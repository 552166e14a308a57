import { double } from "./probes.ts";
import { updateTable } from "./update-table.ts";

export const arrayUpdates = updateTable("update operators on arrays", {
  $push: [
    [{ before: { a: [1] }, update: { $push: { a: 2 } } }, "{ a: [1, 2] }"],
    [{ before: {}, update: { $push: { "a.b": 2 } } }, "{ a: { b: [2] } }"],
    [{ before: { a: [1] }, update: { $push: { a: [2, 3] } } }, "{ a: [1, [2, 3]] }"],
    [{ before: { a: 1 }, update: { $push: { a: 2 } } }, "refused 2"],
    [{ before: { a: null }, update: { $push: { a: 2 } } }, "refused 2"],
    [{ before: { a: [{ b: [] }] }, update: { $push: { "a.0.b": { c: 1 } } } }, "{ a: [{ b: [{ c: 1 }] }] }"],
  ],
  $each: [
    [{ before: { a: [1] }, update: { $push: { a: { $each: [2, 3] } } } }, "{ a: [1, 2, 3] }"],
    [{ before: { a: [1] }, update: { $push: { a: { $each: [] } } } }, "unmodified { a: [1] }"],
    [{ before: { a: [1] }, update: { $push: { a: { $each: 2 } } } }, "refused 2"],
    [{ before: { a: [1] }, update: { $addToSet: { a: { $each: [1, 2, 2] } } } }, "{ a: [1, 2] }"],
    [{ before: { a: [1] }, update: { $push: { a: { $each: [2], $foo: 1 } } } }, "refused 2"],
  ],
  $position: [
    [{ before: { a: [1, 2] }, update: { $push: { a: { $each: [9], $position: 0 } } } }, "{ a: [9, 1, 2] }"],
    [{ before: { a: [1, 2] }, update: { $push: { a: { $each: [9], $position: -1 } } } }, "{ a: [1, 9, 2] }"],
    [{ before: { a: [1, 2] }, update: { $push: { a: { $each: [9], $position: 99 } } } }, "{ a: [1, 2, 9] }"],
    [{ before: { a: [1, 2] }, update: { $push: { a: { $each: [9], $position: "x" } } } }, "refused 2"],
  ],
  $slice: [
    [{ before: { a: [1, 2] }, update: { $push: { a: { $each: [3], $slice: -2 } } } }, "{ a: [2, 3] }"],
    [{ before: { a: [1, 2] }, update: { $push: { a: { $each: [3], $slice: 1 } } } }, "{ a: [1] }"],
    [{ before: { a: [1, 2] }, update: { $push: { a: { $each: [], $slice: 0 } } } }, "{ a: [] }"],
  ],
  $sort: [
    [{ before: { a: [3, 1] }, update: { $push: { a: { $each: [2], $sort: 1 } } } }, "{ a: [1, 2, 3] }"],
    [
      { before: { a: [{ s: 3 }, { s: 1 }] }, update: { $push: { a: { $each: [{ s: 2 }], $sort: { s: -1 } } } } },
      "{ a: [{ s: 3 }, { s: 2 }, { s: 1 }] }",
    ],
    [{ before: { a: [3, 1] }, update: { $push: { a: { $each: [], $sort: 2 } } } }, "refused 2"],
  ],
  $addToSet: [
    [{ before: { a: [1] }, update: { $addToSet: { a: 2 } } }, "{ a: [1, 2] }"],
    [{ before: { a: [1] }, update: { $addToSet: { a: double(1) } } }, "unmodified { a: [1] }"],
    [
      { before: { a: [{ x: 1, y: 2 }] }, update: { $addToSet: { a: { y: 2, x: 1 } } } },
      "{ a: [{ x: 1, y: 2 }, { y: 2, x: 1 }] }",
    ],
    [{ before: {}, update: { $addToSet: { a: [1] } } }, "{ a: [[1]] }"],
    [{ before: { a: 1 }, update: { $addToSet: { a: 2 } } }, "refused 2"],
  ],
  $pop: [
    [{ before: { a: [1, 2, 3] }, update: { $pop: { a: 1 } } }, "{ a: [1, 2] }"],
    [{ before: { a: [1, 2, 3] }, update: { $pop: { a: -1 } } }, "{ a: [2, 3] }"],
    [{ before: { a: [] }, update: { $pop: { a: 1 } } }, "unmodified { a: [] }"],
    [{ before: {}, update: { $pop: { a: 1 } } }, "unmodified {}"],
    [{ before: { a: [1] }, update: { $pop: { a: 2 } } }, "refused 9"],
    [{ before: { a: 5 }, update: { $pop: { a: 1 } } }, "refused 14"],
  ],
  $pull: [
    [{ before: { a: [1, 2, 1] }, update: { $pull: { a: 1 } } }, "{ a: [2] }"],
    [{ before: { a: [1, 2, 3] }, update: { $pull: { a: { $gte: 2 } } } }, "{ a: [1] }"],
    [{ before: { a: [{ x: 1, y: 1 }, { x: 2 }] }, update: { $pull: { a: { x: 1 } } } }, "{ a: [{ x: 2 }] }"],
    [{ before: { a: [1] }, update: { $pull: { a: 9 } } }, "unmodified { a: [1] }"],
    [{ before: {}, update: { $pull: { a: 9 } } }, "unmodified {}"],
    [{ before: { a: 5 }, update: { $pull: { a: 9 } } }, "refused 2"],
    [{ before: { a: ["ab", "b"] }, update: { $pull: { a: /^a/ } } }, '{ a: ["b"] }'],
  ],
  $pullAll: [
    [{ before: { a: [1, 2, 3, 1] }, update: { $pullAll: { a: [1, 3] } } }, "{ a: [2] }"],
    [
      { before: { a: [{ x: 1, y: 2 }] }, update: { $pullAll: { a: [{ x: 1 }] } } },
      "unmodified { a: [{ x: 1, y: 2 }] }",
    ],
    [{ before: { a: [1] }, update: { $pullAll: { a: 1 } } }, "refused 2"],
  ],
  "$[]": [
    [{ before: { a: [1, 2] }, update: { $inc: { "a.$[]": 10 } } }, "{ a: [11, 12] }"],
    [{ before: { a: [{ x: 1 }, { x: 2 }] }, update: { $set: { "a.$[].x": 0 } } }, "{ a: [{ x: 0 }, { x: 0 }] }"],
    [{ before: { a: 5 }, update: { $set: { "a.$[]": 0 } } }, "refused 2"],
  ],
  "$[<identifier>]": [
    [
      { before: { a: [1, 5, 9] }, update: { $set: { "a.$[big]": 0 } }, arrayFilters: [{ big: { $gt: 4 } }] },
      "{ a: [1, 0, 0] }",
    ],
    [
      {
        before: { a: [{ x: 1 }, { x: 2 }] },
        update: { $set: { "a.$[e].y": 9 } },
        arrayFilters: [{ "e.x": 2 }],
      },
      "{ a: [{ x: 1 }, { x: 2, y: 9 }] }",
    ],
    [{ before: { a: [1] }, update: { $set: { "a.$[e]": 0 } } }, "refused 2"],
    [{ before: { a: [1] }, update: { $set: { a: 0 } }, arrayFilters: [{ e: 1 }] }, "refused 9"],
  ],
  $: [
    [{ before: { a: [1, 2, 3] }, filter: { a: 2 }, update: { $set: { "a.$": 9 } } }, "{ a: [1, 9, 3] }"],
    [
      { before: { a: [{ x: 1 }, { x: 2 }] }, filter: { "a.x": 2 }, update: { $inc: { "a.$.x": 5 } } },
      "{ a: [{ x: 1 }, { x: 7 }] }",
    ],
    [
      {
        before: {
          a: [
            { x: 1, y: 1 },
            { x: 2, y: 1 },
          ],
        },
        filter: { a: { $elemMatch: { x: 2, y: 1 } } },
        update: { $unset: { "a.$": 1 } },
      },
      "{ a: [{ x: 1, y: 1 }, null] }",
    ],
    [{ before: { a: [1, 2] }, update: { $set: { "a.$": 9 } } }, "refused 2"],
  ],
});
