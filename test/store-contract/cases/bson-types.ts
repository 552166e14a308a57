// What goes in comes out: every BSON type, byte for byte, also through an update of another field.
import {
  Binary,
  BSON,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from "mongodb";
import { type CaseContext, type ContractCase, errorOf, readAll } from "../contract.ts";

const bytes = (count: number) => Buffer.from(Array.from({ length: count }, (_, i) => i % 256));

const values: readonly (readonly [string, unknown])[] = [
  ["int", new Int32(5)],
  ["int, least", new Int32(-2_147_483_648)],
  ["int, greatest", new Int32(2_147_483_647)],
  ["double that is a whole number", new Double(5)],
  ["double", 0.1],
  ["double, tiny", 5e-324],
  ["double, huge", 1.7976931348623157e308],
  ["minus zero", new Double(-0)],
  ["not a number", Number.NaN],
  ["infinity", Number.POSITIVE_INFINITY],
  ["minus infinity", Number.NEGATIVE_INFINITY],
  ["long", Long.fromNumber(5)],
  ["long, least", Long.MIN_VALUE],
  ["long, greatest", Long.MAX_VALUE],
  ["long beyond doubles", Long.fromString("9007199254740993")],
  ["decimal", Decimal128.fromString("1.10")],
  ["decimal of 34 digits", Decimal128.fromString("9.999999999999999999999999999999999E+6144")],
  ["decimal, not a number", Decimal128.fromString("NaN")],
  ["decimal, minus zero", Decimal128.fromString("-0E-6176")],
  ["text", "text"],
  ["text, empty", ""],
  ["text with a zero byte", "a\0b"],
  ["text of many planes", "é€😀\u{10FFFF}\uFFFF"],
  ["long text", "x".repeat(100_000)],
  ["object", { a: 1, b: { c: [] } }],
  ["object, empty", {}],
  ["object with odd names", { "a.b": 1, "": 3, constructor: 4, toString: 5, length: 6 }],
  [
    "object with a field _bsontype",
    new Map([
      [
        "a",
        new Map<string, unknown>([
          ["_bsonType", "Long"],
          ["low", 1],
        ]),
      ],
    ]),
  ],
  [
    "object with a field __proto__",
    new Map<string, unknown>([
      ["__proto__", new Map([["x", 1]])],
      ["y", 2],
    ]),
  ],
  [
    "object with numbers for names, unsorted",
    new Map([
      ["2", "a"],
      ["1", "b"],
      ["10", "c"],
      ["x", "d"],
      ["0", "e"],
    ]),
  ],
  ["array", [1, "a", null, [2], { a: 3 }]],
  ["array, empty", []],
  ["binary", new Binary(bytes(300))],
  ["binary, empty", new Binary(Buffer.alloc(0))],
  ["binary, function", new Binary(bytes(3), 1)],
  ["binary, old", new Binary(bytes(3), 2)],
  ["binary, old uuid", new Binary(bytes(16), 3)],
  ["uuid", new UUID("a0b1c2d3-e4f5-4607-8819-2a3b4c5d6e7f")],
  ["md5", new Binary(bytes(16), 5)],
  ["binary, encrypted", new Binary(bytes(40), 6)],
  ["binary, of a user's type", new Binary(bytes(5), 200)],
  ["object id", new ObjectId("65f0a1b2c3d4e5f601020304")],
  ["true", true],
  ["false", false],
  ["null", null],
  ["date", new Date("2024-03-15T13:45:30.250Z")],
  ["date before 1970", new Date(-1)],
  ["date, last", new Date(8.64e15)],
  ["regular expression", new BSONRegExp("^a(b|c)$", "im")],
  ["regular expression, empty", new BSONRegExp("")],
  ["code", new Code("return 1")],
  ["code with scope", new Code("return x", { x: 1 })],
  ["symbol", new BSONSymbol("s")],
  ["timestamp", new Timestamp({ t: 4_294_967_295, i: 4_294_967_295 })],
  ["timestamp, zero, below", { t: new Timestamp({ t: 0, i: 0 }) }],
  ["least key", new MinKey()],
  ["greatest key", new MaxKey()],
  [
    "reference",
    new Map<string, unknown>([
      ["$ref", "c"],
      ["$id", 5],
      ["$db", "d"],
    ]),
  ],
];

const hex = (document: unknown) => Buffer.from(document as Uint8Array).toString("hex");

/** What came back with other bytes: after the insert, an update beside it, an upsert of the value, by an aggregation. */
async function changedWays({ collection }: CaseContext, _id: number, v: unknown): Promise<string[]> {
  const document = new Map<string, unknown>([
    ["_id", _id],
    ["v", v],
    ["list", [v]],
    ["in", new Map([["v", v]])],
  ]);
  const read = async (id: number) => hex((await collection.find({ _id: id as never }, { raw: true }).toArray())[0]);
  const stored = hex(BSON.serialize(document));
  await collection.insertOne(document as never);
  const inserted = await read(_id);
  await collection.updateOne({ _id: _id as never }, { $set: { z: 1 } });
  await collection.updateOne({ _id: _id as never }, { $unset: { z: 1 } });
  const updated = await read(_id);
  await collection.updateOne({ _id: -_id as never }, { $set: { v: v as never } }, { upsert: true });
  const [aggregated] = await collection.aggregate([{ $match: { _id } }], { raw: true }).toArray();
  const results: readonly (readonly [string, boolean])[] = [
    ["inserted", inserted === stored],
    ["updated", updated === stored],
    [
      "upserted",
      (await read(-_id)) ===
        hex(
          BSON.serialize(
            new Map([
              ["_id", -_id],
              ["v", v],
            ] as never),
          ),
        ),
    ],
    ["aggregated", hex(aggregated) === stored],
  ];
  return results.filter(([, isSame]) => !isSame).map(([way]) => way);
}

/** The driver makes an id of its own for null; an array, a regular expression and names with $ are refused. */
const noId = /^(array|regular|null|reference|object with)/;

const differing = /^(object with numbers for names|reference)/;

async function changedValues(
  context: CaseContext,
  isAsked: (value: (typeof values)[number]) => boolean,
): Promise<readonly (readonly [string, unknown])[]> {
  const changed: [string, unknown][] = [];
  for (const [index, value] of values.entries()) {
    if (!isAsked(value)) continue;
    const ways = await changedWays(context, index + 1, value[1]).catch(errorOf);
    if (!Array.isArray(ways) || ways.length > 0) changed.push([value[0], ways]);
  }
  return changed;
}

export const typeCases: readonly ContractCase[] = [
  {
    name: "every type comes back byte for byte",
    run: (context) => changedValues(context, ([what]) => !differing.test(what)),
    expected: [],
  },
  {
    name: "differs: the embedded store sorts names that are whole numbers, and refuses names with $",
    run: async (context) => (await changedValues(context, ([what]) => differing.test(what))).map(([what]) => what),
    expected: [],
    expectedOnEmbedded: ["object with numbers for names, unsorted", "reference"],
  },
  {
    name: "each type can be an _id, and is found by it",
    run: async ({ collection }) => {
      const failed: unknown[] = [];
      for (const [what, v] of values.filter(([name]) => !noId.test(name))) {
        const inserted = await collection.insertOne({ _id: v as never, what }).then(
          () => "inserted",
          ({ code }) => code,
        );
        const found = await collection.find({ _id: { $eq: v as never } }).toArray();
        if (inserted !== "inserted" || found[0]?.what !== what) failed.push([what, inserted, found.length]);
      }
      return failed;
    },
    // Each equals a number that was inserted before it.
    expected: [
      ["double that is a whole number", 11000, 1],
      ["long", 11000, 1],
      ["decimal, not a number", 11000, 1],
      ["decimal, minus zero", 11000, 1],
    ],
  },
  {
    name: "a zero timestamp at the top becomes the server's time",
    run: async ({ collection }) => {
      const zero = new Timestamp({ t: 0, i: 0 });
      await collection.insertOne({ _id: 1 as never, t: zero, below: { t: zero } });
      const [row] = await collection.find({}, { promoteLongs: false }).toArray();
      return [row?.t.t > 1_700_000_000, row?.below.t.t];
    },
    expected: [true, 0],
  },
  {
    name: "undefined fields of a document are not stored",
    run: async ({ collection }) => {
      await collection.insertOne({ _id: 1 as never, a: undefined, b: [undefined] }, { ignoreUndefined: true });
      return readAll(collection);
    },
    expected: [{ _id: 1, b: [null] }],
  },
  {
    name: "a deep document is kept, a deeper one refused",
    run: async ({ collection }) => {
      const deep = (levels: number): object => (levels === 0 ? {} : { a: deep(levels - 1) });
      const insert = (levels: number) =>
        collection.insertOne(deep(levels)).then(
          () => "inserted",
          ({ code }) => code,
        );
      return [await insert(100), await insert(190)];
    },
    expected: ["inserted", 15],
  },
];
