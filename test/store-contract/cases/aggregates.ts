// Aggregations as the store sends them.
import { type Document, Long } from "mongodb";
import { leaseExpired, majorityRead } from "../../../src/store/coordination.ts";
import type { ContractCase } from "../contract.ts";

const past = new Date("2020-01-01T00:00:00Z");
const future = new Date("2100-01-01T00:00:00Z");
const lease = { assigned_to: "other", instance_id: "other", epoch: 4 };

export const aggregateCases: readonly ContractCase[] = [
  {
    name: "serials in order, with what the clock says of each lease",
    documents: [
      { _id: "c" as never, serial: 3, ...lease, beat_at: past, lease_ms: 1_000 },
      { _id: "a" as never, serial: Long.fromNumber(1), ...lease, beat_at: future, lease_ms: 1_000 },
      { _id: "b" as never, serial: 2.5, assigned_to: null, beat_at: past, lease_ms: "text" },
      { _id: "d" as never, serial: 4, assigned_to: "older" },
      { _id: "e" as never, serial: "five" },
      { _id: "f" as never },
      { _id: "g" as never, serial: [6] },
    ],
    run: async ({ collection }) => {
      const isUnowned = { $eq: [{ $ifNull: ["$assigned_to", null] }, null] };
      const isOver = { $and: [{ $eq: [{ $type: "$beat_at" }, "date"] }, "$expired"] };
      const pipeline: Document[] = [
        { $match: { serial: { $type: "number" } } },
        { $set: { expired: leaseExpired } },
        { $set: { free: { $or: [isUnowned, isOver] } } },
        { $sort: { serial: 1 } },
      ];
      const rows = await collection.aggregate(pipeline, majorityRead).toArray();
      return rows.map(({ _id, expired, free }) => [_id, expired, free]);
    },
    expected: [
      ["a", false, false],
      ["b", true, true],
      ["c", true, true],
      ["d", true, false],
      ["g", true, true],
    ],
  },
  {
    name: "machines by host name, with the age of each heartbeat",
    documents: [
      { _id: 1 as never, machine_id: "m1", hostname: "b", last_seen: new Date(0) },
      { _id: 2 as never, machine_id: "m2", hostname: "a", last_seen: null },
      { _id: 3 as never, machine_id: "m3", last_seen: "yesterday" },
      { _id: 4 as never, machine_id: 4, hostname: "c" },
      { _id: 5 as never, machine_id: "m5", hostname: "b" },
    ],
    run: async ({ collection }) => {
      const lastSeen = { $convert: { input: "$last_seen", to: "date", onError: null, onNull: null } };
      const pipeline = [
        { $match: { machine_id: { $type: "string" } } },
        { $set: { age_ms: { $subtract: ["$$NOW", lastSeen] } } },
        { $sort: { hostname: 1, machine_id: 1 } },
      ];
      const rows = await collection.aggregate<Document>(pipeline, majorityRead).toArray();
      // The servers have the clock of this machine; an hour is more than any test waits.
      return rows.map(({ _id, age_ms }) => [_id, age_ms === null ? null : Math.abs(age_ms - Date.now()) < 3_600_000]);
    },
    expected: [
      [3, null],
      [2, null],
      [1, true],
      [5, null],
    ],
  },
  ...[false, true].map((isIndexed) => ({
    name: `the newest run of each job ${isIndexed ? "by an index" : "without an index"}`,
    documents: [
      { _id: 1, job_id: "a", scheduled_for: new Date(1), status: "error" },
      { _id: 2, job_id: "a", scheduled_for: new Date(3), status: "success" },
      { _id: 3, job_id: "a", scheduled_for: new Date(2), status: "lost" },
      { _id: 4, job_id: 5, scheduled_for: new Date(9), status: "running" },
      { _id: 5, job_id: "b", scheduled_for: new Date(4) },
    ] as never,
    ...(isIndexed && { indexes: [{ name: "job_newest", key: { job_id: 1, scheduled_for: -1 } as const }] }),
    run: async ({ collection }: Parameters<ContractCase["run"]>[0]) => {
      const pipeline = [
        { $sort: { job_id: 1, scheduled_for: -1 } },
        { $group: { _id: "$job_id", status: { $first: "$status" }, scheduled_for: { $first: "$scheduled_for" } } },
      ];
      const rows = await collection.aggregate<Document>(pipeline, majorityRead).toArray();
      return rows.sort((a, b) => (String(a._id) < String(b._id) ? -1 : 1));
    },
    expected: [
      { _id: 5, status: "running", scheduled_for: new Date(9) },
      { _id: "a", status: "success", scheduled_for: new Date(3) },
      { _id: "b", status: null, scheduled_for: new Date(4) },
    ],
  })),
  {
    name: "names used more than once, at most so many",
    documents: ["twice", "twice", "once", "thrice", "thrice", "thrice", 5, 5, null].map((name) => ({ name })),
    run: ({ collection }) =>
      collection
        .aggregate([
          { $match: { name: { $type: "string" } } },
          { $group: { _id: "$name", count: { $sum: 1 } } },
          { $match: { count: { $gt: 1 } } },
          { $sort: { _id: 1 } },
          { $limit: 6 },
        ])
        .toArray(),
    expected: [
      { _id: "thrice", count: 3 },
      { _id: "twice", count: 2 },
    ],
  },
  {
    name: "variables of the command",
    documents: [
      { _id: 1 as never, a: 1 },
      { _id: 2 as never, a: 2 },
    ],
    run: async ({ collection }) => {
      const options = { let: { wanted: 2 } };
      const pipeline = [{ $match: { $expr: { $eq: ["$a", "$$wanted"] } } }, { $set: { w: "$$wanted" } }];
      return [
        await collection.aggregate(pipeline, options).toArray(),
        await collection.find({ $expr: { $eq: ["$a", "$$wanted"] } }, options).toArray(),
      ];
    },
    expected: [[{ _id: 2, a: 2, w: 2 }], [{ _id: 2, a: 2 }]],
  },
  {
    name: "reading does not change what is stored",
    documents: [{ _id: 1 as never, a: { b: 1 }, list: [{ x: 1 }] }],
    run: async ({ collection }) => {
      await collection
        .aggregate([
          { $set: { "a.b": 2, "list.x": 9 } },
          { $unset: "a.b" },
          { $unwind: "$list" },
          { $set: { "list.y": 1 } },
          { $lookup: { from: collection.collectionName, localField: "_id", foreignField: "_id", as: "self" } },
          { $set: { "self.a": 0 } },
        ])
        .toArray();
      return collection.findOne({});
    },
    expected: { _id: 1, a: { b: 1 }, list: [{ x: 1 }] },
  },
  {
    name: "an aggregation over nothing",
    run: async ({ collection }) => [
      await collection.aggregate([{ $group: { _id: null, n: { $sum: 1 } } }]).toArray(),
      await collection.aggregate([]).toArray(),
    ],
    expected: [[], []],
  },
];
