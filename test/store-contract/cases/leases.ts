// Leases as agents hold them: whose time is over is decided by the server's own clock, in the filter itself.
import { Decimal128, type Document, Double, Long, Timestamp } from "mongodb";
import { leaseExpired, majorityRead, majorityWrite } from "../../../src/store/coordination.ts";
import { type CaseContext, type ContractCase, idsOf, readAll } from "../contract.ts";

const past = new Date("2020-01-01T00:00:00Z");
const future = new Date("2100-01-01T00:00:00Z");
const minute = 60_000;
/** A date of now is made when this file is loaded, which on a busy machine is long before the case is run. */
const day = 86_400_000;

/** Type of the lease or of the date it counts from → is the lease over? */
const leases: readonly (readonly [string, Document, boolean])[] = [
  ["an int", { beat_at: past, lease_ms: minute }, true],
  ["a long", { beat_at: past, lease_ms: Long.fromNumber(minute) }, true],
  ["a double", { beat_at: past, lease_ms: new Double(minute) }, true],
  ["a fraction", { beat_at: past, lease_ms: 0.5 }, true],
  ["a decimal", { beat_at: past, lease_ms: Decimal128.fromString("60000") }, true],
  ["digits as text", { beat_at: past, lease_ms: "60000" }, true],
  ["text", { beat_at: past, lease_ms: "a minute" }, true],
  ["null", { beat_at: past, lease_ms: null }, true],
  ["missing", { beat_at: past }, true],
  ["a date", { beat_at: past, lease_ms: new Date(5) }, true],
  ["not a number", { beat_at: past, lease_ms: Number.NaN }, true],
  ["too large", { beat_at: past, lease_ms: Long.MAX_VALUE }, true],
  ["infinite", { beat_at: past, lease_ms: Number.POSITIVE_INFINITY }, true],
  ["negative", { beat_at: past, lease_ms: -minute }, true],
  ["a year", { beat_at: new Date(Date.now() - minute), lease_ms: Long.fromNumber(365 * day) }, false],
  ["an int under way", { beat_at: new Date(), lease_ms: day }, false],
  ["a double under way", { beat_at: new Date(), lease_ms: new Double(day) }, false],
  ["over a second ago", { beat_at: new Date(Date.now() - 10 * minute), lease_ms: minute }, true],
  ["from the future", { beat_at: future, lease_ms: minute }, false],
  ["from the end of time", { beat_at: new Date(8.64e15), lease_ms: minute }, false],
  ["counted from null", { beat_at: null, lease_ms: minute }, true],
  ["counted from nothing", { lease_ms: minute }, true],
  ["counted from text", { beat_at: "yesterday", lease_ms: minute }, true],
  ["counted from a date as text", { beat_at: "2100-01-01T00:00:00Z", lease_ms: minute }, false],
  ["counted from an int", { beat_at: 5, lease_ms: minute }, true],
  ["counted from a long", { beat_at: Long.fromNumber(future.getTime()), lease_ms: minute }, false],
  ["counted from a double", { beat_at: new Double(future.getTime()), lease_ms: minute }, false],
  ["counted from a timestamp", { beat_at: new Timestamp({ t: 4_000_000_000, i: 1 }), lease_ms: minute }, false],
  ["counted from an array", { beat_at: [future], lease_ms: minute }, true],
  ["counted from an object", { beat_at: { a: 1 }, lease_ms: [] }, true],
];

const unowned = { assigned_to: null };
const ownFormer = { assigned_to: "m1", instance_id: { $ne: "i1" } };
const over = { beat_at: { $type: "date" as const }, $expr: leaseExpired };

function acquire({ collection }: CaseContext, instance_id: string, machine = "m1") {
  return collection.findOneAndUpdate(
    { serial: 1, $or: [unowned, { ...ownFormer, assigned_to: machine, instance_id: { $ne: instance_id } }, over] },
    {
      $set: { assigned_to: machine, instance_id, lease_ms: minute },
      $inc: { epoch: 1 },
      $currentDate: { beat_at: true },
    },
    { ...majorityWrite, returnDocument: "after" },
  );
}

const held = (fields: Document) => ({
  _id: 1 as never,
  serial: 1,
  assigned_to: "m0",
  instance_id: "i0",
  epoch: 4,
  ...fields,
});

