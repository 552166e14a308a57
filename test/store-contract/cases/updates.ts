// Compare-and-sets: what is no longer as it was seen is not changed, and the counts say so.
import type { Document } from "mongodb";
import { majorityWrite } from "../../../src/store/coordination.ts";
import { type CaseContext, type ContractCase, readAll } from "../contract.ts";

const counts = ({ matchedCount, modifiedCount, upsertedCount }: Document) => ({
  matchedCount,
  modifiedCount,
  upsertedCount,
});

const running = (_id: number, fields: Document = {}) => ({
  _id: _id as never,
  claim_id: `c${_id}`,
  status: "running",
  ...fields,
});
const isRecent = (value: unknown) => value instanceof Date && Math.abs(value.getTime() - Date.now()) < 60_000;
const advance = (claim_id: string, step: number) => ({
  filter: { _id: 1 as never, claim_id, status: "running", [`steps.${step + 1}`]: { $exists: false } },
  update: { $set: { [`steps.${step}`]: { status: "ok" } }, $currentDate: { beat_at: true as const } },
});

async function updateOne({ collection }: CaseContext, filter: Document, update: Document, options: Document = {}) {
  return counts(await collection.updateOne(filter, update, { ...majorityWrite, ...options }));
}

export const updateCases: readonly ContractCase[] = [
  {
    name: "the owner's write matches, and dates itself by the server's clock",
    documents: [running(1, { steps: [{ status: "started" }], beat_at: new Date(0) })],
    run: async (context) => {
      const { filter, update } = advance("c1", 0);
      const result = await updateOne(context, filter, update);
      const run = await context.collection.findOne({});
      return [result, run?.steps, isRecent(run?.beat_at)];
    },
    expected: [{ matchedCount: 1, modifiedCount: 1, upsertedCount: 0 }, [{ status: "ok" }], true],
  },
  {
    name: "a stale owner changes nothing",
    documents: [running(1, { steps: [], beat_at: new Date(0) })],
    run: async (context) => {
      const { filter, update } = advance("stale", 0);
      return [await updateOne(context, filter, update), await readAll(context.collection)];
    },
    expected: [
      { matchedCount: 0, modifiedCount: 0, upsertedCount: 0 },
      [running(1, { steps: [], beat_at: new Date(0) })],
    ],
  },
  {
    name: "a late copy of a write does not set a step back",
    documents: [running(1, { steps: [{ status: "ok" }, { status: "started" }] })],
    run: (context) => {
      const { filter, update } = advance("c1", 0);
      return updateOne(context, filter, update);
    },
    expected: { matchedCount: 0, modifiedCount: 0, upsertedCount: 0 },
  },
  {
    name: "the same write twice matches twice and modifies once",
    documents: [{ _id: 1 as never, a: 1 }],
    run: async (context) => [
      await updateOne(context, { _id: 1 }, { $set: { a: 2 } }),
      await updateOne(context, { _id: 1 }, { $set: { a: 2 } }),
    ],
    expected: [
      { matchedCount: 1, modifiedCount: 1, upsertedCount: 0 },
      { matchedCount: 1, modifiedCount: 0, upsertedCount: 0 },
    ],
  },
  {
    name: "an unordered bulk of compare-and-sets tells how many matched in all",
    documents: [1, 2, 3, 4].map((id) => running(id)),
    run: async ({ collection }) => {
      const write = (_id: number, claim_id: string) => ({
        updateOne: {
          filter: { _id: _id as never, claim_id, status: "running" },
          update: { $set: { status: "success" }, $currentDate: { beat_at: true as const } },
        },
      });
      const writes = [write(1, "c1"), write(2, "stale"), write(3, "c3"), write(9, "c9")];
      const { matchedCount, modifiedCount, upsertedCount } = await collection.bulkWrite(writes, {
        ordered: false,
        ...majorityWrite,
      });
      const done = await collection.find({ status: "success" }, { sort: { _id: 1 } }).toArray();
      return [matchedCount, modifiedCount, upsertedCount, done.map(({ _id }) => _id)];
    },
    expected: [2, 2, 0, [1, 3]],
  },
  {
    name: "an error in an unordered bulk leaves the others done",
    documents: [running(1, { n: "text" }), running(2, { n: 1 })],
    run: async ({ collection }) => {
      const writes = [1, 2].map((_id) => ({
        updateOne: { filter: { _id: _id as never }, update: { $inc: { n: 1 } } },
      }));
      const error = await collection.bulkWrite(writes, { ordered: false }).catch((thrown) => thrown);
      const [first] = [error.writeErrors].flat();
      return [
        error.code,
        first.index,
        first.code,
        error.result.matchedCount,
        (await collection.findOne({ _id: 2 as never }))?.n,
      ];
    },
    expected: [14, 0, 14, 1, 2],
  },
  {
    name: "an update of many dates each by the server's clock",
    documents: [running(1), running(2), running(3, { status: "success" }), running(4)],
    run: async ({ collection }) => {
      const filter = { _id: { $in: [1, 2, 3] as never }, claim_id: { $in: ["c1", "c2", "c3"] }, status: "running" };
      const result = await collection.updateMany(filter, { $currentDate: { beat_at: true } }, majorityWrite);
      const beaten = await collection.find({ beat_at: { $type: "date" } }, { sort: { _id: 1 } }).toArray();
      return [counts(result), beaten.map(({ _id }) => _id), beaten.every(({ beat_at }) => isRecent(beat_at))];
    },
    expected: [{ matchedCount: 2, modifiedCount: 2, upsertedCount: 0 }, [1, 2], true],
  },
  {
    name: "a run is marked lost only as it was seen, to the millisecond",
    documents: [running(1, { beat_at: new Date(1000), steps: [{ status: "ok" }, { status: "started" }] })],
    run: async (context) => {
      const update = { $set: { status: "lost", "steps.1.status": "unknown" }, $currentDate: { end_at: true } };
      const seen = { _id: 1, claim_id: "c1", status: "running" };
      const late = await updateOne(context, { ...seen, beat_at: new Date(999) }, update);
      const right = await updateOne(context, { ...seen, beat_at: new Date(1000) }, update);
      const { end_at, ...run } = (await context.collection.findOne({})) as Document;
      return [late.matchedCount, right.matchedCount, run, isRecent(end_at)];
    },
    expected: [
      0,
      1,
      running(1, { beat_at: new Date(1000), status: "lost", steps: [{ status: "ok" }, { status: "unknown" }] }),
      true,
    ],
  },
  {
    name: "a replacement keeps _id and drops everything else",
    documents: [{ _id: 1 as never, a: 1, b: 2 }],
    run: async ({ collection }) => {
      const found = await collection.replaceOne({ _id: 1 as never }, { c: 3, a: 4 }, majorityWrite);
      const none = await collection.replaceOne({ _id: 2 as never }, { c: 3 }, majorityWrite);
      return [counts(found), counts(none), await readAll(collection)];
    },
    expected: [
      { matchedCount: 1, modifiedCount: 1, upsertedCount: 0 },
      { matchedCount: 0, modifiedCount: 0, upsertedCount: 0 },
      [{ _id: 1, c: 3, a: 4 }],
    ],
  },
  {
    name: "a replacement that takes another's unique name is refused",
    indexes: [{ name: "job_name", key: { name: 1 }, unique: true }],
    documents: [
      { _id: 1 as never, name: "one" },
      { _id: 2 as never, name: "two" },
    ],
    run: async ({ collection }) => collection.replaceOne({ _id: 2 as never }, { name: "one" }, majorityWrite),
    expected: {
      refused: 11000,
      keyPattern: { name: 1 },
      keyValue: { name: "one" },
      errmsg: 'E11000 duplicate key error collection: coll index: job_name dup key: { name: "one" }',
    },
  },
  {
    name: "a replacement upserts",
    run: async ({ collection }) => {
      const result = await collection.replaceOne({ _id: "new" as never }, { a: 1 }, { upsert: true });
      return [counts(result), result.upsertedId, await readAll(collection)];
    },
    expected: [{ matchedCount: 0, modifiedCount: 0, upsertedCount: 1 }, "new", [{ _id: "new", a: 1 }]],
  },
  {
    name: "a push appends once per machine, and an array in an array field is refused where the field is none",
    documents: [{ _id: 1 as never }, { _id: 2 as never, acks: "text" }],
    run: async (context) => {
      const ack = { $push: { acks: { machine_id: "m1", at: new Date(5), ok: true, error: null, report: {} } } };
      const filter = (_id: number) => ({ _id, "acks.machine_id": { $ne: "m1" } });
      const first = await updateOne(context, filter(1), ack);
      const second = await updateOne(context, filter(1), ack);
      const broken = await updateOne(context, filter(2), ack).catch((error) => error.code);
      return [first.matchedCount, second.matchedCount, broken, await context.collection.findOne({ _id: 1 as never })];
    },
    expected: [1, 0, 2, { _id: 1, acks: [{ machine_id: "m1", at: new Date(5), ok: true, error: null, report: {} }] }],
  },
  {
    name: "deleting tells how many went",
    documents: [1, 2, 3, 4].map((id) => ({ _id: id as never, a: id % 2 })),
    run: async ({ collection }) => [
      (await collection.deleteOne({ a: 1 }, majorityWrite)).deletedCount,
      (await collection.deleteOne({ a: 7 }, majorityWrite)).deletedCount,
      (await collection.deleteMany({ a: 0 }, majorityWrite)).deletedCount,
      await readAll(collection),
      (await collection.deleteMany({}, majorityWrite)).deletedCount,
    ],
    expected: [1, 0, 2, [{ _id: 3, a: 1 }], 1],
  },
  ...(
    [
      ["operators and fields together", { $set: { a: 1 }, b: 2 }, 9],
      ["an operator it does not know", { $foo: { a: 1 } }, 9],
      ["two operators on one field", { $set: { a: 1 }, $currentDate: { a: true } }, 40],
      ["a change of _id", { $set: { _id: 5 } }, 66],
      ["an increment by text", { $inc: { n: "1" } }, 14],
      ["a field below a number", { $set: { "n.x": 1 } }, 28],
    ] as const
  ).map(([what, update, code]) => ({
    name: `an update with ${what} is refused and changes nothing`,
    documents: [{ _id: 1 as never, n: 1 }],
    run: async ({ collection, db }: CaseContext) => {
      const { writeErrors } = await db.command({ update: collection.collectionName, updates: [{ q: {}, u: update }] });
      return [writeErrors?.[0]?.code, await readAll(collection)];
    },
    expected: [code, [{ _id: 1, n: 1 }]],
  })),
  {
    name: "a replacement of many is refused",
    documents: [{ _id: 1 as never }],
    run: async ({ collection, db }) => {
      const updates = [{ q: {}, u: { a: 1 }, multi: true }];
      return (await db.command({ update: collection.collectionName, updates })).writeErrors?.[0]?.code;
    },
    expected: 9,
  },
];
