// The _id of a document that is there: what mongod 6.0.5 made of each.
import { Double } from "bson";
import { fails, type UpdateCase, unchanged } from "./update-case.ts";

export const idCases: readonly UpdateCase[] = [
  ["a replacement keeps the _id", { _id: 7, a: 1 }, { b: 2 }, { _id: 7, b: 2 }],
  ["a replacement with the same _id puts it first", { _id: 7, a: 1 }, { b: 2, _id: 7 }, { _id: 7, b: 2 }],
  ["a replacement by nothing leaves the _id", { _id: 7, a: 1 }, {}, { _id: 7 }],
  [
    "a replacement by the same without the _id counts as a change",
    { _id: 7, a: 1, b: 2 },
    { a: 1, b: 2 },
    { _id: 7, a: 1, b: 2 },
  ],
  [
    "a replacement by the same with the _id at the end counts as a change",
    { _id: 7, a: 1, b: 2 },
    { a: 1, b: 2, _id: 7 },
    { _id: 7, a: 1, b: 2 },
  ],
  [
    "a replacement by another _id is refused",
    { _id: 7, a: 1 },
    { _id: 8, a: 1 },
    fails(66, "After applying the update, the (immutable) field '_id' was found to have been altered to _id: 8"),
  ],
  [
    "a replacement by an equal _id of another type",
    { _id: 7, a: 1 },
    { _id: new Double(7), a: 2 },
    { _id: new Double(7), a: 2 },
  ],
  [
    "a replacement by an equal document as _id in another order is refused",
    { _id: { x: 1, y: 2 }, a: 1 },
    { _id: { y: 2, x: 1 }, a: 1 },
    fails(
      66,
      "After applying the update, the (immutable) field '_id' was found to have been altered to _id: { y: 2, x: 1 }",
    ),
  ],
  ["$set of the same _id changes nothing", { _id: 7, a: 1 }, { $set: { _id: 7 } }, unchanged],
  ["$set of the same _id beside a change", { _id: 7, a: 1 }, { $set: { _id: 7, a: 2 } }, { _id: 7, a: 2 }],
  [
    "$set of another _id is refused",
    { _id: 7, a: 1 },
    { $set: { _id: 8 } },
    fails(66, "Performing an update on the path '_id' would modify the immutable field '_id'"),
  ],
  [
    "$set of an equal _id of another type",
    { _id: 7, a: 1 },
    { $set: { _id: new Double(7) } },
    fails(66, "Performing an update on the path '_id' would modify the immutable field '_id'"),
  ],
  [
    "$unset of the _id is refused",
    { _id: 7, a: 1 },
    { $unset: { _id: 1 } },
    fails(66, "Performing an update on the path '_id' would modify the immutable field '_id'"),
  ],
  [
    "$inc of the _id is refused",
    { _id: 7, a: 1 },
    { $inc: { _id: 1 } },
    fails(66, "Performing an update on the path '_id' would modify the immutable field '_id'"),
  ],
  ["$inc of the _id by zero changes nothing", { _id: 7, a: 1 }, { $inc: { _id: 0 } }, unchanged],
  ["$max of the _id that changes nothing", { _id: 7, a: 1 }, { $max: { _id: 3 } }, unchanged],
  [
    "$max of the _id is refused",
    { _id: 7, a: 1 },
    { $max: { _id: 9 } },
    fails(66, "Performing an update on the path '_id' would modify the immutable field '_id'"),
  ],
  [
    "$set in the _id is refused",
    { _id: { a: 1, b: 2 } },
    { $set: { "_id.a": 2 } },
    fails(66, "Performing an update on the path '_id.a' would modify the immutable field '_id'"),
  ],
  ["$set of the same in the _id changes nothing", { _id: { a: 1, b: 2 } }, { $set: { "_id.a": 1 } }, unchanged],
  [
    "$set of a new field in the _id is refused",
    { _id: { a: 1 } },
    { $set: { "_id.c": 2 } },
    fails(66, "Updating the path '_id' to _id: { a: 1, c: 2 } would modify the immutable field '_id'"),
  ],
  [
    "$set of a new path in the _id is refused",
    { _id: { a: 1 } },
    { $set: { "_id.c.d": 2 } },
    fails(66, "Updating the path '_id' to _id: { a: 1, c: { d: 2 } } would modify the immutable field '_id'"),
  ],
  [
    "$set through a scalar _id is refused",
    { _id: 7 },
    { $set: { "_id.c": 2 } },
    fails(28, "Cannot create field 'c' in element {_id: 7}"),
  ],
  [
    "$unset in the _id is refused",
    { _id: { a: 1, b: 2 } },
    { $unset: { "_id.a": 1 } },
    fails(66, "Performing an update on the path '_id.a' would modify the immutable field '_id'"),
  ],
  ["$unset of a missing field of the _id changes nothing", { _id: { a: 1 } }, { $unset: { "_id.c": 1 } }, unchanged],
  [
    "$push in the _id is refused",
    { _id: { a: [1] } },
    { $push: { "_id.a": 1 } },
    fails(66, "Performing an update on the path '_id.a' would modify the immutable field '_id'"),
  ],
  [
    "$currentDate of the _id is refused",
    { _id: 7 },
    { $currentDate: { _id: true } },
    fails(66, "Performing an update on the path '_id' would modify the immutable field '_id'"),
  ],
  ["$setOnInsert of the _id does nothing", { _id: 7 }, { $setOnInsert: { _id: 8 } }, unchanged],
  [
    "a replacement by the _id null is refused",
    { _id: 7 },
    { _id: null, a: 1 },
    fails(66, "After applying the update, the (immutable) field '_id' was found to have been altered to _id: null"),
  ],
];
