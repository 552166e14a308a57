// In place of the driver: what `src/store/` calls of `Db`, `Collection` and `MongoClient`, turned into commands, and
// replies turned into the driver's results and errors. A real driver on sockets can't be replayed.
import { type Document, MongoServerError, MongoWriteConcernError } from "mongodb";
import { openCollections } from "../../src/store/collections.ts";
import type { Store } from "../../src/store/connect.ts";
import { type Message, messageOf } from "./message.ts";

/** Sends a command and gives the server's reply; rejects as the driver does when the network fails. */
export type Send = (message: Message) => Promise<Document>;

interface Options extends Document {
  readonly raw?: boolean;
}

/** A store as `connectStore` gives it, whose every operation is one command through `send`. */
export function standInStore(send: Send, dbName: string): Store {
  const run =
    (db: string) =>
    async (body: Document, documents: readonly object[] | null = null, raw = false) => {
      const reply = await send(messageOf({ ...body, $db: db }, documents, raw));
      if (reply.ok !== 1) throw new MongoServerError(reply);
      // The driver throws it for every command, write errors or not.
      if (reply.writeConcernError !== undefined) throw new MongoWriteConcernError(reply as never);
      return reply;
    };
  const openDb = (name: string): Document => {
    const runHere = run(name);
    return {
      databaseName: name,
      command: ({ documents, ...body }: Document) => runHere(body, documents ?? null),
      collection: (collectionName: string) => standInCollection(runHere, name, collectionName),
    };
  };
  const db = openDb(dbName);
  const close = () => Promise.resolve();
  return {
    ...openCollections(db as Store["db"]),
    client: { db: openDb } as unknown as Store["client"],
    db: db as Store["db"],
    serverVersion: "7.0.0",
    isReplicaSet: false,
    onTopologyChange: () => () => undefined,
    close,
    [Symbol.asyncDispose]: close,
  };
}

type Run = (body: Document, documents?: readonly object[] | null, raw?: boolean) => Promise<Document>;

function standInCollection(run: Run, dbName: string, name: string): Document {
  const change = async (statement: Document, options: Options) => {
    const reply = await run({ update: name, updates: [{ ...statement, ...upsertOf(options) }], ...writeOf(options) });
    throwWriteError(reply);
    const upserted = reply.upserted?.[0];
    return {
      acknowledged: true,
      matchedCount: upserted === undefined ? reply.n : 0,
      modifiedCount: reply.nModified,
      upsertedCount: upserted === undefined ? 0 : 1,
      upsertedId: upserted?._id ?? null,
    };
  };
  const remove = async (q: Document, limit: number, options: Options) => {
    const reply = await run({ delete: name, deletes: [{ q, limit }], ...writeOf(options) });
    throwWriteError(reply);
    return { acknowledged: true, deletedCount: reply.n };
  };
  const findAndModify = async (query: Document, fields: Document, options: Options) => {
    const { sort, projection } = options;
    const order = { ...(sort ? { sort } : {}), ...(projection ? { fields: projection } : {}) };
    const reply = await run({
      findAndModify: name,
      query,
      ...fields,
      ...order,
      ...upsertOf(options),
      ...writeOf(options),
    });
    return reply.value ?? null;
  };
  const find = (filter: Document = {}, options: Options = {}) => {
    const { sort, projection, limit, skip, raw } = options;
    const more = { ...(sort ? { sort } : {}), ...(projection ? { projection } : {}) };
    return cursor(() =>
      run(
        { find: name, filter, ...more, limit: limit ?? 0, skip: skip ?? 0, batchSize: allAtOnce, ...readOf(options) },
        null,
        raw,
      ),
    );
  };
  return {
    dbName,
    collectionName: name,
    find,
    findOne: async (filter: Document, options: Options = {}) =>
      (await find(filter, { ...options, limit: 1 }).toArray())[0] ?? null,
    // The embedded store has no change streams: the first read is refused, as on any standalone server.
    watch: () => ({
      ...cursor(() => run({ aggregate: name, pipeline: [{ $changeStream: {} }], cursor: {} })),
      once: () => undefined,
      close: () => Promise.resolve(),
    }),
    aggregate: (pipeline: readonly Document[], options: Options = {}) =>
      cursor(() => run({ aggregate: name, pipeline, cursor: { batchSize: allAtOnce }, ...readOf(options) })),
    insertOne: async (document: Document, options: Options = {}) => {
      const reply = await run({ insert: name, ...writeOf(options) }, [document]);
      throwWriteError(reply);
      return { acknowledged: true, insertedId: document._id };
    },
    updateOne: (q: Document, u: unknown, options: Options = {}) => change({ q, u }, options),
    replaceOne: (q: Document, u: Document, options: Options = {}) => change({ q, u }, options),
    updateMany: (q: Document, u: unknown, options: Options = {}) => change({ q, u, multi: true }, options),
    deleteOne: (q: Document, options: Options = {}) => remove(q, 1, options),
    deleteMany: (q: Document, options: Options = {}) => remove(q, 0, options),
    findOneAndUpdate: (query: Document, update: unknown, options: Options = {}) =>
      findAndModify(query, { update, new: options.returnDocument === "after" }, options),
    findOneAndReplace: (query: Document, update: unknown, options: Options = {}) =>
      findAndModify(query, { update, new: options.returnDocument === "after" }, options),
    countDocuments: async (filter: Document, options: Options = {}) => (await find(filter, options).toArray()).length,
    listIndexes: () => cursor(() => run({ listIndexes: name, cursor: { batchSize: allAtOnce } })),
    createIndex: async (key: Document, { name: index, ...options }: Document) =>
      void (await run({ createIndexes: name, indexes: [{ key, name: index, ...options }] })),
  };
}

/** No world holds more documents in a collection: a reply is never the first of many. */
const allAtOnce = 1_000_000;

interface StandInCursor extends AsyncIterable<Document> {
  toArray(): Promise<Document[]>;
}

function cursor(ask: () => Promise<Document>): StandInCursor {
  const toArray = async (): Promise<Document[]> => (await ask()).cursor.firstBatch;
  return {
    toArray,
    async *[Symbol.asyncIterator]() {
      yield* await toArray();
    },
  };
}

function throwWriteError(reply: Document): void {
  const [first] = reply.writeErrors ?? [];
  if (first !== undefined) throw new MongoServerError(first);
}

function upsertOf({ upsert }: Options): Document {
  return upsert === undefined ? {} : { upsert };
}

function writeOf({ writeConcern, maxTimeMS }: Options): Document {
  const { w, wtimeoutMS } = writeConcern ?? {};
  const concern =
    writeConcern === undefined ? {} : { writeConcern: { w, ...(wtimeoutMS ? { wtimeout: wtimeoutMS } : {}) } };
  return { ...concern, ...(maxTimeMS === undefined ? {} : { maxTimeMS }) };
}

function readOf({ readConcern, maxTimeMS }: Options): Document {
  return { ...(readConcern ? { readConcern } : {}), ...(maxTimeMS === undefined ? {} : { maxTimeMS }) };
}
