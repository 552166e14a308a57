// The expected texts are those of mongod 6.0.5.
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import * as bson from "bson";
import { Decimal128, Double, Long } from "bson";
import { CommandError } from "../../../src/embedded/command-error.ts";
import { renderValue } from "../../../src/embedded/values/render-value.ts";
import type { Value } from "../../../src/embedded/values/value.ts";
import { indexSpec, insert, memoryStore, typed } from "./storage-fixtures.ts";

const rendered: readonly (readonly [unknown, string])[] = [
  ["x", '"x"'],
  ['q"uo\\te\n', '"q"uo\\te\n"'],
  ["x".repeat(159), `"${"x".repeat(159)}"`],
  ["x".repeat(160), `"${"x".repeat(150)}..."`],
  ["é".repeat(200), `"${"é".repeat(75)}..."`],
  ["€".repeat(200), `"${"€".repeat(50)}..."`],
  [1, "1"],
  [new Double(1.5), "1.5"],
  [new Double(1), "1.0"],
  [new Double(-0), "-0.0"],
  [new Double(1e15), "1000000000000000.0"],
  [new Double(1234567890123456), "1234567890123456.0"],
  [new Double(9007199254740992), "9007199254740992.0"],
  [new Double(1e16), "1e+16.0"],
  [new Double(2.5e16), "2.5e+16"],
  [new Double(12345678901234568), "1.234567890123457e+16"],
  [new Double(1e21), "1e+21.0"],
  [new Double(1e100), "1e+100.0"],
  [new Double(123456789.5), "123456789.5"],
  [new Double(123456.78901234567), "123456.7890123457"],
  [new Double(0.1), "0.1"],
  [new Double(1 / 3), "0.3333333333333333"],
  [new Double(0.0001), "0.0001"],
  [new Double(-1e-5), "-1e-05.0"],
  [new Double(1e-7), "1e-07.0"],
  [new Double(5e-324), "4.940656458412465e-324"],
  [new Double(Number.NaN), "nan.0"],
  [new Double(Number.POSITIVE_INFINITY), "inf.0"],
  [new Double(Number.NEGATIVE_INFINITY), "-inf.0"],
  [Long.MAX_VALUE, "9223372036854775807"],
  [Decimal128.fromString("1.10"), "1.10"],
  [Decimal128.fromString("1E+3"), "1E+3"],
  [true, "true"],
  [null, "null"],
  [undefined, "undefined"],
  [new Date(1700000000123), "new Date(1700000000123)"],
  [new Date(-1), "new Date(-1)"],
  [new bson.ObjectId("0123456789abcdef01234567"), "ObjectId('0123456789abcdef01234567')"],
  [new bson.Binary(Buffer.from("abc")), "BinData(0, 616263)"],
  [new bson.Binary(Buffer.alloc(0)), "BinData(0, )"],
  [new bson.Binary(Buffer.alloc(200, 7)), `BinData(0, ${"07".repeat(70)}...)`],
  [new bson.Binary(Buffer.alloc(16, 0xab), 3), "BinData(3, ABABABABABABABABABABABABABABABAB)"],
  [new bson.Binary(Buffer.alloc(16, 1), 4), 'UUID("01010101-0101-0101-0101-010101010101")'],
  [new bson.BSONRegExp("a/b", "i"), "/a/b/i"],
  [new bson.Timestamp({ t: 5, i: 6 }), "Timestamp(5, 6)"],
  [new bson.MinKey(), "MinKey"],
  [new bson.MaxKey(), "MaxKey"],
  [new bson.Code("x=1"), "x=1"],
  [new bson.Code("z".repeat(300)), `${"z".repeat(70)}...`],
  [new bson.Code("f", { a: new bson.Int32(1) }), "CodeWScope( f, { a: 1 })"],
  [new bson.BSONSymbol("sym"), '"sym"'],
  [{ a: 1, b: { c: "x" } }, '{ a: 1, b: { c: "x" } }'],
  [{}, "{}"],
  [[1, 2], "[ 1, 2 ]"],
  [{ "we ird": 1, "a.b": [1, {}] }, "{ we ird: 1, a.b: [ 1, {} ] }"],
];

for (const [value, text] of rendered) {
  test(`a key's value is written as ${text.slice(0, 50)}`, () => assert.equal(renderValue(typed(value)), text));
}

