// Filters over text, regular expressions, the rarer types, and names that JavaScript has a meaning for.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Binary, BSONSymbol, Code, type Document, ObjectId, Timestamp } from "bson";
import { parseFilter } from "../../../src/embedded/query/filter.ts";
import type { ValueDocument } from "../../../src/embedded/values/value.ts";
import { matching, regex, scope, stored } from "./query-fixtures.ts";

/** The ids that a real mongod 6.0.5 answered with. */
type Row = readonly [title: string, filter: Document, ids: readonly number[]];

const typesDocuments: readonly Document[] = [
  { _id: 1, s: "abc" },
  { _id: 2, s: "ABC" },
  { _id: 3, s: "a\nb" },
  { _id: 4, s: new BSONSymbol("abc") },
  { _id: 5, s: regex("abc", "i") },
  { _id: 6, s: ["x", "abd"] },
  { _id: 7, s: "élan" },
  { _id: 8, s: "" },
  { _id: 10, ["__proto__"]: { x: 1 } },
  { _id: 11, x: 1 },
  { _id: 12, s: new Date(0) },
  { _id: 13, s: new Timestamp({ t: 1, i: 1 }) },
  { _id: 14, s: new Code("f") },
  { _id: 15, s: new Code("f", {}) },
  { _id: 16, constructor: { name: "n" } },
  { _id: 17, s: "\uff5e" },
  { _id: 18, s: "😀" },
  { _id: 19, s: new Binary(Buffer.from([1, 2])) },
  { _id: 20, s: new ObjectId("0102030405060708090a0b0c") },
];

const typesRows: readonly Row[] = [
  ["a regular expression matches strings and symbols", { s: regex("^ab") }, [1, 4, 6]],
  ["and the same expression as a value", { s: regex("abc", "i") }, [1, 2, 4, 5]],
  ["$eq of a regular expression is about the value", { s: { $eq: regex("abc", "i") } }, [5]],
  ["option s", { s: { $regex: "^a.b$", $options: "s" } }, [3]],
  ["option m", { s: { $regex: "^b", $options: "m" } }, [3]],
  ["option x", { s: { $regex: "a b # c\n", $options: "x" } }, [1, 4, 6]],
  ["option i beyond ASCII", { s: { $regex: "^É", $options: "i" } }, [7]],
  ["a symbol equals the string", { s: "abc" }, [1, 4]],
  ["strings compare by code point", { s: { $gt: "\uff5e" } }, [18]],
  ["a field named __proto__ is a field", { "__proto__.x": 1 }, [10]],
  ["and does not exist elsewhere", { ["__proto__"]: { $exists: true } }, [10]],
  ["nothing is inherited", { constructor: { $exists: true } }, [16]],
  ["not on a path either", { "constructor.name": "n" }, [16]],
  ["code without a scope", { s: new Code("f") }, [14]],
  ["code with a scope is another type", { s: new Code("f", {}) }, [15]],
  ["by name", { s: { $type: "javascriptWithScope" } }, [15]],
  ["a timestamp is no date", { s: { $gt: new Date(-1) } }, [12]],
  ["though both have types", { s: { $type: ["date", "timestamp"] } }, [12, 13]],
  ["binary data", { s: new Binary(Buffer.from([1, 2])) }, [19]],
  ["of another subtype", { s: new Binary(Buffer.from([1, 2]), 5) }, []],
  ["an id", { s: new ObjectId("0102030405060708090a0b0c") }, [20]],
];

describe("types in filters", () => {
  for (const [title, filter, ids] of typesRows) {
    test(title, () => assert.deepEqual(matching(typesDocuments, filter), ids));
  }
});

test("a field named _bsontype is a field, and no type", () => {
  const document: ValueDocument = { s: { _bsontype: "ObjectId", id: "x" } };
  assert.ok(parseFilter({ "s._bsontype": "ObjectId" }, scope).matches(document));
  assert.ok(parseFilter(document, scope).matches(document));
  assert.ok(!parseFilter({ s: { $type: "objectId" } }, scope).matches(document));
});

test("nothing is written to the prototype of all objects", () => {
  const filter = parseFilter(stored({ "__proto__.polluted": 1, a: { $elemMatch: { "0": 1 } } }), scope);
  filter.matches(stored({ a: [[1]], ["__proto__"]: { polluted: 1 } }));
  assert.ok(!("polluted" in {}));
});
