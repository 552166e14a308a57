// Reads as the store sends them, and as people do in mongosh.
import { BSON, type Document, ObjectId } from "mongodb";
import { majorityRead } from "../../../src/store/coordination.ts";
import { type ContractCase, idsOf, refused } from "../contract.ts";

const day = (n: number) => new Date(Date.UTC(2024, 0, n));
const runs: readonly Document[] = [
  { _id: "a@1", job_id: 1, job_name: "a", status: "success", scheduled_for: day(1), claimed_by: "m1", claim_id: "c1" },
  { _id: "a@2", job_id: 1, job_name: "a", status: "error", scheduled_for: day(2), claimed_by: "m2", claim_id: "c2" },
  { _id: "b@1", job_id: 2, job_name: "b", status: "running", exclusive: true, scheduled_for: day(3), claim_id: "c3" },
  { _id: "b@2", job_id: 2, job_name: "b", status: "skipped", exclusive: true, scheduled_for: day(4), claim_id: "c4" },
  {
    _id: "c@1",
    job_id: "x",
    job_name: "c",
    status: "success",
    scheduled_for: day(5),
    claimed_by: "m1",
    claim_id: "c5",
  },
];
const newest = { name: "newest", key: { scheduled_for: -1 } } as const;
const jobNewest = { name: "job_newest", key: { job_id: 1, scheduled_for: -1 } } as const;

const commands: readonly Document[] = [
  { _id: 1, target: "all", created_at: new Date(), acks: [{ machine_id: "m2" }] },
  { _id: 2, target: "m1", created_at: new Date(Date.now() - 5_000) },
  { _id: 3, target: "m2", created_at: new Date() },
  { _id: 4, target: "all", created_at: new Date(), acks: [{ machine_id: "m1" }, { machine_id: "m2" }] },
  { _id: 5, target: "all", created_at: day(1) },
  { _id: 6, target: "m9", created_at: "yesterday" },
  { _id: 7, target: "all" },
];