interface Case {
  readonly key: Record<string, 1 | -1>;
  readonly stored: Record<string, unknown>;
  readonly refused: Record<string, unknown>;
  readonly index: string;
  readonly dupKey: string;
  readonly keyValue: Record<string, Value>;
}

const name = { name: 1 } as const;
const compound = { a: 1, "b.c": -1 } as const;
const duplicates: readonly Case[] = [
  { key: name, stored: { _id: 1 }, refused: { _id: 1 }, index: "_id_", dupKey: "_id: 1", keyValue: { _id: typed(1) } },
  {
    key: name,
    stored: { _id: 1, name: "x" },
    refused: { _id: 1, name: "x" },
    index: "_id_",
    dupKey: "_id: 1",
    keyValue: { _id: typed(1) },
  },
  {
    key: name,
    stored: { _id: 1, name: 1 },
    refused: { _id: 2, name: new Double(1) },
    index: "name_1",
    dupKey: "name: 1.0",
    keyValue: { name: new Double(1) },
  },
  {
    key: name,
    stored: { _id: 1, name: 1 },
    refused: { _id: 2, name: Decimal128.fromString("1.00") },
    index: "name_1",
    dupKey: "name: 1.00",
    keyValue: { name: Decimal128.fromString("1.00") },
  },
  {
    key: name,
    stored: { _id: 1 },
    refused: { _id: 2 },
    index: "name_1",
    dupKey: "name: null",
    keyValue: { name: null },
  },
  {
    key: name,
    stored: { _id: 1, name: [] },
    refused: { _id: 2, name: [] },
    index: "name_1",
    dupKey: "name: undefined",
    keyValue: { name: undefined },
  },
  {
    key: name,
    stored: { _id: 1, name: 1 },
    refused: { _id: 2, name: [7, 1, 8] },
    index: "name_1",
    dupKey: "name: 1",
    keyValue: { name: typed(1) },
  },
  {
    key: name,
    stored: { _id: 1, name: [8, 9] },
    refused: { _id: 2, name: [9, 8] },
    index: "name_1",
    dupKey: "name: 8",
    keyValue: { name: typed(8) },
  },
  {
    key: compound,
    stored: { _id: 1, a: 1, b: { c: "x" } },
    refused: { _id: 2, a: 1, b: { c: "x" } },
    index: "a_1_b.c_-1",
    dupKey: 'a: 1, b.c: "x"',
    keyValue: { a: typed(1), "b.c": "x" },
  },
  {
    key: compound,
    stored: { _id: 1, b: [{ c: 1 }, { c: 2 }] },
    refused: { _id: 2, b: [{ c: 3 }, { c: 2 }] },
    index: "a_1_b.c_-1",
    dupKey: "a: null, b.c: 2",
    keyValue: { a: null, "b.c": typed(2) },
  },
];

for (const { key, stored, refused, index, dupKey, keyValue } of duplicates) {
  test(`a duplicate of { ${dupKey} } in ${index} is told as mongod tells it`, (t) => {
    const error = errorOf(t, { key, stored, refused });
    assert.equal(
      error.message,
      `E11000 duplicate key error collection: db.coll index: ${index} dup key: { ${dupKey} }`,
    );
    assert.equal(error.code, 11000);
    const keyPattern = index === "_id_" ? { _id: 1 } : key;
    assert.deepEqual(error.extra, { keyPattern: typed(keyPattern), keyValue });
  });
}

test("of two unique indexes the older one is told", (t) => {
  const storage = memoryStore(t);
  const collection = storage.createCollection("db", "three");
  storage.createIndex(collection, indexSpec({ b: 1 }, { unique: true }));
  storage.createIndex(collection, indexSpec({ a: 1 }, { unique: true }));
  insert(storage, collection, { _id: 1, a: 1, b: 1 });
  assert.throws(() => insert(storage, collection, { _id: 2, a: 1, b: 1 }), / index: b_1 dup key: \{ b: 1 \}$/);
});

function errorOf(t: TestContext, { key, stored, refused }: Pick<Case, "key" | "stored" | "refused">): CommandError {
  const storage = memoryStore(t);
  const collection = storage.createCollection("db", "coll");
  storage.createIndex(collection, indexSpec(key, { unique: true }));
  insert(storage, collection, stored);
  try {
    insert(storage, collection, refused);
  } catch (error) {
    assert.ok(error instanceof CommandError);
    return error;
  }
  throw new Error("nothing was refused");
}
