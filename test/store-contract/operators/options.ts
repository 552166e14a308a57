import { Long } from "mongodb";
import { optionTable } from "./option-table.ts";

const find = (options: object) => [{ find: "things", sort: { _id: 1 }, projection: { _id: 1 }, ...options }];
const create = (options: object, ...then: object[]) => [{ create: "made", ...options }, ...then];
const index = (options: object, ...then: object[]) => [
  { createIndexes: "things", indexes: [{ key: { a: 1 }, name: "made", ...options }] },
  ...then,
];
const aggregate = (options: object) => [
  { aggregate: "things", pipeline: [{ $sort: { _id: 1 } }], cursor: {}, ...options },
];
const ignoreCase = { locale: "en", strength: 2 };
const insert = (...documents: object[]) => ({ insert: "made", documents, ordered: false });
const readMade = { find: "made", sort: { _id: 1 } };

/** Right or refused, and nothing in between. */
export const refusedByEmbedded = optionTable("options and commands", {
  "collation of a read": [
    [find({ filter: { a: "x" }, collation: ignoreCase }), "{ _id: 1 }, { _id: 2 }"],
    [find({ sort: { a: -1 }, collation: { locale: "fr" } }), "{ _id: 2 }, { _id: 1 }, { _id: 3 }"],
    [find({ filter: { a: "x" }, collation: { locale: "simple" } }), "{ _id: 1 }"],
    [[{ count: "things", query: { a: "x" }, collation: ignoreCase }], "{ n: 2 }"],
    [[{ distinct: "things", key: "a", collation: ignoreCase }], '{ values: ["é", "x"] }'],
    [
      aggregate({ pipeline: [{ $match: { a: "x" } }], collation: ignoreCase }),
      '{ _id: 1, a: "x", n: 1 }, { _id: 2, a: "X", n: 2 }',
    ],
  ],
  "collation of a write": [
    [
      [{ update: "things", updates: [{ q: { a: "x" }, u: { $set: { n: 9 } }, multi: true, collation: ignoreCase }] }],
      "{ n: 2, nModified: 2 }",
    ],
    [[{ delete: "things", deletes: [{ q: { a: "x" }, limit: 0, collation: ignoreCase }] }], "{ n: 2 }"],
    [
      [{ findAndModify: "things", query: { a: "X" }, sort: { _id: 1 }, remove: true, collation: ignoreCase }],
      '{ value: { _id: 1, a: "x", n: 1 } }',
    ],
  ],
  "collation of an index or a collection": [
    [index({ collation: ignoreCase, unique: true }), "refused 11000"],
    [
      create({ collation: ignoreCase }, insert({ _id: 1, a: "x" }), { find: "made", filter: { a: "X" } }),
      '{ _id: 1, a: "x" }',
    ],
  ],
  "options of find": [
    [find({ min: { a: "X" }, hint: { a: 1 }, max: { a: "x" } }), "refused 2"],
    [
      [...index({}), ...find({ sort: {}, projection: {}, min: { a: "X" }, max: { a: "x" }, hint: "made" })],
      '{ _id: 2, a: "X", n: 2 }',
    ],
    [find({ returnKey: true }), "{ _id: 1 }, { _id: 2 }, { _id: 3 }"],
    [create({}, insert({ _id: 5 }), { find: "made", showRecordId: true }), "{ _id: 5, $recordId: Long(1) }"],
    [find({ tailable: true, sort: {} }), "refused 2"],
    [find({ awaitData: true }), "refused 9"],
    [find({ noCursorTimeout: true, limit: 1 }), "{ _id: 1 }"],
    [find({ allowPartialResults: true, limit: 1 }), "{ _id: 1 }"],
    [find({ allowDiskUse: true, limit: 1 }), "{ _id: 1 }"],
    [find({ let: { x: 2 }, filter: { $expr: { $eq: ["$n", "$$x"] } } }), "{ _id: 2 }"],
    [find({ sort: { $natural: -1 } }), "{ _id: 3 }, { _id: 2 }, { _id: 1 }"],
    [find({ sort: { $natural: 1 }, hint: { $natural: -1 } }), "refused 2"],
    [find({ sort: { s: { $meta: "textScore" } } }), "refused 40218"],
    [find({ comment: "why", maxTimeMS: 1000, limit: 1 }), "{ _id: 1 }"],
    [find({ limit: 1, batchSize: 1, singleBatch: true }), "{ _id: 1 }"],
    [find({ ntoreturn: 1 }), "refused 5746102"],
    [find({ snapshot: true }), "refused 40415"],
    [find({ resumeAfter: {} }), "refused 40415"],
  ],
  "options of aggregate": [
    [
      aggregate({ let: { x: 2 }, pipeline: [{ $match: { $expr: { $eq: ["$n", "$$x"] } } }] }),
      '{ _id: 2, a: "X", n: 2 }',
    ],
    [aggregate({ allowDiskUse: true, pipeline: [{ $count: "n" }] }), "{ n: 3 }"],
    [aggregate({ bypassDocumentValidation: true, pipeline: [{ $count: "n" }] }), "{ n: 3 }"],
    [aggregate({ exchange: {} }), "refused 40414"],
    [aggregate({ explain: true }), "explained"],
  ],
  "options of writes": [
    [[{ insert: "things", documents: [{ _id: 9 }], bypassDocumentValidation: true }], "{ n: 1 }"],
    [
      [{ update: "things", updates: [{ q: { $expr: { $eq: ["$n", "$$x"] } }, u: { $set: { a: 1 } } }], let: { x: 2 } }],
      "{ n: 1, nModified: 1 }",
    ],
    [[{ delete: "things", deletes: [{ q: { $expr: { $eq: ["$n", "$$x"] } }, limit: 0 }], let: { x: 2 } }], "{ n: 1 }"],
    [[{ update: "things", updates: [{ q: {}, u: [{ $set: { m: "$n" } }], multi: true }] }], "{ n: 3, nModified: 3 }"],
    [
      [
        { update: "things", updates: [{ q: { _id: 1 }, u: [{ $set: { m: "$$y" } }], c: { y: 5 } }] },
        ...find({ limit: 1, projection: {} }),
      ],
      '{ _id: 1, a: "x", n: 1, m: 5 }',
    ],
    [
      [{ findAndModify: "things", query: { _id: 1 }, update: [{ $set: { m: "$n" } }], new: true }],
      '{ value: { _id: 1, a: "x", n: 1, m: 1 } }',
    ],
    [
      [{ findAndModify: "things", query: { _id: 1 }, update: { $set: { "l.$[e]": 1 } }, arrayFilters: [{ e: 1 }] }],
      "refused 2",
    ],
    [[{ findAndModify: "things", query: { _id: 1 }, remove: true, fields: { a: 1 } }], '{ value: { _id: 1, a: "x" } }'],
    [
      [{ insert: "things", documents: [{ _id: 9 }], writeConcern: { w: 2, wtimeout: 5_000 } }],
      { standalone: "refused 2", replicaSet: "{ n: 1 }" },
    ],
    [
      [{ insert: "things", documents: [{ _id: 9 }], writeConcern: { w: "nonsense" } }],
      { standalone: "refused 2", replicaSet: "refused 79" },
    ],
    [[{ insert: "things", documents: [{ _id: 9 }], writeConcern: { w: 1, j: true } }], "{ n: 1 }"],
    [[{ insert: "things", documents: [{ _id: 9 }], writeConcern: { x: 1 } }], "refused 40415"],
  ],
  "read concerns": [
    [find({ limit: 1, readConcern: { level: "available" } }), "{ _id: 1 }"],
    [find({ limit: 1, readConcern: { level: "snapshot" } }), { standalone: "refused 123", replicaSet: "{ _id: 1 }" }],
    [find({ limit: 1, readConcern: { level: "majority" } }), "{ _id: 1 }"],
    [find({ limit: 1, readConcern: { nonsense: 1 } }), "refused 72"],
  ],
  "kinds of collections": [
    [
      create({ capped: true, size: 4096, max: 2 }, insert({ _id: 1 }, { _id: 2 }, { _id: 3 }), readMade),
      "{ _id: 2 }, { _id: 3 }",
    ],
    [
      create({ viewOn: "things", pipeline: [{ $match: { n: { $gt: 1 } } }, { $project: { n: 1 } }] }, readMade),
      "{ _id: 2, n: 2 }, { _id: 3, n: 3 }",
    ],
    [create({ timeseries: { timeField: "at" } }, insert({ at: "no date" })), "refused 2"],
    [create({ clusteredIndex: { key: { _id: 1 }, unique: true } }), "{}"],
    [create({ expireAfterSeconds: 5 }), "refused 72"],
    [create({ validator: { a: { $type: "int" } } }, insert({ _id: 1, a: "x" })), "refused 121"],
    [create({ validator: { a: 1 }, validationAction: "warn" }, insert({ _id: 1 })), "{ n: 1 }"],
    [create({ changeStreamPreAndPostImages: { enabled: true } }), "{}"],
    [create({ encryptedFields: {} }), "refused 40414"],
    [create({ storageEngine: {} }), "{}"],
    [create({ autoIndexId: false }), "refused 50001"],
  ],
  "kinds of indexes": [
    [
      index(
        { key: { a: "text" } },
        { find: "things", filter: { $text: { $search: "x" } }, projection: { _id: 1 }, sort: { _id: 1 } },
      ),
      "{ _id: 1 }, { _id: 2 }",
    ],
    [index({ key: { a: "2dsphere" } }), "refused 16755"],
    [index({ key: { n: "2d" } }), "{ numIndexesBefore: 1, numIndexesAfter: 2, createdCollectionAutomatically: false }"],
    [index({ key: { a: "hashed" } }, ...find({ filter: { a: "x" } })), "{ _id: 1 }"],
    [index({ key: { "$**": 1 } }, ...find({ filter: { a: "x" } })), "{ _id: 1 }"],
    [
      index({ key: { a: 1 }, hidden: true }),
      "{ numIndexesBefore: 1, numIndexesAfter: 2, createdCollectionAutomatically: false }",
    ],
    [index({ background: true }), "{ numIndexesBefore: 1, numIndexesAfter: 2, createdCollectionAutomatically: false }"],
    [index({ v: 1 }), "{ numIndexesBefore: 1, numIndexesAfter: 2, createdCollectionAutomatically: false }"],
    [index({ sparse: true }), "{ numIndexesBefore: 1, numIndexesAfter: 2, createdCollectionAutomatically: false }"],
    [index({ wildcardProjection: { a: 1 } }), "refused 2"],
    [index({ weights: { a: 2 } }), "refused 67"],
    [
      index({ prepareUnique: true }),
      "{ numIndexesBefore: 1, numIndexesAfter: 2, createdCollectionAutomatically: false }",
    ],
  ],
  transactions: [
    [[{ insert: "things", documents: [{ _id: 9 }], startTransaction: true, autocommit: false }], "refused 72"],
    [
      [{ insert: "things", documents: [{ _id: 9 }], txnNumber: Long.fromNumber(1) }],
      { standalone: "refused 20", replicaSet: "refused 225" },
    ],
    [[{ find: "things", autocommit: false }], "refused 72"],
    [[{ commitTransaction: 1 }], "refused 13"],
    [[{ abortTransaction: 1 }], "refused 13"],
  ],
  "changes of collections": [
    [create({}, { collMod: "made", validator: { n: { $lt: 2 } } }, insert({ n: 5 })), "refused 121"],
    [
      [...index({ expireAfterSeconds: 5 }), { collMod: "things", index: { name: "made", expireAfterSeconds: 9 } }],
      "{ expireAfterSeconds_old: Long(5), expireAfterSeconds_new: Long(9) }",
    ],
    [[{ collMod: "things", index: { name: "made", hidden: true } }], "refused 27"],
    [create({}, { convertToCapped: "made", size: 4096 }), "{}"],
    [
      [{ cloneCollectionAsCapped: "things", toCollection: "made", size: 4096 }, readMade],
      '{ _id: 1, a: "x", n: 1 }, { _id: 2, a: "X", n: 2 }, { _id: 3, a: "é", n: 3 }',
    ],
    [[{ renameCollection: "x.things", to: "x.made" }], "refused 13"],
  ],
  "other commands": [
    [
      [
        {
          mapReduce: "things",
          map: "function () { emit(1, this.n); }",
          reduce: "function (k, v) { return Array.sum(v); }",
          out: { inline: 1 },
        },
      ],
      "{ results: [{ _id: 1.0, value: 6.0 }] }",
    ],
    [[{ bulkWrite: 1, ops: [], nsInfo: [] }], "refused 59"],
    [[{ dataSize: "things" }], "refused 73"],
    [[{ reIndex: "none" }], { standalone: "refused 26", replicaSet: "refused 20" }],
    [[{ createUser: "someone", pwd: "secret", roles: ["nonsense"] }], "refused 31"],
    [[{ usersInfo: 1 }], "{ users: [] }"],
    [[{ dropUser: "nobody" }], "refused 11"],
    [[{ top: 1 }], "refused 13"],
    [[{ listShards: 1 }], "refused 59"],
    [[{ geoSearch: "things", near: [0, 0] }], "refused 59"],
    [[{ group: {} }], "refused 59"],
    [[{ eval: "1" }], "refused 59"],
    [[{ parallelCollectionScan: "things", numCursors: 1 }], "refused 59"],
    [[{ getLastError: 1 }], "refused 5739000"],
    [[{ copydb: 1 }], "refused 59"],
    [[{ setParameter: 1, logLevel: 0 }], "refused 13"],
    [[{ fsync: 1 }], "refused 13"],
    [[{ shutdown: 1 }], "refused 13"],
    [[{ killOp: 1, op: 1 }], "refused 13"],
    [[{ currentOp: 1 }], "refused 13"],
  ],
});
