// Indexes that cannot be made: another is in the way, the documents break them, or nobody knows what they mean.
import type { Document, IndexDescription } from "mongodb";
import { type CaseContext, type ContractCase, refused } from "../contract.ts";

const a = { name: "a", key: { a: 1 }, unique: true } as const;
const namesOf = async ({ collection }: CaseContext) =>
  ((await collection.listIndexes().toArray()) as Document[]).map(({ name }) => name);

export const indexConflictCases: readonly ContractCase[] = [
  ...(
    [
      ["the same name on another key", { key: { b: 1 }, name: "a" }, 86],
      ["the same key under another name", { key: { a: 1 }, name: "other", unique: true }, 85],
      ["the same key and name, not unique", { key: { a: 1 }, name: "a" }, 86],
      [
        "the same key and name with another condition",
        { key: { a: 1 }, name: "a", unique: true, partialFilterExpression: { a: 1 } },
        86,
      ],
      ["the same key and name, expiring", { key: { a: 1 }, name: "a", unique: true, expireAfterSeconds: 5 }, 85],
    ] as const
  ).map(([what, index, code]) => ({
    name: `an index in the way: ${what}`,
    indexes: [a],
    run: ({ collection }: CaseContext) => collection.createIndexes([index as IndexDescription]),
    expected: refused(code),
  })),
  {
    name: "a plain index beside a unique one on the same key",
    indexes: [a],
    run: ({ collection }) => collection.createIndex({ a: 1 }, { name: "plain" }),
    expected: "plain",
  },
  {
    name: "an index that expires cannot be made again with another span",
    indexes: [{ name: "at", key: { at: 1 }, expireAfterSeconds: 60 }],
    run: ({ collection }) => collection.createIndex({ at: 1 }, { name: "at", expireAfterSeconds: 61 }),
    expected: refused(85),
  },
  {
    name: "a unique index is not made over duplicates, and leaves nothing behind",
    documents: [{ a: 1 }, { a: 1 }],
    run: async (context) => {
      const error = await context.collection.createIndexes([a]).catch(({ code, keyPattern }) => ({ code, keyPattern }));
      return [error, await namesOf(context)];
    },
    expected: [{ code: 11000, keyPattern: { a: 1 } }, ["_id_"]],
  },
  ...(
    [
      ["no key", { key: {}, name: "x" }, 67],
      ["a direction of 0", { key: { a: 0 }, name: "x" }, 67],
      ["a direction as text", { key: { a: "up" }, name: "x" }, 67],
      ["an empty field", { key: { "": 1 }, name: "x" }, 67],
      ["a field with a dollar", { key: { $a: 1 }, name: "x" }, 67],
      ["an unknown option", { key: { a: 1 }, name: "x", foo: 1 }, 197],
      ["a negative span", { key: { a: 1 }, name: "x", expireAfterSeconds: -1 }, 67],
      ["a span over two fields", { key: { a: 1, b: 1 }, name: "x", expireAfterSeconds: 1 }, 67],
      ["sparse and partial", { key: { a: 1 }, name: "x", sparse: true, partialFilterExpression: { a: 1 } }, 67],
      [
        "an operator partial indexes do not have",
        { key: { a: 1 }, name: "x", partialFilterExpression: { a: { $ne: 1 } } },
        67,
      ],
      ["no name", { key: { a: 1 } }, 9],
      ["text for unique", { key: { a: 1 }, name: "x", unique: "yes" }, 14],
    ] as const
  ).map(([what, index, code]) => ({
    name: `an index with ${what} is refused`,
    run: async ({ collection, db }: CaseContext) => {
      const command = { createIndexes: collection.collectionName, indexes: [index] };
      return db.command(command);
    },
    expected: refused(code),
  })),
  {
    name: "dropping indexes",
    indexes: [a, { name: "b", key: { b: 1 } }, { name: "c", key: { c: 1 } }],
    run: async (context) => {
      const { db, collection } = context;
      const drop = (index: unknown) =>
        db.command({ dropIndexes: collection.collectionName, index }).then(
          ({ nIndexesWas }) => nIndexesWas,
          ({ code }) => `code ${code}`,
        );
      return [
        await drop("a"),
        await namesOf(context),
        await drop("none"),
        await drop("_id_"),
        await drop({ b: 1 }),
        await drop("*"),
        await namesOf(context),
      ];
    },
    expected: [4, ["_id_", "b", "c"], "code 27", "code 72", 3, 2, ["_id_"]],
  },
];