export const readCases: readonly ContractCase[] = [
  {
    name: "one by _id, and null where there is none",
    documents: runs,
    run: async ({ collection }) => [
      (await collection.findOne({ _id: "b@1" as never }, majorityRead))?.status,
      await collection.findOne({ _id: "none" as never }, majorityRead),
    ],
    expected: ["running", null],
  },
  {
    name: "one of a collection that does not exist",
    run: ({ collection }) =>
      collection.findOne({ _id: "fleet" as never }, { projection: { _id: 1 }, maxTimeMS: 5_000 }),
    expected: null,
  },
  {
    name: "some by _id, with one field",
    documents: runs,
    run: ({ collection }) =>
      collection
        .find({ _id: { $in: ["a@1", "c@1", "none"] as never } }, { ...majorityRead, projection: { claim_id: 1 } })
        .toArray(),
    expected: [
      { _id: "a@1", claim_id: "c1" },
      { _id: "c@1", claim_id: "c5" },
    ],
  },
  {
    name: "the running run of an exclusive job",
    documents: runs,
    indexes: [jobNewest],
    run: async ({ collection }) => {
      const running = { status: "running", exclusive: true };
      return [
        (await collection.findOne({ job_id: 2, ...running }, majorityRead))?._id,
        await collection.findOne({ job_id: 1, ...running }, majorityRead),
      ];
    },
    expected: ["b@1", null],
  },
  {
    name: "the newest first, limited, with and without an index",
    documents: runs,
    run: async ({ collection }) => {
      const find = () => idsOf(collection.find({}, { ...majorityRead, sort: { scheduled_for: -1 }, limit: 2 }));
      const without = await find();
      await collection.createIndexes([newest]);
      return [without, await find()];
    },
    expected: [
      ["c@1", "b@2"],
      ["c@1", "b@2"],
    ],
  },
  {
    name: "each condition of a list of runs",
    documents: runs,
    indexes: [newest, jobNewest],
    run: async ({ collection }) => {
      const options = { ...majorityRead, sort: { scheduled_for: -1 as const }, limit: 10 };
      const filters: Document[] = [
        { job_id: 1 },
        { job_name: "b" },
        { status: { $in: ["success", "error"] } },
        { scheduled_for: { $gte: day(4) } },
        { claimed_by: "m1" },
        { job_id: "x", status: { $in: ["success"] }, scheduled_for: { $gte: day(1) }, claimed_by: "m1" },
      ];
      return Promise.all(filters.map((filter) => idsOf(collection.find(filter, options))));
    },
    expected: [["a@2", "a@1"], ["b@2", "b@1"], ["c@1", "a@2", "a@1"], ["c@1", "b@2"], ["c@1", "a@1"], ["c@1"]],
  },
  {
    name: "a page of a sorted list",
    documents: runs,
    run: ({ collection }) => idsOf(collection.find({}, { sort: { scheduled_for: 1 }, skip: 1, limit: 2 })),
    expected: ["a@2", "b@1"],
  },
  {
    name: "a negative limit is a limit, in one batch",
    documents: runs,
    run: ({ collection }) => idsOf(collection.find({}, { sort: { _id: 1 }, limit: -2 })),
    expected: ["a@1", "a@2"],
  },
  {
    name: "without an order documents come as they were inserted",
    documents: [5, 3, 9, 1].map((n) => ({ _id: n as never })),
    run: async ({ collection }) => {
      await collection.updateOne({ _id: 3 as never }, { $set: { text: "x".repeat(5_000) } });
      await collection.deleteOne({ _id: 9 as never });
      await collection.insertOne({ _id: 2 as never });
      return idsOf(collection.find({}));
    },
    expected: [5, 3, 1, 2],
  },
  {
    name: "raw documents are the bytes that were stored",
    documents: [{ _id: new ObjectId("65f0a1b2c3d4e5f601020304"), name: "job", n: 1, on: true }],
    run: async ({ collection }) => {
      const rows = await collection.find({}, { ...majorityRead, batchSize: 1_000, raw: true }).toArray();
      const bytes = rows[0] as unknown as Uint8Array;
      return [bytes instanceof Uint8Array, BSON.deserialize(bytes), bytes.length];
    },
    expected: [true, { _id: new ObjectId("65f0a1b2c3d4e5f601020304"), name: "job", n: 1, on: true }, 48],
  },
  {
    name: "a job by name, by any of some ids, or by either",
    documents: [
      { _id: 1 as never, name: "a" },
      { _id: "1" as never, name: "b" },
      { _id: 2 as never },
      { _id: 3 as never, name: 5 },
    ],
    indexes: [
      { name: "job_name", key: { name: 1 }, unique: true, partialFilterExpression: { name: { $type: "string" } } },
    ],
    run: async ({ collection }) => {
      const ids = async (filter: Document) => idsOf(collection.find(filter, { ...majorityRead, sort: { _id: 1 } }));
      return [
        await ids({ name: "b" }),
        await ids({ name: 5 }),
        await ids({ _id: { $in: ["1", 1] } }),
        await ids({ name: { $type: "string" } }),
        await ids({ $or: [{ name: { $in: ["a", "z"] } }, { _id: { $in: [2] } }] }),
        await ids({ $or: [{ name: { $in: [undefined] } }, { _id: { $in: [] } }] }),
      ];
    },
    expected: [["1"], [3], [1, "1"], [1, "1"], [1, 2], [2]],
  },
  {
    name: "pending commands: young, ours, not acknowledged, or without a date",
    documents: commands,
    run: async ({ collection }) => {
      const isYoung = { $expr: { $gt: ["$created_at", { $subtract: ["$$NOW", 600_000] }] } };
      const pending = { created_at: { $type: "date" }, target: { $in: ["m1", "all"] }, ...isYoung };
      const filter: Document = {
        $or: [{ created_at: { $not: { $type: "date" } } }, { ...pending, "acks.machine_id": { $ne: "m1" } }],
      };
      return idsOf(collection.find(filter, { ...majorityRead, sort: { created_at: 1, _id: 1 } }));
    },
    expected: [7, 6, 2, 1],
  },
  {
    name: "counting and distinct values",
    documents: runs,
    run: async ({ collection }) => [
      await collection.countDocuments({}),
      await collection.countDocuments({ status: "success" }),
      await collection.countDocuments({}, { skip: 1, limit: 2 }),
      await collection.countDocuments({ status: "none" }),
      await collection.estimatedDocumentCount(),
      await collection.distinct("status"),
      await collection.distinct("claimed_by", { status: "success" }),
      await collection.distinct("missing"),
    ],
    expected: [5, 2, 2, 0, 5, ["error", "running", "skipped", "success"], ["m1"], []],
  },
  {
    name: "distinct values of arrays, nulls and equal numbers of different types",
    documents: [{ a: [1, 2] }, { a: 2.5 }, { a: null }, {}, { a: [[3]] }, { a: BSON.Long.fromNumber(2) }, { a: [] }],
    run: ({ collection }) => collection.distinct("a"),
    expected: [null, 1, 2, 2.5, [3]],
  },
  {
    name: "counting in a collection that does not exist",
    run: async ({ collection, db }) => [
      await collection.countDocuments({}),
      await collection.estimatedDocumentCount(),
      await collection.distinct("a"),
      (await db.command({ count: collection.collectionName, query: { a: 1 } })).n,
    ],
    expected: [0, 0, [], 0],
  },
  {
    name: "a hint at an index that exists changes nothing",
    documents: runs,
    indexes: [newest],
    run: ({ collection }) => idsOf(collection.find({ job_id: 2 }, { hint: "newest", sort: { _id: 1 } })),
    expected: ["b@1", "b@2"],
  },
  {
    name: "differs: a hint at an index that does not exist is not looked at",
    documents: runs,
    run: ({ collection }) => idsOf(collection.find({ job_id: 2 }, { hint: "none", sort: { _id: 1 } })),
    expected: refused(2),
    expectedOnEmbedded: ["b@1", "b@2"],
  },
  {
    name: "the raw answers to count and distinct",
    documents: runs,
    run: async ({ collection, db }) => {
      const name = collection.collectionName;
      const count = await db.command({ count: name, query: { job_id: 1 }, limit: 1 });
      const distinct = await db.command({ distinct: name, key: "job_id", query: {} });
      return [count.n, count.ok, distinct.values, distinct.ok];
    },
    expected: [1, 1, [1, 2, "x"], 1],
  },
];
