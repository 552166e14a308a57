// Unique indexes decide races, so what they refuse and what they let pass is the contract's heart.
import { type Document, Double, type IndexDescription, Long, MongoServerError } from "mongodb";
import { indexDefinitions } from "../../../src/store/indexes.ts";
import { type CaseContext, type ContractCase, refused } from "../contract.ts";

type Result = "inserted" | readonly [string, Document];

/** One insert after the other: "inserted", or the index and the key that refused it. */
async function insertEach({ collection }: CaseContext, documents: readonly Document[]): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const document of documents) {
    const result = await collection.insertOne({ ...document }).then(
      (): Result => "inserted",
      (error): Result => {
        if (!(error instanceof MongoServerError)) throw error;
        if (error.code !== 11_000) return [`code ${error.code}`, {}];
        return [/ index: (\S+) dup key/.exec(error.message)?.[1] ?? "", error.keyValue];
      },
    );
    results.push(result);
  }
  return results;
}

interface UniqueCase {
  readonly name: string;
  readonly index: IndexDescription;
  readonly documents: readonly Document[];
  readonly expected: readonly Result[];
}

const a = { name: "a", key: { a: 1 }, unique: true } as const;

const uniqueCases: readonly UniqueCase[] = [
  {
    name: "equal numbers are equal whatever their type",
    index: a,
    documents: [{ a: 1 }, { a: Long.fromNumber(1) }, { a: new Double(1) }, { a: 1.5 }, { a: "1" }, { a: true }],
    expected: ["inserted", ["a", { a: 1 }], ["a", { a: 1 }], "inserted", "inserted", "inserted"],
  },
  {
    name: "null and missing are one value",
    index: a,
    documents: [{ b: 1 }, { a: null }, {}, { a: 0 }],
    expected: ["inserted", ["a", { a: null }], ["a", { a: null }], "inserted"],
  },
  {
    name: "each element of an array counts, within one document only once",
    index: a,
    documents: [{ a: [1, 2, 2] }, { a: 2 }, { a: [3, 1] }, { a: [] }, { a: [[1, 2]] }, { a: [4, 4] }],
    expected: ["inserted", ["a", { a: 2 }], ["a", { a: 1 }], "inserted", "inserted", "inserted"],
  },
  {
    name: "embedded documents are compared with the order of their fields",
    index: a,
    documents: [{ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }, { a: { x: 1, y: 2 } }],
    expected: ["inserted", "inserted", ["a", { a: { x: 1, y: 2 } }]],
  },
  {
    name: "several fields count together",
    index: { name: "ab", key: { a: 1, b: -1 }, unique: true },
    documents: [
      { a: 1, b: 1 },
      { a: 1, b: 2 },
      { a: 1 },
      { a: 1, b: null },
      { a: [5, 6], b: 1 },
      { a: 6, b: 1 },
      { a: [7], b: [8] },
    ],
    expected: [
      "inserted",
      "inserted",
      "inserted",
      ["ab", { a: 1, b: null }],
      "inserted",
      ["ab", { a: 6, b: 1 }],
      ["code 171", {}],
    ],
  },
  {
    name: "a path reaches into objects and arrays of objects",
    index: { name: "ax", key: { "a.x": 1 }, unique: true },
    documents: [{ a: { x: 1 } }, { a: [{ x: 2 }, { x: 3 }] }, { a: { x: 3 } }, { a: 1 }, { a: 2 }],
    expected: ["inserted", "inserted", ["ax", { "a.x": 3 }], "inserted", ["ax", { "a.x": null }]],
  },
  {
    name: "a partial index refuses only among what it holds",
    index: { ...a, partialFilterExpression: { status: "running", exclusive: true } },
    documents: [
      { a: 1, status: "running", exclusive: true },
      { a: 1, status: "success", exclusive: true },
      { a: 1, status: "running", exclusive: false },
      { a: 1, status: "running", exclusive: 1 },
      { a: 1, status: "running" },
      { a: 1, status: "running", exclusive: true },
      { a: 2, status: "running", exclusive: true },
    ],
    expected: ["inserted", "inserted", "inserted", "inserted", "inserted", ["a", { a: 1 }], "inserted"],
  },
  {
    name: "a partial index by type leaves other types alone",
    index: { ...a, partialFilterExpression: { a: { $type: "string" } } },
    documents: [{ a: "x" }, { a: "x" }, { a: 5 }, { a: 5 }, {}, {}, { a: ["x"] }],
    expected: ["inserted", ["a", { a: "x" }], "inserted", "inserted", "inserted", "inserted", ["a", { a: "x" }]],
  },
  {
    name: "a sparse index leaves out what has no field, and holds null",
    index: { ...a, sparse: true },
    documents: [{}, {}, { a: null }, { a: null }],
    expected: ["inserted", "inserted", "inserted", ["a", { a: null }]],
  },
];

