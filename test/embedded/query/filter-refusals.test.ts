// What a filter must not be. Every row is what a real mongod 6.0.5 answers, code and words.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Document, EJSON } from "bson";
import { parseFilter } from "../../../src/embedded/query/filter.ts";
import { decimal, double, matching, type Refusal, refusalOf, regex, scope, stored } from "./query-fixtures.ts";

const rows: readonly (readonly [filter: Document, refusal: Refusal])[] = [
  [
    { $foo: 1 },
    [
      2,
      "unknown top level operator: $foo. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.",
    ],
  ],
  [
    { $not: { a: 1 } },
    [2, "unknown top level operator: $not. If you are trying to negate an entire expression, use $nor."],
  ],
  [{ a: { $foo: 1 } }, [2, "unknown operator: $foo"]],
  [{ a: { $gt: 1, b: 2 } }, [2, "unknown operator: b"]],
  [{ a: { $and: [] } }, [2, "unknown operator: $and"]],
  [{ a: { $comment: "x" } }, [2, "unknown operator: $comment"]],
  [{ a: { $expr: 1 } }, [2, "unknown operator: $expr"]],
  [{ a: { $ref: "x" } }, [2, "unknown operator: $ref"]],
  [{ $and: 1 }, [2, "$and must be an array"]],
  [{ $or: [] }, [2, "$and/$or/$nor must be a nonempty array"]],
  [{ $nor: [1] }, [2, "$or/$and/$nor entries need to be full objects"]],
  [{ $alwaysTrue: 2 }, [9, "$alwaysTrue must be an integer value of 1"]],
  [{ $alwaysFalse: "x" }, [9, 'Expected a number in: $alwaysFalse: "x"']],
  [{ a: { $not: 1 } }, [2, "$not needs a regex or a document"]],
  [{ a: { $not: {} } }, [2, "$not cannot be empty"]],
  [{ a: { $not: { x: 1 } } }, [2, "unknown operator: x"]],
  [{ a: { $in: 1 } }, [2, "$in needs an array"]],
  [{ a: { $in: [{ $gt: 1 }] } }, [2, "cannot nest $ under $in"]],
  [{ a: { $nin: 1 } }, [2, "$nin needs an array"]],
  [{ a: { $ne: regex("x") } }, [2, "Can't have regex as arg to $ne."]],
  [{ a: { $gt: regex("x") } }, [2, "Can't have RegEx as arg to predicate over field 'a'."]],
  [{ a: { $type: "foo" } }, [2, "Unknown type name alias: foo"]],
  [
    { a: { $type: "missing" } },
    [2, "'missing' is not a legal type name. To query for non-existence of a field, use {$exists:false}."],
  ],
  [{ a: { $type: 99 } }, [2, "Invalid numerical type code: 99"]],
  [{ a: { $type: 0 } }, [2, "Invalid numerical type code: 0. Instead use {$exists:false}."]],
  [{ a: { $type: 1.5 } }, [2, "Invalid numerical type code: 1.5"]],
  [{ a: { $type: [] } }, [9, "a must match at least one type"]],
  [{ a: { $type: null } }, [14, "type must be represented as a number or a string"]],
  [{ a: { $size: "x" } }, [2, 'Failed to parse $size. Expected a number in: $size: "x"']],
  [{ a: { $size: -1 } }, [2, "Failed to parse $size. Expected a non-negative number in: $size: -1"]],
  [{ a: { $size: 1.5 } }, [2, "Failed to parse $size. Expected an integer: $size: 1.5"]],
  [{ a: { $size: 2147483648 } }, [2, "Failed to parse $size. Cannot represent $size: 2147483648.0 in an int"]],
  [{ a: { $size: double(1e20) } }, [2, "Failed to parse $size. Cannot represent as a 64-bit integer: $size: 1e+20.0"]],
  [{ a: { $size: NaN } }, [2, "Failed to parse $size. Expected an integer, but found NaN in: $size: nan.0"]],
  [{ a: { $size: decimal("1.5") } }, [2, "Failed to parse $size. Cannot represent as a 64-bit integer: $size: 1.5"]],
  [{ a: { $all: 1 } }, [2, "$all needs an array"]],
  [{ a: { $all: [{ $gt: 1 }] } }, [2, "no $ expressions in $all"]],
  [{ a: { $all: [{ $elemMatch: { a: 1 } }, 1] } }, [2, "$all/$elemMatch has to be consistent"]],
  [{ a: { $elemMatch: 1 } }, [2, "$elemMatch needs an Object"]],
  [{ a: { $elemMatch: { $gt: 1, b: 1 } } }, [2, "unknown operator: b"]],
  [
    { a: { $elemMatch: { b: 1, $gt: 1 } } },
    [
      2,
      "unknown top level operator: $gt. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.",
    ],
  ],
  [{ a: { $elemMatch: { $expr: 1 } } }, [2, "$expr can only be applied to the top-level document"]],
  [{ a: { $elemMatch: { $where: "1" } } }, [2, "$where can only be applied to the top-level document"]],
  [{ a: { $mod: 1 } }, [2, "malformed mod, needs to be an array"]],
  [{ a: { $mod: [1] } }, [2, "malformed mod, not enough elements"]],
  [{ a: { $mod: [1, 2, 3] } }, [2, "malformed mod, too many elements"]],
  [{ a: { $mod: [0.5, 1] } }, [2, "divisor cannot be 0"]],
  [{ a: { $mod: ["x", 1] } }, [2, "malformed mod, divisor not a number"]],
  [{ a: { $mod: [2, null] } }, [2, "malformed mod, remainder not a number"]],
  [
    { a: { $mod: [NaN, 1] } },
    [2, "malformed mod, divisor value is invalid :: caused by :: Unable to coerce NaN/Inf to integral type"],
  ],
  [
    { a: { $mod: [2, double(1e30)] } },
    [2, "malformed mod, remainder value is invalid :: caused by :: Out of bounds coercing to integral value"],
  ],
  [{ a: { $regex: 1 } }, [2, "$regex has to be a string"]],
  [{ a: { $regex: "x", $options: 1 } }, [2, "$options has to be a string"]],
  [{ a: { $regex: "x", $options: "g" } }, [51108, " invalid flag in regex options: g"]],
  [{ a: { $options: "i" } }, [2, "$options needs a $regex"]],
  [{ a: { $regex: regex("x", "i"), $options: "i" } }, [51075, "options set in both $regex and $options"]],
  [{ a: { $options: "i", $regex: regex("x", "i") } }, [51074, "options set in both $regex and $options"]],
  [{ a: { $regex: "x\0y" } }, [2, "Regular expression cannot contain an embedded null byte"]],
  [{ a: { $regex: "(" } }, [51091, "Regular expression is invalid: missing )"]],
  [{ a: { $regex: "a)" } }, [51091, "Regular expression is invalid: unmatched parentheses"]],
  [{ a: { $regex: "[a" } }, [51091, "Regular expression is invalid: missing terminating ] for character class"]],
  [{ a: { $regex: "*a" } }, [51091, "Regular expression is invalid: nothing to repeat"]],
  [{ a: { $regex: "a**" } }, [51091, "Regular expression is invalid: nothing to repeat"]],
  [{ a: { $regex: "a{2}{3}" } }, [51091, "Regular expression is invalid: nothing to repeat"]],
  [{ a: { $regex: "^*" } }, [51091, "Regular expression is invalid: nothing to repeat"]],
  [{ a: { $regex: "a{2,1}" } }, [51091, "Regular expression is invalid: numbers out of order in {} quantifier"]],
  [{ a: { $regex: "a{99999}" } }, [51091, "Regular expression is invalid: number too big in {} quantifier"]],
  [{ a: { $regex: "[b-a]" } }, [51091, "Regular expression is invalid: range out of order in character class"]],
  [{ a: { $regex: "[a-\\d]" } }, [51091, "Regular expression is invalid: invalid range in character class"]],
  [{ a: { $regex: "[[:foo:]]" } }, [51091, "Regular expression is invalid: unknown POSIX class name"]],
  [{ a: { $regex: "\\" } }, [51091, "Regular expression is invalid: \\ at end of pattern"]],
  [
    { a: { $regex: "\\u0041" } },
    [51091, "Regular expression is invalid: PCRE does not support \\L, \\l, \\N{name}, \\U, or \\u"],
  ],
  [
    { a: { $regex: "\\x{110000}" } },
    [51091, "Regular expression is invalid: character value in \\x{} or \\o{} is too large"],
  ],
  [{ a: { $regex: "(?<=a+)b" } }, [51091, "Regular expression is invalid: lookbehind assertion is not fixed length"]],
  [{ a: { $regex: "(?#x" } }, [51091, "Regular expression is invalid: missing ) after comment"]],
  [{ a: { $in: [regex("(")] } }, [51091, "Regular expression is invalid: missing )"]],
  [{ a: { $bitsAllSet: "x" } }, [2, 'a takes an Array, a number, or a BinData but received: $bitsAllSet: "x"']],
  [{ a: { $bitsAllSet: -1 } }, [9, "Expected a non-negative number in: $bitsAllSet: -1"]],
  [{ a: { $bitsAllSet: 1.5 } }, [9, "Expected an integer: $bitsAllSet: 1.5"]],
  [{ a: { $bitsAllSet: [-1] } }, [2, "Failed to parse bit position. Expected a non-negative number in: 0: -1"]],
  [{ a: { $bitsAllSet: ["x"] } }, [2, 'Failed to parse bit position. Expected a number in: 0: "x"']],
  [
    { a: { $bitsAllSet: [double(1e10)] } },
    [2, "Failed to parse bit position. Cannot represent 0: 10000000000.0 in an int"],
  ],
];

