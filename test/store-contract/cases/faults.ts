// The faults that the store must survive, made by the server's own fail point: a connection that is closed or an error
// means the command was not applied; a write-concern error means that it was.
import { type Document, MongoBulkWriteError, MongoClient, MongoServerError, MongoWriteConcernError } from "mongodb";
import { majorityWrite } from "../../../src/store/coordination.ts";
import { type Failure, failCommand } from "../../helpers/fail-command.ts";
import { type CaseContext, type ContractCase, idsOf, readAll } from "../contract.ts";

type Fault = Omit<Failure, "failCommands" | "appName">;

interface Write {
  readonly command: string;
  readonly run: (context: CaseContext) => Promise<unknown>;
}

const writes: readonly Write[] = [
  { command: "insert", run: ({ collection }) => collection.insertOne({ _id: 2 as never }, majorityWrite) },
  {
    command: "insert",
    run: ({ collection }) =>
      collection.insertMany([{ _id: 2 }, { _id: 3 }] as never, { ordered: false, ...majorityWrite }),
  },
  { command: "update", run: ({ collection }) => collection.updateOne({}, { $set: { n: 2 } }, majorityWrite) },
  {
    command: "update",
    run: ({ collection }) => {
      const updateOne = { filter: { _id: 1 as never }, update: { $set: { n: 2 } } };
      return collection.bulkWrite([{ updateOne }, { updateOne }], { ordered: false, ...majorityWrite });
    },
  },
  {
    command: "findAndModify",
    run: ({ collection }) => collection.findOneAndUpdate({}, { $set: { n: 2 } }, majorityWrite),
  },
  { command: "delete", run: ({ collection }) => collection.deleteOne({}, majorityWrite) },
];

/** What became of each write while the fault lasts: the error, and whether anything was changed. */
async function tryEach(context: CaseContext, fault: Fault, tried = writes): Promise<unknown> {
  const results = [];
  for (const { command, run } of tried) {
    await context.collection.deleteMany({});
    await context.collection.insertOne({ _id: 1 as never, n: 1 });
    const error = await duringFault(context, { ...fault, failCommands: [command] }, () => run(context));
    const isUnchanged = JSON.stringify(await readAll(context.collection)) === '[{"_id":1,"n":1}]';
    results.push(`${command}: ${describe(error)}, ${isUnchanged ? "not applied" : "applied"}`);
  }
  return results;
}

async function duringFault(
  { target, appName }: CaseContext,
  failure: Omit<Failure, "appName">,
  work: () => Promise<unknown>,
  times?: number,
): Promise<unknown> {
  await using _ = await failCommand(target, { ...failure, appName }, times);
  return await work().catch((error: unknown) => error);
}

function describe(result: unknown): string {
  if (!(result instanceof Error)) return "answered";
  if (result instanceof MongoBulkWriteError && result.code === undefined) {
    return `${result.name} of ${(result.errorResponse as unknown as Error).name}`;
  }
  return result instanceof MongoServerError ? `${result.name} ${result.code}` : result.name;
}

const find = ({ collection }: CaseContext) => collection.find({}, { sort: { _id: 1 } }).toArray();
const majority = { code: 64, errmsg: "waiting for replication timed out" };