const listed = async ({ collection }: CaseContext) => (await collection.listIndexes().toArray()) as Document[];

export const indexCases: readonly ContractCase[] = [
  ...uniqueCases.map(({ name, index, documents, expected }) => ({
    name: `unique: ${name}`,
    indexes: [index],
    run: (context: CaseContext) => insertEach(context, documents),
    expected,
  })),
  {
    name: "an update is refused by a unique index too, and changes nothing",
    indexes: [a],
    documents: [
      { _id: 1 as never, a: 1 },
      { _id: 2 as never, a: 2 },
    ],
    run: async ({ collection }) => {
      const update = collection.updateOne({ _id: 2 as never }, { $set: { b: 5, a: 1 } });
      const error = await update.catch(({ code, keyValue }) => ({ code, keyValue }));
      return [error, await collection.findOne({ _id: 2 as never })];
    },
    expected: [
      { code: 11000, keyValue: { a: 1 } },
      { _id: 2, a: 2 },
    ],
  },
  {
    name: "a key that was deleted, moved, or left the partial index is free again",
    indexes: [{ ...a, partialFilterExpression: { on: true } }],
    documents: [1, 2, 3].map((n) => ({ _id: n as never, a: n, on: true })),
    run: async (context) => {
      await context.collection.deleteOne({ _id: 1 as never });
      await context.collection.updateOne({ _id: 2 as never }, { $set: { a: 9 } });
      await context.collection.updateOne({ _id: 3 as never }, { $set: { on: false } });
      return insertEach(
        context,
        [1, 2, 3, 9].map((n) => ({ a: n, on: true })),
      );
    },
    expected: ["inserted", "inserted", "inserted", ["a", { a: 9 }]],
  },
  {
    name: "our own indexes are created as they are written down, and listed so",
    run: async ({ db }) => {
      const result: Document = {};
      for (const { collection, name, key, options } of indexDefinitions) {
        const created = await db.collection(collection).createIndex({ ...key }, { name, ...options });
        const again = await db.collection(collection).createIndex({ ...key }, { name, ...options });
        const found = await db.collection(collection).listIndexes().toArray();
        result[`${collection}.${name}`] = [created, again, found.find((index) => index.name === name)];
      }
      return result;
    },
    expected: Object.fromEntries(
      indexDefinitions.map(({ collection, name, key, options }) => [
        `${collection}.${name}`,
        [name, name, { v: 2, key, name, ...options }],
      ]),
    ),
  },
  {
    name: "indexes of a collection that does not exist",
    run: ({ collection }) => collection.listIndexes().toArray(),
    expected: refused(26),
  },
  {
    name: "a new collection has the index on _id",
    documents: [{ a: 1 }],
    run: listed,
    expected: [{ v: 2, key: { _id: 1 }, name: "_id_" }],
  },
  {
    name: "a name is made from the key",
    run: async ({ collection }) => [
      await collection.createIndex({ a: 1, "b.c": -1 }),
      await collection.createIndexes([{ key: { x: 1 } }, { key: { y: 1 }, name: "why" }]),
    ],
    expected: ["a_1_b.c_-1", ["x_1", "why"]],
  },
  {
    name: "the raw answer to createIndexes",
    run: async ({ collection, db }) => {
      const command = { createIndexes: collection.collectionName, indexes: [{ key: { a: 1 }, name: "a" }] };
      const answers = [await db.command(command), await db.command(command)];
      return answers.map(({ numIndexesBefore, numIndexesAfter, createdCollectionAutomatically, note, ok }) => ({
        numIndexesBefore,
        numIndexesAfter,
        createdCollectionAutomatically,
        note,
        ok,
      }));
    },
    expected: [
      { numIndexesBefore: 1, numIndexesAfter: 2, createdCollectionAutomatically: true, note: undefined, ok: 1 },
      {
        numIndexesBefore: 2,
        numIndexesAfter: 2,
        createdCollectionAutomatically: undefined,
        note: "all indexes already exist",
        ok: 1,
      },
    ],
  },
];
