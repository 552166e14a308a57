// Claims and new documents: who comes first is decided by a unique index, and the loser is told so in a form that the
// driver and the store can read.
import { type Document, MongoBulkWriteError, MongoClient, MongoServerError } from "mongodb";
import { majorityRead, majorityWrite } from "../../../src/store/coordination.ts";
import { type CaseContext, type ContractCase, duplicateText, idsOf, readAll, refused } from "../contract.ts";

const unordered = { ordered: false, ...majorityWrite } as const;

/** As the index that refuses a second running run of an exclusive job. */
const oneRunning = {
  name: "one_running",
  key: { job_id: 1 },
  unique: true,
  partialFilterExpression: { status: "running", exclusive: true },
};
const run = (_id: string, job_id: unknown) => ({ _id: _id as never, job_id, status: "running", exclusive: true });

/** What the store reads from an unordered batch: which were refused, by which index, and how many went in. */
async function insertMany({ collection }: CaseContext, documents: Document[]): Promise<unknown> {
  try {
    return (await collection.insertMany(documents, unordered)).insertedCount;
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError)) throw error;
    return {
      code: error.code,
      inserted: error.result.insertedCount,
      lost: [error.writeErrors].flat().map(({ index, code, errmsg }) => [index, code, duplicateText(errmsg)]),
    };
  }
}

const duplicateOf = (index: string, key: string) =>
  `E11000 duplicate key error collection: coll index: ${index} dup key: { ${key} }`;

/** Every client claims every key in one unordered batch; who won is read from the write errors alone. */
async function claimAll({ collection, target }: CaseContext, keys: number, clients: number): Promise<unknown> {
  await using stack = new AsyncDisposableStack();
  const claimers = Array.from({ length: clients }, () => stack.use(new MongoClient(target.uri)));
  await Promise.all(claimers.map((client) => client.connect()));
  const claims = claimers.map(async (client, claimer) => {
    const documents = Array.from({ length: keys }, (_, key) => ({ _id: `run-${key}` as never, claim_id: claimer }));
    const lost = new Set<number>();
    try {
      await client.db(collection.dbName).collection(collection.collectionName).insertMany(documents, unordered);
    } catch (error) {
      if (!(error instanceof MongoBulkWriteError)) throw error;
      for (const { index } of [error.writeErrors].flat()) lost.add(index);
    }
    return documents.filter((_, index) => !lost.has(index));
  });
  const won = (await Promise.all(claims)).flat();
  const stored = await collection.find({}, majorityRead).toArray();
  const agreed = won.filter(({ _id, claim_id }) => stored.some((one) => one._id === _id && one.claim_id === claim_id));
  return { stored: stored.length, won: won.length, agreed: agreed.length };
}