const refusal = (filter: Document) => refusalOf(() => parseFilter(stored(filter), scope));

describe("filters that are refused", () => {
  for (const [filter, expected] of rows) {
    test(EJSON.stringify(filter), () => assert.deepEqual(refusal(filter), expected));
  }
});

describe("differs: what MongoDB has and this server has not", () => {
  const filters: readonly Document[] = [
    { $where: "true" },
    { $text: { $search: "x" } },
    { $jsonSchema: {} },
    { $sampleRate: 0.5 },
    { a: { $near: [1, 2] } },
    { a: { $geoWithin: { $box: [] } } },
    { a: { $regex: "(a)\\1" } },
    { a: { $regex: "(?>a)" } },
    { a: { $regex: "a++" } },
    { a: { $regex: "a(?i)b" } },
  ];
  for (const filter of filters) {
    test(`${JSON.stringify(filter)} is refused as not implemented`, () => assert.equal(refusal(filter)[0], 238));
  }
});

test("a pattern of more than 32,764 bytes is refused", () => {
  const tooLarge = [51091, "Regular expression is invalid: regular expression is too large"];
  assert.deepEqual(refusal({ a: { $regex: "a".repeat(32_765) } }), tooLarge);
  assert.deepEqual(refusal({ a: { $regex: "é".repeat(16_383) } }), tooLarge);
});

test("a filter nested without end is refused before the stack ends", () => {
  let filter: Document = { a: 1 };
  for (let depth = 0; depth < 250; depth++) filter = { $and: [filter] };
  assert.deepEqual(refusal(filter), [2, "exceeded maximum query tree depth"]);
});

test("$expr is evaluated over the whole document, and refused where no evaluator is", () => {
  assert.deepEqual(matching([{ _id: 1, a: true }, { _id: 2, a: 0 }, { _id: 3 }], { $expr: "$a" }), [1]);
  assert.equal(refusalOf(() => parseFilter({ $expr: "$a" }, { ...scope, evaluate: null }))[0], 224);
});
