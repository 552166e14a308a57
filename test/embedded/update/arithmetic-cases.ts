// $inc and $mul: what mongod 6.0.5 made of each.
import { Double, Long, ObjectId, Timestamp } from "bson";
import { fails, type UpdateCase, unchanged } from "./update-case.ts";

export const arithmeticCases: readonly UpdateCase[] = [
  ["$inc adds ints", { a: 1 }, { $inc: { a: 2 } }, { a: 3 }],
  ["$inc by a negative", { a: 1 }, { $inc: { a: -3 } }, { a: -2 }],
  ["$inc by zero changes nothing", { a: 1 }, { $inc: { a: 0 } }, unchanged],
  ["$inc by a zero of a wider type changes the type", { a: 1 }, { $inc: { a: new Double(0) } }, { a: new Double(1) }],
  ["$inc by a long zero changes the type", { a: 1 }, { $inc: { a: Long.fromNumber(0) } }, { a: Long.fromNumber(1) }],
  ["$inc of a double by an int zero changes nothing", { a: new Double(1) }, { $inc: { a: 0 } }, unchanged],
  ["$inc beyond 32 bits makes a long", { a: 2147483647 }, { $inc: { a: 1 } }, { a: Long.fromNumber(2147483648) }],
  [
    "$inc beyond 64 bits is refused",
    { a: Long.fromString("9223372036854775807") },
    { $inc: { a: 1 } },
    fails(
      2,
      "Failed to apply $inc operations to current value ((NumberLong)9223372036854775807) for document {_id: 1}",
    ),
  ],
  [
    "$inc of an int beyond 64 bits is refused",
    { a: 1 },
    { $inc: { a: Long.fromString("9223372036854775807") } },
    fails(2, "Failed to apply $inc operations to current value ((NumberInt)1) for document {_id: 1}"),
  ],
  [
    "$inc below 64 bits is refused",
    { _id: "x", a: Long.fromString("-9223372036854775808") },
    { $inc: { a: Long.fromNumber(-1) } },
    fails(
      2,
      'Failed to apply $inc operations to current value ((NumberLong)-9223372036854775808) for document {_id: "x"}',
    ),
  ],
  [
    "$inc of a long by a double makes a double",
    { a: Long.fromString("9223372036854775807") },
    { $inc: { a: new Double(1) } },
    { a: new Double(9223372036854776000) },
  ],
  ["$inc int and double", { a: 1 }, { $inc: { a: 0.5 } }, { a: 1.5 }],
  [
    "$inc double beyond its range",
    { a: new Double(1.7e308) },
    { $inc: { a: new Double(1.7e308) } },
    { a: new Double(Infinity) },
  ],
  ["$inc of NaN", { a: new Double(Number.NaN) }, { $inc: { a: 1 } }, { a: new Double(Number.NaN) }],
  ["$inc of a missing field sets it", {}, { $inc: { a: Long.fromNumber(5) } }, { a: Long.fromNumber(5) }],
  ["$inc of a missing field on a path", { o: { b: 1 } }, { $inc: { "o.a.c": 5 } }, { o: { b: 1, a: { c: 5 } } }],
  ["$inc of an array's element", { a: [1, 2] }, { $inc: { "a.1": 5 } }, { a: [1, 7] }],
  ["$inc beyond an array's end", { a: [1] }, { $inc: { "a.2": 5 } }, { a: [1, null, 5] }],
  [
    "$inc by a string is refused",
    { a: 1 },
    { $inc: { a: "x" } },
    fails(14, 'Cannot increment with non-numeric argument: {a: "x"}'),
  ],
  [
    "$inc by null is refused",
    { a: 1 },
    { $inc: { a: null } },
    fails(14, "Cannot increment with non-numeric argument: {a: null}"),
  ],
  [
    "$inc by a document is refused",
    { a: 1 },
    { $inc: { a: { b: 1 } } },
    fails(14, "Cannot increment with non-numeric argument: {a: { b: 1 }}"),
  ],
  [
    "$inc by a date is refused",
    {},
    { $inc: { "a.b": new Date(5) } },
    fails(14, "Cannot increment with non-numeric argument: {a.b: new Date(5)}"),
  ],
  [
    "$inc of a string is refused",
    { a: "x" },
    { $inc: { a: 1 } },
    fails(
      14,
      "Cannot apply $inc to a value of non-numeric type. {_id: 1} has the field 'a' of non-numeric type string",
    ),
  ],
  [
    "$inc of null is refused",
    { a: null },
    { $inc: { a: 1 } },
    fails(14, "Cannot apply $inc to a value of non-numeric type. {_id: 1} has the field 'a' of non-numeric type null"),
  ],
  [
    "$inc of a date in a document is refused",
    { _id: new ObjectId("507f1f77bcf86cd799439011"), o: { a: new Date(0) } },
    { $inc: { "o.a": 1 } },
    fails(
      14,
      "Cannot apply $inc to a value of non-numeric type. {_id: ObjectId('507f1f77bcf86cd799439011')} has the field 'a' of non-numeric type date",
    ),
  ],
  [
    "$inc of an array is refused",
    { _id: "k", a: [1] },
    { $inc: { a: 1 } },
    fails(
      14,
      "Cannot apply $inc to a value of non-numeric type. {_id: \"k\"} has the field 'a' of non-numeric type array",
    ),
  ],
  [
    "$inc of a boolean in an array is refused",
    { a: [true] },
    { $inc: { "a.0": 1 } },
    fails(14, "Cannot apply $inc to a value of non-numeric type. {_id: 1} has the field '0' of non-numeric type bool"),
  ],
  [
    "$inc of a timestamp is refused",
    { a: new Timestamp({ t: 1, i: 1 }) },
    { $inc: { a: 1 } },
    fails(
      14,
      "Cannot apply $inc to a value of non-numeric type. {_id: 1} has the field 'a' of non-numeric type timestamp",
    ),
  ],
  [
    "$inc through a scalar is refused",
    { a: 1 },
    { $inc: { "a.b": 1 } },
    fails(28, "Cannot create field 'b' in element {a: 1}"),
  ],
  ["$mul multiplies ints", { a: 3 }, { $mul: { a: 4 } }, { a: 12 }],
  ["$mul by one changes nothing", { a: 3 }, { $mul: { a: 1 } }, unchanged],
  ["$mul by a double one changes the type", { a: 3 }, { $mul: { a: new Double(1) } }, { a: new Double(3) }],
  ["$mul beyond 32 bits makes a long", { a: 2147483647 }, { $mul: { a: 2 } }, { a: Long.fromNumber(4294967294) }],
  [
    "$mul beyond 64 bits is refused",
    { a: Long.fromString("9223372036854775807") },
    { $mul: { a: 2 } },
    fails(
      2,
      "Failed to apply $mul operations to current value ((NumberLong)9223372036854775807) for document {_id: 1}",
    ),
  ],
  ["$mul int and double", { a: 3 }, { $mul: { a: 1.5 } }, { a: 4.5 }],
  ["$mul of a missing field makes an int zero", {}, { $mul: { a: 5 } }, { a: 0 }],
  ["$mul of a missing field makes a long zero", {}, { $mul: { a: Long.fromNumber(5) } }, { a: Long.fromNumber(0) }],
  ["$mul of a missing field makes a double zero", {}, { $mul: { a: 5.5 } }, { a: new Double(0) }],
  ["$mul of a missing field by a negative double makes a zero", {}, { $mul: { a: -5.5 } }, { a: new Double(-0) }],
  [
    "$mul by a string is refused",
    { a: 1 },
    { $mul: { a: "x" } },
    fails(14, 'Cannot multiply with non-numeric argument: {a: "x"}'),
  ],
  [
    "$mul of a string is refused",
    { a: "x" },
    { $mul: { a: 2 } },
    fails(
      14,
      "Cannot apply $mul to a value of non-numeric type. {_id: 1} has the field 'a' of non-numeric type string",
    ),
  ],
  [
    "$mul of a string in a document is refused",
    { o: { a: {} } },
    { $mul: { "o.a": 2 } },
    fails(
      14,
      "Cannot apply $mul to a value of non-numeric type. {_id: 1} has the field 'a' of non-numeric type object",
    ),
  ],
  [
    "$inc of a double zero by minus zero changes nothing",
    { a: new Double(0) },
    { $inc: { a: new Double(-0) } },
    unchanged,
  ],
  ["$mul of a double zero by a negative", { a: new Double(0) }, { $mul: { a: -1 } }, unchanged],
];
