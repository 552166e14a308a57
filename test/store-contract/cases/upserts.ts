// Upserts and find-and-modify: what is taken or made in one step, and who is told that another was first.
import type { Document } from "mongodb";
import { majorityWrite } from "../../../src/store/coordination.ts";
import { type CaseContext, type ContractCase, readAll, refused } from "../contract.ts";

const serialIndex = { name: "serial", key: { serial: 1 }, unique: true };
const takeAfter = { ...majorityWrite, returnDocument: "after" } as const;
const upsertAfter = { ...takeAfter, upsert: true } as const;
const isRecent = (value: unknown) => value instanceof Date && Math.abs(value.getTime() - Date.now()) < 60_000;

/** As `claimFleetZone`: matches no document that has a zone, then the insert is refused by _id. */
const claimZone = ({ collection }: CaseContext, tz: string) =>
  collection.updateOne(
    { _id: "fleet" as never, tz: { $not: { $type: "string" } } },
    { $set: { tz } },
    { ...majorityWrite, upsert: true },
  );

/** As `acquireSerial` where no row exists yet. */
const insertSerial = ({ collection }: CaseContext, serial: number, instance_id: string) =>
  collection.findOneAndUpdate(
    { serial, instance_id },
    {
      $set: { assigned_to: "m", lease_ms: 5 },
      $setOnInsert: { _id: serial as never, epoch: 1 },
      $currentDate: { beat_at: true },
    },
    upsertAfter,
  );