export const leaseCases: readonly ContractCase[] = [
  ...leases.map(([what, fields, isOver]) => ({
    name: `a lease: ${what}`,
    documents: [{ _id: 1 as never, status: "running", ...fields }],
    run: async ({ collection }: CaseContext) => [
      await idsOf(collection.find({ status: "running", $expr: leaseExpired }, { ...majorityRead, limit: 100 })),
      await collection.aggregate([{ $set: { over: leaseExpired } }, { $project: { over: 1 } }], majorityRead).toArray(),
      (await collection.updateOne({ _id: 1 as never, $expr: leaseExpired }, { $set: { taken: 1 } }, majorityWrite))
        .matchedCount,
    ],
    expected: [isOver ? [1] : [], [{ _id: 1, over: isOver }], isOver ? 1 : 0],
  })),
  {
    name: "many leases are judged by one clock, and a damaged row stops no other",
    documents: leases.map(([, fields], index) => ({ _id: index as never, status: "running", ...fields })),
    run: ({ collection }) => idsOf(collection.find({ status: "running", $expr: leaseExpired }, { sort: { _id: 1 } })),
    expected: leases.flatMap(([, , isOver], index) => (isOver ? [index] : [])),
  },
  {
    name: "a serial whose lease is over is taken, with the next epoch",
    documents: [held({ beat_at: past, lease_ms: minute })],
    run: async (context) => {
      const row = await acquire(context, "i1");
      return [row?.assigned_to, row?.instance_id, row?.epoch, row?.beat_at > past];
    },
    expected: ["m1", "i1", 5, true],
  },
  {
    name: "a serial whose lease runs is not taken",
    documents: [held({ beat_at: future, lease_ms: minute })],
    run: async (context) => [await acquire(context, "i1"), await readAll(context.collection)],
    expected: [null, [held({ beat_at: future, lease_ms: minute })]],
  },
  {
    name: "a free serial, and one of a former instance of the same machine, are taken at once",
    documents: [held({ assigned_to: null, beat_at: future, lease_ms: minute })],
    run: async (context) => [
      (await acquire(context, "i1"))?.epoch,
      (await acquire(context, "i2"))?.epoch,
      await acquire(context, "i3", "m2"),
    ],
    expected: [5, 6, null],
  },
  {
    name: "of 20 racers for an expired serial exactly one wins, round after round",
    documents: [held({ beat_at: past, lease_ms: minute })],
    run: async (context) => {
      const winners = [];
      for (let round = 0; round < 5; round++) {
        const racers = Array.from({ length: 20 }, (_, i) => acquire(context, `r${round}-${i}`, `m${round}-${i}`));
        winners.push((await Promise.all(racers)).filter((row) => row !== null).length);
        await context.collection.updateOne({}, { $set: { beat_at: past } });
      }
      return [winners, (await context.collection.findOne({}))?.epoch];
    },
    expected: [[1, 1, 1, 1, 1], 9],
  },
  {
    name: "a former owner's beat and release match nothing",
    documents: [held({ beat_at: past, lease_ms: minute })],
    run: async (context) => {
      await acquire(context, "i1");
      const former = { serial: 1, instance_id: "i0", epoch: 4 };
      const beat = await context.collection.updateOne(former, { $currentDate: { beat_at: true } }, majorityWrite);
      const release = await context.collection.updateOne(former, { $set: { assigned_to: null } }, majorityWrite);
      return [beat.matchedCount, release.matchedCount, (await context.collection.findOne({}))?.assigned_to];
    },
    expected: [0, 0, "m1"],
  },
  {
    name: "a row is stale when it was last seen before a span, or never",
    documents: [past, future, null, "text", undefined, new Date()].map((last_seen, _id) => ({
      _id: _id as never,
      last_seen,
    })),
    run: ({ collection }) => {
      const isStale = { $expr: { $lt: ["$last_seen", { $subtract: ["$$NOW", day] }] } };
      return idsOf(collection.find({ $or: [{ hostname: "h" }, isStale] }, { sort: { _id: 1 } }));
    },
    expected: [0, 2, 3, 4],
  },
  {
    name: "the clock stands still within one command",
    documents: Array.from({ length: 500 }, (_, _id) => ({ _id: _id as never })),
    run: async ({ collection }) => {
      const rows = await collection.aggregate([{ $group: { _id: "$$NOW", n: { $sum: 1 } } }]).toArray();
      return rows.map(({ n }) => n);
    },
    expected: [500],
  },
];
