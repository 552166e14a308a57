// Commands beside reading and writing: what mongosh and administrators send, and what is refused by every server.
import { type Document, Long } from "mongodb";
import { type CaseContext, type ContractCase, errorOf, refused } from "../contract.ts";

const onAdmin = ({ client }: CaseContext, command: Document) => client.db("admin").command(command);

/** Stages of a plan, outermost first. */
function stagesOf(plan: Document | undefined): readonly string[] {
  return plan === undefined ? [] : [plan.stage, ...stagesOf(plan.inputStage)];
}

export const commandCases: readonly ContractCase[] = [
  {
    name: "hello tells the server's time and limits",
    run: async (context) => {
      const hello = await onAdmin(context, { hello: 1 });
      const { ok, isWritablePrimary, maxBsonObjectSize, maxMessageSizeBytes, maxWriteBatchSize, readOnly } = hello;
      return [
        { ok, isWritablePrimary, maxBsonObjectSize, maxMessageSizeBytes, maxWriteBatchSize, readOnly },
        Math.abs(hello.localTime.getTime() - Date.now()) < 60_000,
        hello.maxWireVersion >= 9,
        typeof hello.connectionId,
      ];
    },
    expected: [
      {
        ok: 1,
        isWritablePrimary: true,
        maxBsonObjectSize: 16_777_216,
        maxMessageSizeBytes: 48_000_000,
        maxWriteBatchSize: 100_000,
        readOnly: false,
      },
      true,
      true,
      "number",
    ],
  },
  ...["isMaster", "ismaster"].map((name) => ({
    name: `${name} answers as hello did before`,
    run: async (context: CaseContext) => (await onAdmin(context, { [name]: 1 })).ismaster,
    expected: true,
  })),
  {
    name: "ping",
    run: async (context) => (await onAdmin(context, { ping: 1 })).ok,
    expected: 1,
  },
  {
    name: "buildInfo has a version",
    run: async (context) => {
      const { version, versionArray, ok } = await onAdmin(context, { buildInfo: 1 });
      return [/^\d+\.\d+\.\d+/.test(version), versionArray.length, ok];
    },
    expected: [true, 4, 1],
  },
  {
    name: "what mongosh asks at its start is answered",
    run: async (context) => {
      const commands = [
        { getCmdLineOpts: 1 },
        { getParameter: 1, featureCompatibilityVersion: 1 },
        { getLog: "startupWarnings" },
        { connectionStatus: 1 },
        { hostInfo: 1 },
        { serverStatus: 1 },
        { whatsmyuri: 1 },
      ];
      const answers = commands.map((command) => onAdmin(context, command).then(({ ok }) => ok, errorOf));
      const names = commands.map((command) => Object.keys(command)[0]);
      return (await Promise.all(answers)).flatMap((answer, index) => (answer === 1 ? [] : [[names[index], answer]]));
    },
    expected: [],
  },
  {
    name: "databases and collections are listed",
    documents: [{ a: 1 }],
    run: async ({ collection, db, client }) => {
      const { databases } = await client.db("admin").admin().listDatabases({ nameOnly: true });
      const found = (await db.listCollections({ name: collection.collectionName }).toArray()) as Document[];
      const names = await db.listCollections({}, { nameOnly: true }).toArray();
      return [
        databases.some(({ name }) => name === db.databaseName),
        found.map(({ name, type, options, idIndex }) => [name === collection.collectionName, type, options, idIndex]),
        names.some(({ name }) => name === collection.collectionName),
      ];
    },
    expected: [true, [[true, "collection", {}, { v: 2, key: { _id: 1 }, name: "_id_" }]], true],
  },
  {
    name: "a collection is created once",
    run: async ({ collection, db }) => {
      await db.createCollection(collection.collectionName);
      return db.createCollection(collection.collectionName);
    },
    expected: refused(48),
  },
  {
    name: "a name that no collection may have is refused",
    run: async ({ db }) => {
      const codes = [];
      for (const create of ["", ".x", "a$b", "a\0b", "x".repeat(300)]) {
        codes.push(
          await db.command({ create }).then(
            () => "created",
            ({ code }) => code,
          ),
        );
      }
      return codes;
    },
    expected: [73, 73, 73, 73, 73],
  },
  {
    name: "to drop a collection that does not exist harms nobody",
    run: ({ collection }) => collection.drop(),
    expected: false,
  },
  {
    name: "the raw answers to drop and dropDatabase",
    documents: [{ a: 1 }],
    run: async ({ collection, client }) => {
      const db = client.db(`${collection.dbName}_drop`);
      await db.collection("x").insertOne({});
      const drop = await db.command({ drop: "x" });
      await db.collection("y").insertOne({});
      const dropDatabase = await db.command({ dropDatabase: 1 });
      const again = await db.command({ dropDatabase: 1 });
      return [drop.nIndexesWas, drop.ok, dropDatabase.ok, again.ok, await db.listCollections().toArray()];
    },
    expected: [1, 1, 1, 1, []],
  },
  {
    name: "a dropped collection comes back empty and without its indexes",
    documents: [{ _id: 1 as never, a: 1 }],
    indexes: [{ name: "a", key: { a: 1 }, unique: true }],
    run: async ({ collection }) => {
      await collection.drop();
      await collection.insertMany([{ a: 1 }, { a: 1 }]);
      return [await collection.countDocuments({}), (await collection.listIndexes().toArray()).length];
    },
    expected: [2, 1],
  },
  {
    name: "an unknown command is refused",
    run: ({ db }) => db.command({ nonsense: 1 }),
    expected: refused(59),
  },
  ...(
    [
      ["find", { find: "x", foo: 1 }],
      ["insert", { insert: "x", documents: [{}], foo: 1 }],
      ["update", { update: "x", updates: [{ q: {}, u: { $set: { a: 1 } } }], foo: 1 }],
      ["one update", { update: "x", updates: [{ q: {}, u: { $set: { a: 1 } }, foo: 1 }] }],
      ["delete", { delete: "x", deletes: [{ q: {}, limit: 0 }], foo: 1 }],
      ["one delete", { delete: "x", deletes: [{ q: {}, limit: 0, foo: 1 }] }],
      ["findAndModify", { findAndModify: "x", remove: true, foo: 1 }],
      ["aggregate", { aggregate: "x", pipeline: [], cursor: {}, foo: 1 }],
      ["count", { count: "x", foo: 1 }],
      ["distinct", { distinct: "x", key: "a", foo: 1 }],
      ["create", { create: "x", foo: 1 }],
      ["drop", { drop: "x", foo: 1 }],
      ["createIndexes", { createIndexes: "x", indexes: [{ key: { a: 1 }, name: "a" }], foo: 1 }],
      ["listIndexes", { listIndexes: "x", foo: 1 }],
      ["dropIndexes", { dropIndexes: "x", index: "*", foo: 1 }],
      ["listCollections", { listCollections: 1, foo: 1 }],
      ["getMore", { getMore: Long.fromNumber(1), collection: "x", foo: 1 }],
      ["killCursors", { killCursors: "x", cursors: [], foo: 1 }],
    ] as const
  ).map(([what, command]) => ({
    name: `an unknown field of ${what} is refused`,
    run: ({ db }: CaseContext) => db.command(command),
    expected: refused(40415),
  })),
  ...(
    [
      ["a filter that is no document", { find: "x", filter: 5 }, 14],
      ["a collection's name that is a number", { find: 5 }, 2],
      ["a negative limit", { find: "x", limit: -1 }, 51024],
      ["a negative skip", { find: "x", skip: -1 }, 51024],
      ["a negative batch size", { find: "x", batchSize: -1 }, 51024],
      ["a sort by a number other than 1 and -1", { find: "x", sort: { a: 2 } }, 15975],
      ["a sort by text", { find: "x", sort: { a: "up" } }, 15974],
      ["a delete without a limit", { delete: "x", deletes: [{ q: {} }] }, 40414],
      ["a delete of two", { delete: "x", deletes: [{ q: {}, limit: 2 }] }, 9],
      ["an update without a filter", { update: "x", updates: [{ u: { a: 1 } }] }, 40414],
      ["no updates", { update: "x", updates: [] }, 16],
      ["no documents", { insert: "x", documents: [] }, 16],
      ["a find and modify that does nothing", { findAndModify: "x" }, 9],
      ["an update and a removal at once", { findAndModify: "x", update: { a: 1 }, remove: true }, 9],
      ["a new document of a removal", { findAndModify: "x", remove: true, new: true }, 9],
      ["an upsert with a removal", { findAndModify: "x", remove: true, upsert: true }, 9],
      ["a pipeline without a cursor", { aggregate: "x", pipeline: [] }, 9],
      ["a pipeline that is no list", { aggregate: "x", pipeline: 5, cursor: {} }, 14],
      ["distinct without a key", { distinct: "x" }, 40414],
      ["a read concern it does not know", { find: "x", readConcern: { level: "nonsense" } }, 9],
      ["a negative time limit", { find: "x", maxTimeMS: -1 }, 2],
      ["an API it does not know", { find: "x", apiVersion: "2" }, 322],
    ] as const
  ).map(([what, command, code]) => ({
    name: `${what} is refused`,
    run: ({ db }: CaseContext) => db.command(command),
    expected: refused(code),
  })),
  {
    name: "linearizable reads are a replica set's",
    run: async ({ db, collection }) => {
      await collection.insertOne({ _id: 1 as never });
      const command = { find: collection.collectionName, readConcern: { level: "linearizable" } };
      return (await db.command(command)).cursor.firstBatch;
    },
    expected: refused(123),
    expectedOnReplicaSet: [{ _id: 1 }],
  },
  {
    name: "a change stream is a replica set's, and fails at the first look",
    run: async ({ collection }) => {
      await using stream = collection.watch();
      return await stream.tryNext();
    },
    expected: refused(40573),
    expectedOnReplicaSet: null,
  },
  {
    name: "a transaction is a replica set's, and changes nothing elsewhere",
    documents: [{ _id: 1 as never }],
    run: async ({ collection, client }) => {
      await using session = client.startSession();
      const insert = () => collection.insertOne({ _id: 2 as never }, { session });
      const result = await session.withTransaction(insert).then(() => "committed", errorOf);
      return [result, await collection.countDocuments({})];
    },
    expected: [{ failed: "MongoServerError" }, 1],
    expectedOnReplicaSet: ["committed", 2],
  },
  {
    name: "an admin command outside the admin database is refused",
    run: ({ db }) => db.command({ listDatabases: 1 }),
    expected: refused(13),
  },
  {
    name: "explain tells the index, or the scan",
    documents: Array.from({ length: 20 }, (_, n) => ({ _id: n as never, a: n, b: n })),
    indexes: [{ name: "a", key: { a: 1 } }],
    run: async ({ collection }) => {
      const explain = async (filter: Document, sort: Document = {}) => {
        const { queryPlanner } = (await collection.find(filter, { sort } as never).explain("queryPlanner")) as Document;
        return stagesOf(queryPlanner.winningPlan.queryPlan ?? queryPlanner.winningPlan).join(" ");
      };
      return [
        await explain({ a: 1 }),
        await explain({ b: 1 }),
        await explain({}, { a: -1 }),
        await explain({ _id: 1 }),
      ];
    },
    expected: ["FETCH IXSCAN", "COLLSCAN", "FETCH IXSCAN", "IDHACK"],
  },
  {
    name: "the size of a collection and of its database",
    documents: [{ _id: 1 as never }, { _id: 2 as never }],
    run: async ({ collection, db }) => {
      const stats = await db.command({ collStats: collection.collectionName });
      const all = await db.command({ dbStats: 1 });
      return [
        stats.count,
        stats.size,
        stats.avgObjSize,
        stats.nindexes,
        Object.keys(stats.indexSizes),
        all.db === db.databaseName,
        all.ok,
      ];
    },
    expected: [2, 28, 14, 1, ["_id_"], true, 1],
  },
  {
    name: "ended sessions are accepted",
    run: async ({ client }) => {
      const { ok } = await client.db("admin").command({ endSessions: [] });
      return ok;
    },
    expected: 1,
  },
];