export const faultCases: readonly ContractCase[] = [
  {
    name: "a connection that is closed: nothing was applied",
    run: (context) => tryEach(context, { closeConnection: true }),
    expected: [
      "insert: MongoNetworkError, not applied",
      "insert: MongoBulkWriteError of MongoNetworkError, not applied",
      "update: MongoNetworkError, not applied",
      "update: MongoBulkWriteError of MongoNetworkError, not applied",
      "findAndModify: MongoNetworkError, not applied",
      "delete: MongoNetworkError, not applied",
    ],
  },
  ...[13, 50].map((errorCode) => ({
    name: `error ${errorCode}: nothing was applied`,
    run: (context: CaseContext) => tryEach(context, { errorCode }),
    expected: [
      `insert: MongoServerError ${errorCode}, not applied`,
      `insert: MongoBulkWriteError ${errorCode}, not applied`,
      `update: MongoServerError ${errorCode}, not applied`,
      `update: MongoBulkWriteError ${errorCode}, not applied`,
      `findAndModify: MongoServerError ${errorCode}, not applied`,
      `delete: MongoServerError ${errorCode}, not applied`,
    ],
  })),
  {
    name: "a server that is no primary any more: nothing was applied",
    // One write alone: the driver looks for the server anew, which takes half a second each time.
    run: (context) => tryEach(context, { errorCode: 10107 }, writes.slice(0, 1)),
    expected: ["insert: MongoServerError 10107, not applied"],
  },
  {
    name: "a write-concern error: all was applied",
    run: (context) => tryEach(context, { writeConcernError: majority }),
    expected: [
      "insert: MongoWriteConcernError 64, applied",
      "insert: MongoBulkWriteError 64, applied",
      "update: MongoWriteConcernError 64, applied",
      "update: MongoBulkWriteError 64, applied",
      "findAndModify: MongoWriteConcernError 64, applied",
      "delete: MongoWriteConcernError 64, applied",
    ],
  },
  {
    name: "a write-concern error keeps the rest of the answer",
    documents: [{ _id: 1 as never, n: 1 }],
    run: async (context) => {
      const { collection } = context;
      const failure = (command: string) => ({ failCommands: [command], writeConcernError: majority });
      const update = () => collection.updateOne({ _id: 1 as never }, { $set: { n: 2 } }, majorityWrite);
      const modify = () =>
        collection.findOneAndUpdate({}, { $set: { n: 3 } }, { ...majorityWrite, returnDocument: "after" });
      const insert = () => collection.insertOne({ _id: 1 as never }, majorityWrite);
      const updated = await duringFault(context, failure("update"), update);
      const modified = await duringFault(context, failure("findAndModify"), modify);
      const inserted = await duringFault(context, failure("insert"), insert);
      return [updated, modified, inserted].map((error) => {
        if (!(error instanceof MongoWriteConcernError)) return String(error);
        const { n, value, writeErrors, writeConcernError } = error.result as Document;
        return [n, value, writeErrors?.[0]?.code, writeConcernError.code, writeConcernError.errmsg];
      });
    },
    expected: [
      [1, undefined, undefined, majority.code, majority.errmsg],
      [undefined, { _id: 1, n: 3 }, undefined, majority.code, majority.errmsg],
      [0, undefined, 11000, majority.code, majority.errmsg],
    ],
  },
  {
    name: "duplicates beside a write-concern error are still told",
    documents: [{ _id: 1 as never }],
    run: async (context) => {
      const insert = () =>
        context.collection.insertMany([{ _id: 1 }, { _id: 2 }] as never, { ordered: false, ...majorityWrite });
      const failure = { failCommands: ["insert"], writeConcernError: majority };
      const error = (await duringFault(context, failure, insert)) as MongoBulkWriteError;
      return [
        error.code,
        error.result.getWriteErrors().map(({ index, code }) => [index, code]),
        error.result.insertedCount,
      ];
    },
    expected: [64, [[0, 11000]], 1],
  },
  {
    name: "one fault only: a replica set's driver repeats the write, a standalone's does not",
    run: async (context) => {
      const insert = () => context.collection.insertOne({ _id: 1 as never }, majorityWrite);
      const failure = { failCommands: ["insert"], closeConnection: true };
      return [describe(await duringFault(context, failure, insert, 1)), await readAll(context.collection)];
    },
    expected: ["MongoNetworkError", []],
    expectedOnReplicaSet: ["answered", [{ _id: 1 }]],
  },
  {
    name: "one failed read is repeated, two reach the caller",
    documents: [{ _id: 1 as never }],
    run: async (context) => {
      const failure = { failCommands: ["find"], closeConnection: true };
      return [
        await duringFault(context, failure, () => find(context), 1),
        describe(await duringFault(context, failure, () => find(context), 2)),
        await find(context),
      ];
    },
    expected: [[{ _id: 1 }], "MongoNetworkError", [{ _id: 1 }]],
  },
  {
    name: "other clients and other commands are spared",
    documents: [{ _id: 1 as never }],
    run: async (context) => {
      await using other = new MongoClient(context.target.uri, { appName: "another" });
      const { dbName, collectionName } = context.collection;
      await using _ = await failCommand(context.target, {
        failCommands: ["find"],
        appName: context.appName,
        errorCode: 13,
      });
      return [
        await context.collection.countDocuments({}),
        await idsOf(other.db(dbName).collection(collectionName).find({})),
        describe(await find(context).catch((error: unknown) => error)),
      ];
    },
    expected: [1, [1], "MongoServerError 13"],
  },
  {
    name: "an aggregation and a next batch fail alike",
    documents: [1, 2, 3].map((_id) => ({ _id: _id as never })),
    run: async (context) => {
      const { collection } = context;
      const all = () => collection.find({}, { batchSize: 1 }).toArray();
      const count = () => collection.countDocuments({});
      return [
        describe(await duringFault(context, { failCommands: ["getMore"], errorCode: 50 }, all)),
        describe(await duringFault(context, { failCommands: ["aggregate"], errorCode: 50 }, count)),
      ];
    },
    expected: ["MongoServerError 50", "MongoServerError 50"],
  },
];