export const upsertCases: readonly ContractCase[] = [
  {
    name: "an upsert by _id inserts, and tells the id",
    run: async ({ collection }) => {
      const update = { $set: { type: "reload" }, $currentDate: { created_at: true as const } };
      const { upsertedId, upsertedCount, matchedCount, modifiedCount } = await collection.updateOne(
        { _id: "c1" as never },
        update,
        { ...majorityWrite, upsert: true },
      );
      const document = await collection.findOne({});
      return [upsertedId, upsertedCount, matchedCount, modifiedCount, document?.type, isRecent(document?.created_at)];
    },
    expected: ["c1", 1, 0, 0, "reload", true],
  },
  {
    name: "an upsert without an _id gets one of the server's making",
    run: async ({ collection }) => {
      const { upsertedId } = await collection.updateOne({ a: 1 }, { $set: { b: 2 } }, { upsert: true });
      const { _id, ...rest } = (await collection.findOne({})) ?? {};
      return [String(upsertedId) === String(_id), upsertedId?.constructor.name, rest];
    },
    expected: [true, "ObjectId", { a: 1, b: 2 }],
  },
  {
    name: "the raw answer to an upsert",
    run: async ({ collection, db }) => {
      const updates = [
        { q: { _id: 1 }, u: { $set: { a: 1 } }, upsert: true },
        { q: { _id: 1 }, u: { $set: { a: 2 } }, upsert: true },
        { q: { _id: 2 }, u: { b: 1 }, upsert: true },
      ];
      const { n, nModified, upserted, ok } = await db.command({ update: collection.collectionName, updates });
      return { n, nModified, upserted, ok };
    },
    expected: {
      n: 3,
      nModified: 1,
      upserted: [
        { index: 0, _id: 1 },
        { index: 2, _id: 2 },
      ],
      ok: 1,
    },
  },
  {
    name: "the first zone stays, and the second is refused by _id",
    run: async (context) => {
      const first = await claimZone(context, "Europe/Berlin");
      const second = await claimZone(context, "UTC").catch(({ code, keyPattern }) => ({ code, keyPattern }));
      return [first.upsertedId, second, await readAll(context.collection)];
    },
    expected: ["fleet", { code: 11000, keyPattern: { _id: 1 } }, [{ _id: "fleet", tz: "Europe/Berlin" }]],
  },
  {
    name: "a zone that is no text is replaced, not inserted beside",
    documents: [{ _id: "fleet" as never, tz: 5 }],
    run: async (context) => {
      const { matchedCount, upsertedId } = await claimZone(context, "UTC");
      return [matchedCount, upsertedId, await readAll(context.collection)];
    },
    expected: [1, null, [{ _id: "fleet", tz: "UTC" }]],
  },
  {
    name: "a refused upsert names key, value and index",
    indexes: [serialIndex],
    documents: [{ _id: 1 as never, serial: 1, instance_id: "a" }],
    run: (context) =>
      context.collection.updateOne(
        { serial: 1, instance_id: "b" },
        { $set: { x: 1 } },
        { ...majorityWrite, upsert: true },
      ),
    expected: {
      refused: 11000,
      keyPattern: { serial: 1 },
      keyValue: { serial: 1 },
      errmsg: "E11000 duplicate key error collection: coll index: serial dup key: { serial: 1 }",
    },
  },
  {
    name: "a serial is made once: its maker gets the row, the next is refused",
    indexes: [serialIndex],
    run: async (context) => {
      const { beat_at, ...row } = (await insertSerial(context, 3, "a")) as Document;
      const again = await insertSerial(context, 3, "b").catch(({ code, keyPattern }) => ({ code, keyPattern }));
      return [row, isRecent(beat_at), again];
    },
    expected: [
      { _id: 3, instance_id: "a", serial: 3, assigned_to: "m", lease_ms: 5, epoch: 1 },
      true,
      { code: 11000, keyPattern: { _id: 1 } },
    ],
  },
  {
    name: "an upsert that matches updates, and leaves what is for inserts only",
    indexes: [serialIndex],
    documents: [{ _id: 3 as never, serial: 3, instance_id: "a", epoch: 7 }],
    run: async (context) => {
      const { beat_at, ...row } = (await insertSerial(context, 3, "a")) as Document;
      return [row, isRecent(beat_at)];
    },
    expected: [{ _id: 3, serial: 3, instance_id: "a", epoch: 7, assigned_to: "m", lease_ms: 5 }, true],
  },
  {
    name: "of 20 upserts of one key exactly one inserts",
    indexes: [serialIndex],
    run: async (context) => {
      const racers = Array.from({ length: 20 }, (_, i) => insertSerial(context, 1, `i${i}`).catch(({ code }) => code));
      const results = await Promise.all(racers);
      const won = results.filter((result) => typeof result === "object" && result !== null);
      const rows = await readAll(context.collection);
      return [
        rows.length,
        won.length,
        won[0]?.instance_id === rows[0]?.instance_id,
        results.filter((r) => r === 11000).length,
      ];
    },
    expected: [1, 1, true, 19],
  },
  {
    name: "find and update answers the document after, before, or null",
    documents: [{ _id: 1 as never, n: 1 }],
    run: async ({ collection }) => [
      await collection.findOneAndUpdate({ _id: 1 as never }, { $inc: { n: 1 } }, takeAfter),
      await collection.findOneAndUpdate({ _id: 1 as never }, { $inc: { n: 1 } }, { returnDocument: "before" }),
      await collection.findOneAndUpdate({ _id: 9 as never }, { $inc: { n: 1 } }, takeAfter),
    ],
    expected: [{ _id: 1, n: 2 }, { _id: 1, n: 2 }, null],
  },
  {
    name: "find and update with a projection answers that part",
    documents: [{ _id: 1 as never, machine_id: "m", last_seen: null, stopped_at: new Date(5) }],
    run: async ({ collection }) => {
      const update = {
        $set: { state: "active", tags: { a: "b" } },
        $currentDate: { last_seen: true as const, started_at: true as const },
        $unset: { stopped_at: true as const },
      };
      const options = { ...takeAfter, projection: { last_seen: 1 } };
      const row = await collection.findOneAndUpdate({ machine_id: "m" }, update, options);
      const stored = await collection.findOne({});
      return [
        Object.keys(row ?? {}),
        Object.keys(stored ?? {}),
        isRecent(stored?.last_seen) && isRecent(stored?.started_at),
      ];
    },
    expected: [["_id", "last_seen"], ["_id", "machine_id", "last_seen", "started_at", "state", "tags"], true],
  },
  {
    name: "find and update takes the first by the order asked for",
    documents: [3, 1, 2].map((n) => ({ _id: n as never, n })),
    run: async ({ collection }) => [
      (await collection.findOneAndUpdate({}, { $set: { taken: true } }, { sort: { n: 1 } }))?._id,
      (await collection.findOneAndDelete({ taken: { $exists: false } }, { sort: { n: -1 } }))?._id,
      (await collection.findOneAndReplace({ _id: 2 as never }, { x: 1 }, { returnDocument: "after" })) as Document,
      await readAll(collection),
    ],
    expected: [
      1,
      3,
      { _id: 2, x: 1 },
      [
        { _id: 1, n: 1, taken: true },
        { _id: 2, x: 1 },
      ],
    ],
  },
  {
    name: "the raw answers of find and modify",
    documents: [{ _id: 1 as never, n: 1 }],
    run: async ({ collection, db }) => {
      const command = (fields: Document) => db.command({ findAndModify: collection.collectionName, ...fields });
      const answers = [
        await command({ query: { _id: 1 }, update: { $set: { n: 2 } }, new: true }),
        await command({ query: { _id: 8 }, update: { $set: { n: 2 } } }),
        await command({ query: { _id: 9 }, update: { $set: { n: 2 } }, upsert: true }),
        await command({ query: { _id: 10 }, update: { $set: { n: 2 } }, upsert: true, new: true }),
        await command({ query: { _id: 9 }, remove: true }),
        await command({ query: { _id: 9 }, remove: true }),
      ];
      return answers.map(({ lastErrorObject, value }) => [lastErrorObject, value]);
    },
    expected: [
      [
        { n: 1, updatedExisting: true },
        { _id: 1, n: 2 },
      ],
      [{ n: 0, updatedExisting: false }, null],
      [{ n: 1, updatedExisting: false, upserted: 9 }, null],
      [
        { n: 1, updatedExisting: false, upserted: 10 },
        { _id: 10, n: 2 },
      ],
      [{ n: 1 }, { _id: 9, n: 2 }],
      [{ n: 0 }, null],
    ],
  },
  {
    name: "an upsert whose filter has $expr is refused",
    run: ({ collection }) => collection.updateOne({ $expr: { $eq: ["$a", 1] } }, { $set: { b: 1 } }, { upsert: true }),
    expected: refused(224),
  },
  {
    name: "an upsert that would set _id to something else is refused",
    run: ({ collection }) =>
      collection.findOneAndUpdate({ _id: 1 as never }, { $set: { _id: 2 as never } }, { upsert: true }),
    expected: refused(66),
  },
  {
    name: "an upsert with one field given twice by the filter is refused",
    run: ({ collection }) => collection.updateOne({ $and: [{ a: 1 }, { a: 2 }] }, { $set: { b: 1 } }, { upsert: true }),
    expected: refused(54),
  },
];
