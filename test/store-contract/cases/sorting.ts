// One order over all types, the same with an index and without, forwards and backwards, and ties by a second field.
import {
  Binary,
  BSONRegExp,
  Code,
  Decimal128,
  type Document,
  Double,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from "mongodb";
import { type CaseContext, type ContractCase, idsOf } from "../contract.ts";

/** In MongoDB's order; equal ones share a rank. */
const ranked: readonly (readonly [rank: number, value: unknown])[] = [
  [1, new MinKey()],
  [2, []],
  [3, null],
  [3, undefined],
  [4, Number.NaN],
  [5, Number.NEGATIVE_INFINITY],
  [6, Long.MIN_VALUE],
  [7, -1],
  [8, new Double(-0)],
  [8, 0],
  [9, Decimal128.fromString("0.1")],
  [10, 0.5],
  [11, 1],
  [11, Long.fromNumber(1)],
  [11, new Double(1)],
  [11, Decimal128.fromString("1.0")],
  [12, 2 ** 53],
  [13, Long.fromString("9007199254740993")],
  [14, 1e300],
  [15, Number.POSITIVE_INFINITY],
  [16, ""],
  [17, "A"],
  [18, "a"],
  [19, "a\0b"],
  [20, "ab"],
  [21, "\uFFFD"],
  [22, "😀"],
  [23, {}],
  [24, { a: 1 }],
  [25, { a: 1, b: 1 }],
  [26, { b: 1 }],
  [27, { a: "1" }],
  [29, new Binary(Buffer.from([9]))],
  [30, new Binary(Buffer.from([1]), 5)],
  [31, new Binary(Buffer.from([1, 2]))],
  [32, new ObjectId("000000000000000000000001")],
  [33, new ObjectId("ffffffffffffffffffffffff")],
  [34, false],
  [35, true],
  [36, new Date(-1)],
  [37, new Date(0)],
  [38, new Timestamp({ t: 0, i: 1 })],
  [39, new Timestamp({ t: 4_000_000_000, i: 0 })],
  [40, new BSONRegExp("a")],
  [41, new BSONRegExp("a", "i")],
  [42, new BSONRegExp("b")],
  [43, new Code("x")],
  [45, new MaxKey()],
];

const shuffled = <T>(values: readonly T[]): T[] => values.map((_, i) => values[(i * 29 + 11) % values.length] as T);

/** Inserted in disorder; `_id` is the place in `ranked`. */
const documents: readonly Document[] = shuffled(
  ranked.map(([rank, value], _id) => ({ _id: _id as never, rank, ...(value !== undefined && { v: value }) })),
);

async function ranksBy({ collection }: CaseContext, sort: Document): Promise<number[]> {
  const rows = await collection.find({}, { sort: sort as never, projection: { rank: 1 } }).toArray();
  return rows.map(({ rank }) => rank);
}

const inOrder = ranked.map(([rank]) => rank);
const backwards = [...inOrder].reverse();

const arrays: readonly Document[] = [
  { _id: 1, a: [5, 1] },
  { _id: 2, a: 3 },
  { _id: 3, a: [] },
  { _id: 4, a: [2, 9] },
  { _id: 5 },
  { _id: 6, a: [null, 4] },
  { _id: 7, a: [[0]] },
  { _id: 8, a: ["x", 2] },
];

const nested: readonly Document[] = [
  { _id: 1, a: [{ b: 5 }, { b: 1 }] },
  { _id: 2, a: { b: 3 } },
  { _id: 3, a: [{ c: 1 }, { b: 9 }] },
  { _id: 4, a: 7 },
  { _id: 5, a: [] },
  { _id: 6, a: { b: [4, 2] } },
];

const ties: readonly Document[] = [3, 1, 2, 6, 5, 4].map((n) => ({ _id: n, a: n % 2, b: n < 4 ? "x" : "y" }));

interface SortProbe {
  readonly name: string;
  readonly documents: readonly Document[];
  readonly sort: Readonly<Record<string, 1 | -1>>;
  readonly expected: readonly unknown[];
}

const probes: readonly SortProbe[] = [
  {
    name: "arrays by their least element",
    documents: arrays,
    sort: { a: 1, _id: 1 },
    expected: [3, 5, 6, 1, 4, 8, 2, 7],
  },
  {
    name: "arrays by their greatest element, backwards",
    documents: arrays,
    sort: { a: -1, _id: 1 },
    expected: [7, 8, 4, 1, 6, 2, 5, 3],
  },
  { name: "paths into arrays", documents: nested, sort: { "a.b": 1, _id: 1 }, expected: [3, 4, 5, 1, 6, 2] },
  {
    name: "paths into arrays, backwards",
    documents: nested,
    sort: { "a.b": -1, _id: 1 },
    expected: [3, 1, 6, 2, 4, 5],
  },
  { name: "a path by position", documents: nested, sort: { "a.0.b": 1, _id: 1 }, expected: [2, 3, 4, 5, 6, 1] },
  { name: "ties by further fields", documents: ties, sort: { a: 1, b: -1, _id: 1 }, expected: [4, 6, 2, 5, 1, 3] },
  { name: "ties by _id backwards", documents: ties, sort: { b: 1, _id: -1 }, expected: [3, 2, 1, 6, 5, 4] },
];

export const sortCases: readonly ContractCase[] = [
  {
    name: "all types, with an index and without",
    documents,
    run: async (context) => {
      const orders = [
        await ranksBy(context, { v: 1, _id: 1 }),
        await ranksBy(context, { v: -1, _id: -1 }),
        await ranksBy(context, { v: 1 }),
        await ranksBy(context, { v: -1 }),
      ];
      await context.collection.createIndex({ v: 1 });
      orders.push(await ranksBy(context, { v: 1 }), await ranksBy(context, { v: -1 }));
      return orders;
    },
    expected: [inOrder, backwards, inOrder, backwards, inOrder, backwards],
  },
  {
    name: "all types, found by a range over each type",
    documents,
    indexes: [{ name: "v", key: { v: 1 } }],
    run: async ({ collection }) => {
      const ranks = async (v: unknown) => {
        const rows = await collection.find({ v: v as never }, { sort: { _id: 1 }, projection: { rank: 1 } }).toArray();
        return rows.map(({ rank }) => rank);
      };
      return [
        await ranks({ $gt: 0 }),
        await ranks({ $lte: 0 }),
        await ranks({ $gte: "a" }),
        await ranks({ $gt: {} }),
        await ranks({ $gte: new Date(0) }),
        await ranks({ $lt: true }),
        await ranks({ $gte: new MinKey() }),
        await ranks({ $lt: new Binary(Buffer.from([1, 2])) }),
      ];
    },
    expected: [
      [9, 10, 11, 11, 11, 11, 12, 13, 14, 15],
      [5, 6, 7, 8, 8],
      [18, 19, 20, 21, 22],
      [24, 25, 26, 27],
      [37],
      [34],
      inOrder,
      [29, 30],
    ],
  },
  ...probes.map(({ name, documents: rows, sort, expected }) => ({
    name: `${name}, with an index and without`,
    documents: rows,
    run: async ({ collection }: CaseContext) => {
      const find = () => idsOf(collection.find({}, { sort }));
      const without = await find();
      await collection.createIndex(sort);
      return [without, await find()];
    },
    expected: [expected, expected],
  })),
];