export const insertCases: readonly ContractCase[] = [
  {
    name: "an unordered batch goes in as a whole",
    run: async (context) => [
      await insertMany(context, [{ _id: 1 }, { _id: 2 }] as never),
      await readAll(context.collection),
    ],
    expected: [2, [{ _id: 1 }, { _id: 2 }]],
  },
  {
    name: "an unordered batch tells each loser by position and index, and inserts the rest",
    indexes: [oneRunning],
    documents: [run("b", 2), run("x", 9)],
    run: async (context) => [
      await insertMany(context, [run("a", 1), run("b", 3), run("c", 9), run("d", 4), run("e", 4)]),
      await idsOf(context.collection.find({}, { sort: { _id: 1 } })),
    ],
    expected: [
      {
        code: 11000,
        inserted: 2,
        lost: [
          [1, 11000, duplicateOf("_id_", '_id: "b"')],
          [2, 11000, duplicateOf("one_running", "job_id: 9")],
          [4, 11000, duplicateOf("one_running", "job_id: 4")],
        ],
      },
      ["a", "b", "d", "x"],
    ],
  },
  {
    name: "a document that breaks both indexes is told to break _id_",
    indexes: [oneRunning],
    documents: [run("b", 2)],
    run: (context) => insertMany(context, [run("b", 2), run("b", 2)]),
    expected: {
      code: 11000,
      inserted: 0,
      lost: [
        [0, 11000, duplicateOf("_id_", '_id: "b"')],
        [1, 11000, duplicateOf("_id_", '_id: "b"')],
      ],
    },
  },
  {
    name: "an ordered batch stops at its first error",
    documents: [{ _id: 2 as never }],
    run: async ({ collection }) => {
      const error = await collection
        .insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }] as never)
        .catch((thrown) => thrown);
      return [error.code, error.result.insertedCount, await idsOf(collection.find({}, { sort: { _id: 1 } }))];
    },
    expected: [11000, 1, [1, 2]],
  },
  {
    name: "a single insert refused by _id names key and value",
    documents: [{ _id: "r@1" as never }],
    run: ({ collection }) => collection.insertOne({ _id: "r@1" as never }, majorityWrite),
    expected: {
      refused: 11000,
      keyPattern: { _id: 1 },
      keyValue: { _id: "r@1" },
      errmsg: duplicateOf("_id_", '_id: "r@1"'),
    },
  },
  {
    name: "a single insert refused by another index names that index",
    indexes: [oneRunning],
    documents: [run("a", "job")],
    run: ({ collection }) => collection.insertOne(run("b", "job"), majorityWrite),
    expected: {
      refused: 11000,
      keyPattern: { job_id: 1 },
      keyValue: { job_id: "job" },
      errmsg: duplicateOf("one_running", 'job_id: "job"'),
    },
  },
  {
    name: "the answer to an insert says what was done",
    run: async ({ collection, db }) => {
      const command = { insert: collection.collectionName, documents: [{ _id: 1 }, { _id: 2 }], ordered: false };
      const { n, ok, writeErrors } = await db.command(command);
      return { n, ok, writeErrors };
    },
    expected: { n: 2, ok: 1, writeErrors: undefined },
  },
  {
    name: "_id comes first in what is stored, and is made by the server where it is missing",
    run: async ({ collection, db }) => {
      await db.command({ insert: collection.collectionName, documents: [{ a: 1, _id: 5 }, { a: 2 }] });
      const [given, made] = await collection.find({}, { sort: { a: 1 } }).toArray();
      return [Object.keys(given ?? {}), Object.keys(made ?? {}), made?._id.constructor.name];
    },
    expected: [["_id", "a"], ["_id", "a"], "ObjectId"],
  },
  ...(
    [
      ["an array", [1], 53],
      ["a regular expression", /x/, 53],
      ["an object with an operator", { $x: 1 }, 52],
    ] as const
  ).map(([what, _id, code]) => ({
    name: `${what} is no _id`,
    run: ({ collection }: CaseContext) => collection.insertOne({ _id: _id as never }),
    expected: refused(code),
  })),
  ...([{ "a.b": 1 }, { "": 1 }] as const).map((fields) => ({
    name: `an odd field name is kept as it is: ${JSON.stringify(fields)}`,
    run: insertAndFind(fields),
    expected: { _id: 1, ...fields },
  })),
  ...([{ $a: 1 }, { a: { $b: 1 } }] as const).map((fields) => ({
    name: `differs: a field name that begins with $ is refused by the embedded store: ${JSON.stringify(fields)}` as const,
    run: insertAndFind(fields),
    expected: { _id: 1, ...fields },
    expectedOnEmbedded: refused(52),
  })),
  {
    name: "a document above 16 MB is refused and the connection lives on",
    run: async ({ collection }) => {
      const large = { _id: 1 as never, text: "x".repeat(17_000_000) };
      const error = await collection.insertOne(large, majorityWrite).catch((thrown: unknown) => thrown);
      return [error instanceof MongoServerError && error.code, await collection.countDocuments({})];
    },
    expected: [10334, 0],
  },
  {
    name: "of 20 clients that claim 200 keys exactly one gets each",
    run: (context) => claimAll(context, 200, 20),
    expected: { stored: 200, won: 200, agreed: 200 },
  },
];

function insertAndFind(fields: Document): (context: CaseContext) => Promise<unknown> {
  return async ({ collection }) => {
    await collection.insertOne({ _id: 1 as never, ...fields });
    return collection.findOne({});
  };
}
