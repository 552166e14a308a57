// Results in several batches.
import { type Document, Long } from "mongodb";
import { type CaseContext, type ContractCase, idsOf, refused } from "../contract.ts";

const some = (count: number) => Array.from({ length: count }, (_, n) => ({ _id: n as never, n }));
const large = (count: number, megabytes: number) =>
  Array.from({ length: count }, (_, n) => ({ _id: n as never, text: "x".repeat(megabytes * 1024 * 1024) }));

interface Batch {
  readonly id: Long;
  readonly documents: Document[];
  readonly ns: string;
}

async function first({ db, collection }: CaseContext, options: Document = {}): Promise<Batch> {
  const command = { find: collection.collectionName, ...options };
  return batchOf(await db.command(command, { promoteLongs: false }), "firstBatch");
}

async function next({ db, collection }: CaseContext, id: Long, options: Document = {}): Promise<Batch> {
  const command = { getMore: id, collection: collection.collectionName, ...options };
  return batchOf(await db.command(command, { promoteLongs: false }), "nextBatch");
}

const batchOf = ({ cursor }: Document, field: string): Batch => ({
  id: cursor.id,
  documents: cursor[field],
  ns: cursor.ns,
});
const sizeOf = ({ id, documents }: Batch) => [documents.length, id.isZero() ? "ended" : "open"];

export const cursorCases: readonly ContractCase[] = [
  {
    name: "the first batch holds 101 documents, the next all others",
    documents: some(250),
    run: async (context) => {
      const one = await first(context);
      const two = await next(context, one.id);
      return [sizeOf(one), sizeOf(two), one.ns === two.ns && one.ns === context.collection.namespace];
    },
    expected: [[101, "open"], [149, "ended"], true],
  },
  {
    name: "differs: a first batch that holds all 101 leaves a cursor, which is empty",
    documents: some(101),
    run: async (context) => sizeOf(await first(context)),
    expected: [101, "open"],
    expectedOnEmbedded: [101, "ended"],
  },
  {
    name: "batches of a size asked for",
    documents: some(10),
    run: async (context) => {
      const one = await first(context, { batchSize: 4 });
      const two = await next(context, one.id, { batchSize: 4 });
      const three = await next(context, one.id, { batchSize: 4 });
      return [sizeOf(one), sizeOf(two), sizeOf(three)];
    },
    expected: [
      [4, "open"],
      [4, "open"],
      [2, "ended"],
    ],
  },
  {
    name: "differs: a full last batch leaves a cursor, which is empty",
    documents: some(8),
    run: async (context) => {
      const one = await first(context, { batchSize: 4 });
      const two = await next(context, one.id, { batchSize: 4 });
      return [sizeOf(one), sizeOf(two), two.id.isZero() ? null : sizeOf(await next(context, one.id, { batchSize: 4 }))];
    },
    expected: [
      [4, "open"],
      [4, "open"],
      [0, "ended"],
    ],
    expectedOnEmbedded: [[4, "open"], [4, "ended"], null],
  },
  {
    name: "a first batch of none opens the cursor",
    documents: some(3),
    run: async (context) => {
      const one = await first(context, { batchSize: 0 });
      return [sizeOf(one), sizeOf(await next(context, one.id))];
    },
    expected: [
      [0, "open"],
      [3, "ended"],
    ],
  },
  {
    name: "a single batch leaves no cursor",
    documents: some(10),
    run: async (context) => sizeOf(await first(context, { batchSize: 4, singleBatch: true })),
    expected: [4, "ended"],
  },
  {
    name: "a limit ends the cursor",
    documents: some(10),
    run: async (context) => {
      const one = await first(context, { batchSize: 2, limit: 3 });
      return [sizeOf(one), sizeOf(await next(context, one.id))];
    },
    expected: [
      [2, "open"],
      [1, "ended"],
    ],
  },
  {
    name: "the driver reads 1,000 documents in order, by any batch size",
    documents: some(1_000),
    run: async ({ collection }) => {
      const all = some(1_000).map(({ _id }) => _id);
      const results = [];
      for (const batchSize of [1, 7, 1_000, 5_000]) {
        const read = await idsOf(collection.find({}, { sort: { n: 1 }, batchSize }));
        results.push(JSON.stringify(read) === JSON.stringify(all));
      }
      return results;
    },
    expected: [true, true, true, true],
  },
  {
    name: "a batch never exceeds 16 MB",
    documents: large(5, 5),
    run: async (context) => {
      const one = await first(context, { batchSize: 1_000 });
      const two = await next(context, one.id);
      return [sizeOf(one), sizeOf(two), (await idsOf(context.collection.find({}))).length];
    },
    expected: [[3, "open"], [2, "ended"], 5],
  },
  {
    name: "an aggregation is read in batches, too",
    documents: some(250),
    run: async ({ db, collection, ...context }) => {
      const command = { aggregate: collection.collectionName, pipeline: [{ $set: { m: 1 } }], cursor: {} };
      const one = batchOf(await db.command(command, { promoteLongs: false }), "firstBatch");
      const two = await next({ db, collection, ...context }, one.id);
      return [
        sizeOf(one),
        sizeOf(two),
        (await collection.aggregate([{ $match: {} }], { batchSize: 10 }).toArray()).length,
      ];
    },
    expected: [[101, "open"], [149, "ended"], 250],
  },
  {
    name: "what is inserted, moved and deleted between batches never shows a document twice",
    documents: some(20),
    run: async (context) => {
      const { collection } = context;
      const one = await first(context, { batchSize: 5 });
      await collection.deleteOne({ _id: 7 as never });
      await collection.updateMany({ _id: { $lt: 10 as never } }, { $set: { text: "x".repeat(2_000) } });
      await collection.insertOne({ _id: 100 as never });
      const two = await next(context, one.id);
      return [...one.documents, ...two.documents].map(({ _id }) => _id);
    },
    expected: [...Array.from({ length: 20 }, (_, n) => n).filter((n) => n !== 7), 100],
  },
  {
    name: "a killed cursor is gone, and who kills it again is told so",
    documents: some(10),
    run: async (context) => {
      const { db, collection } = context;
      const { id } = await first(context, { batchSize: 2 });
      const kill = async () => {
        const command = { killCursors: collection.collectionName, cursors: [id] };
        const { cursorsKilled, cursorsNotFound, cursorsAlive, cursorsUnknown } = await db.command(command);
        return [cursorsKilled, cursorsNotFound, cursorsAlive, cursorsUnknown].map((list) => list.length);
      };
      return [await kill(), await kill(), await next(context, id).catch(({ code }) => code)];
    },
    expected: [[1, 0, 0, 0], [0, 1, 0, 0], 43],
  },
  {
    name: "a cursor that was never opened",
    run: (context) => next(context, Long.fromNumber(123_456)),
    expected: refused(43),
  },
  {
    name: "a cursor is of its collection",
    documents: some(10),
    run: async (context) => {
      const { id } = await first(context, { batchSize: 2 });
      return context.db.command({ getMore: id, collection: "another" });
    },
    expected: refused(13),
  },
  {
    name: "a cursor ends with its collection",
    documents: some(10),
    run: async (context) => {
      const { id } = await first(context, { batchSize: 2 });
      await context.collection.drop();
      return next(context, id);
    },
    expected: refused(175),
  },
  {
    name: "leaving a loop closes the cursor",
    documents: some(300),
    run: async (context) => {
      const cursor = context.collection.find({}, { batchSize: 2 });
      let id: Long | undefined;
      for await (const _ of cursor) {
        id = cursor.id;
        break;
      }
      return id && next(context, id);
    },
    expected: refused(43),
  },
];
