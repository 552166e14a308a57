// Replacements, conflicts and what is no update: what mongod 6.0.5 made of each.
import { Double } from "bson";
import { fails, type UpdateCase, unchanged } from "./update-case.ts";

export const documentCases: readonly UpdateCase[] = [
  ["a replacement by the very same changes nothing", { _id: 7, a: 1, b: 2 }, { _id: 7, a: 1, b: 2 }, unchanged],
  ["a replacement in another order is a change", { _id: 7, a: 1, b: 2 }, { b: 2, a: 1 }, { _id: 7, b: 2, a: 1 }],
  ["a replacement in another type is a change", { _id: 7, a: 1 }, { a: new Double(1) }, { _id: 7, a: new Double(1) }],
  [
    "a replacement with an operator in it is refused",
    { a: 1 },
    { b: 1, $set: { c: 1 } },
    fails(
      52,
      "The dollar ($) prefixed field '$set' in '$set' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.",
    ),
  ],
  ["a replacement with a $ inside", { a: 1 }, { b: { $c: 1 } }, { b: { $c: 1 } }],
  ["a replacement with a dot in a name", { a: 1 }, { "b.c": 1 }, { "b.c": 1 }],
  ["a replacement with an empty name", { a: 1 }, { "": 1 }, { "": 1 }],
  [
    "a replacement keeps a field named __proto__",
    { a: 1 },
    { ["__proto__"]: { x: 1 }, b: 1 },
    { ["__proto__"]: { x: 1 }, b: 1 },
  ],
  [
    "the same path in two operators is a conflict",
    { a: 1 },
    { $set: { a: 1 }, $inc: { a: 1 } },
    fails(40, "Updating the path 'a' would create a conflict at 'a'"),
  ],
  [
    "a path and one below it are a conflict",
    { a: 1 },
    { $set: { a: 1, "a.b": 2 } },
    fails(40, "Updating the path 'a.b' would create a conflict at 'a'"),
  ],
  [
    "a path and one above it are a conflict",
    { a: 1 },
    { $set: { "a.b": 2, a: 1 } },
    fails(40, "Updating the path 'a' would create a conflict at 'a'"),
  ],
  [
    "a path and one far below it are a conflict",
    { a: 1 },
    { $set: { "a.b": 2 }, $unset: { "a.b.c.d": 1 } },
    fails(40, "Updating the path 'a.b.c.d' would create a conflict at 'a.b'"),
  ],
  [
    "a path and one far above it are a conflict",
    { a: 1 },
    { $set: { "a.b.c.d": 2 }, $unset: { "a.b": 1 } },
    fails(40, "Updating the path 'a.b' would create a conflict at 'a.b'"),
  ],
  ["neighbours are no conflict", { a: 1 }, { $set: { ab: 1 }, $inc: { a: 1 } }, { a: 2, ab: 1 }],
  [
    "a conflict is told before a broken operand later on",
    { a: 1 },
    { $set: { a: 1 }, $unset: { a: 1 }, $inc: { b: "x" } },
    fails(40, "Updating the path 'a' would create a conflict at 'a'"),
  ],
  [
    "a broken operand is told before a conflict later on",
    { a: 1 },
    { $inc: { b: "x" }, $set: { a: 1 }, $unset: { a: 1 } },
    fails(14, 'Cannot increment with non-numeric argument: {b: "x"}'),
  ],
  [
    "an unknown operator is refused",
    { a: 1 },
    { $foo: { a: 1 } },
    fails(9, "Unknown modifier: $foo. Expected a valid update modifier or pipeline-style update specified as an array"),
  ],
  [
    "an unknown operator with nothing in it is refused",
    { a: 1 },
    { $foo: {} },
    fails(9, "Unknown modifier: $foo. Expected a valid update modifier or pipeline-style update specified as an array"),
  ],
  [
    "an unknown operator after a known one is refused",
    { a: 1 },
    { $set: { a: 2 }, $foo: { a: 1 } },
    fails(9, "Unknown modifier: $foo. Expected a valid update modifier or pipeline-style update specified as an array"),
  ],
  [
    "a field after an operator is refused",
    { a: 1 },
    { $set: { a: 2 }, b: 1 },
    fails(9, "Unknown modifier: b. Expected a valid update modifier or pipeline-style update specified as an array"),
  ],
  [
    "the retired $pushAll is refused",
    { a: [] },
    { $pushAll: { a: [1] } },
    fails(
      9,
      "Unknown modifier: $pushAll. Expected a valid update modifier or pipeline-style update specified as an array",
    ),
  ],
  [
    "an operator named as a property of objects is refused",
    { a: 1 },
    { $constructor: { a: 1 } },
    fails(
      9,
      "Unknown modifier: $constructor. Expected a valid update modifier or pipeline-style update specified as an array",
    ),
  ],
  [
    "$set of a number is refused",
    { a: 1 },
    { $set: 5 },
    fails(
      9,
      "Modifiers operate on fields but we found type int instead. For example: {$mod: {<field>: ...}} not {$set: 5}",
    ),
  ],
  [
    "$set of a string is refused",
    { a: 1 },
    { $set: "x" },
    fails(
      9,
      'Modifiers operate on fields but we found type string instead. For example: {$mod: {<field>: ...}} not {$set: "x"}',
    ),
  ],
  [
    "$set of an array is refused",
    { a: 1 },
    { $set: [1] },
    fails(
      9,
      "Modifiers operate on fields but we found type array instead. For example: {$mod: {<field>: ...}} not {$set: [ 1 ]}",
    ),
  ],
  [
    "$set of null is refused",
    { a: 1 },
    { $unset: null },
    fails(
      9,
      "Modifiers operate on fields but we found type null instead. For example: {$mod: {<field>: ...}} not {$unset: null}",
    ),
  ],
  ["$v is refused", { a: 1 }, { $v: 1, $set: { a: 2 } }, fails(9, "The $v update field is only recognized internally")],
  [
    "$replaceWith is refused",
    { a: 1 },
    { $replaceWith: { a: 2 } },
    fails(
      9,
      "Unknown modifier: $replaceWith. Expected a valid update modifier or pipeline-style update specified as an array",
    ),
  ],
  [
    "$_internalApplyOplogUpdate is refused",
    { a: 1 },
    { $_internalApplyOplogUpdate: { a: 2 } },
    fails(
      9,
      "Unknown modifier: $_internalApplyOplogUpdate. Expected a valid update modifier or pipeline-style update specified as an array",
    ),
  ],
  [
    "operators with nothing in them after an unchanged one",
    { a: 1 },
    { $set: { a: 1 }, $min: {}, $max: {}, $mul: {}, $bit: {}, $pop: {}, $pullAll: {}, $addToSet: {}, $currentDate: {} },
    unchanged,
  ],
  [
    "a replacement whose first name has a $ is an operator",
    { a: 1 },
    { $a: 1 },
    fails(9, "Unknown modifier: $a. Expected a valid update modifier or pipeline-style update specified as an array"),
  ],
];
