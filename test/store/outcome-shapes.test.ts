// The error shapes of mongod 6.0.5 and driver 7.8, and what each means for us.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  BSON,
  type BulkWriteResult,
  type Document,
  MongoBulkWriteError,
  MongoInvalidArgumentError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
  type TopologyDescription,
  type WriteError,
} from "mongodb";
import {
  classifyInsertMany,
  classifyWrite,
  type InsertManyOutcome,
  isStoreUnavailable,
  type WriteOutcome,
} from "../../src/store/outcome.ts";

const undecided: InsertManyOutcome = { decided: false };
const unknown: WriteOutcome = { outcome: "unknown" };
const refused = (reason: "validation" | "permission"): WriteOutcome => ({ outcome: "not_applied", reason });

const onId = 'E11000 duplicate key error collection: x.job_runs index: _id_ dup key: { _id: "a" }';
const onOther = "E11000 duplicate key error collection: x.job_runs index: one_running dup key: { job_id: 1 }";
/** The driver keeps the class to itself; these are the fields it copies from the server's answer. */
const writeError = (fields: { index: number; code: number; errmsg: string; errInfo: Document; op: Document }) =>
  fields as unknown as WriteError;
const duplicate = (index: number, errmsg = onId) => writeError({ index, code: 11000, errmsg, errInfo: {}, op: {} });
const noWriteConcernError = (insertedCount: number) =>
  ({ insertedCount, getWriteConcernError: () => undefined }) as unknown as BulkWriteResult;
const withWriteConcernError = (insertedCount: number) =>
  ({ insertedCount, getWriteConcernError: () => ({ code: 64 }) }) as unknown as BulkWriteResult;

function bulkError(code: number, writeErrors: WriteError[], result: BulkWriteResult): MongoBulkWriteError {
  return new MongoBulkWriteError({ message: "bulk", code, writeErrors }, result);
}

const batches: readonly [string, unknown, InsertManyOutcome][] = [
  ["no error: all were inserted", null, { decided: true, lostIndexes: [] }],
  [
    "one duplicate: exactly that one is lost",
    bulkError(11000, [duplicate(1)], noWriteConcernError(2)),
    { decided: true, lostIndexes: [{ index: 1, onId: true }] },
  ],
  [
    "duplicates of two indexes are told apart",
    bulkError(11000, [duplicate(0), duplicate(2, onOther)], noWriteConcernError(1)),
    {
      decided: true,
      lostIndexes: [
        { index: 0, onId: true },
        { index: 2, onId: false },
      ],
    },
  ],
  [
    "all are duplicates",
    bulkError(11000, [duplicate(0), duplicate(1), duplicate(2)], noWriteConcernError(0)),
    { decided: true, lostIndexes: [0, 1, 2].map((index) => ({ index, onId: true })) },
  ],
  [
    "a dropped connection in a batch: no write errors, and nothing is known",
    new MongoBulkWriteError(new MongoNetworkError("connection closed"), noWriteConcernError(0)),
    undecided,
  ],
  [
    "no server found for the driver's retry",
    new MongoBulkWriteError(new MongoServerSelectionError("gone", {} as TopologyDescription), noWriteConcernError(0)),
    undecided,
  ],
  ["a write-concern error hides the losers", bulkError(64, [], withWriteConcernError(2)), undecided],
  ["maxTimeMS ended the majority wait", bulkError(50, [], withWriteConcernError(3)), undecided],
  ["duplicates beside a write-concern error", bulkError(11000, [duplicate(0)], withWriteConcernError(2)), undecided],
  [
    "a failed validation among duplicates",
    bulkError(
      11000,
      [duplicate(0), writeError({ index: 1, code: 121, errmsg: "Document failed validation", errInfo: {}, op: {} })],
      noWriteConcernError(1),
    ),
    undecided,
  ],
  ["code 11000 without write errors", bulkError(11000, [], noWriteConcernError(3)), undecided],
  ["the counts do not add up", bulkError(11000, [duplicate(1)], noWriteConcernError(1)), undecided],
  ["an index outside the batch", bulkError(11000, [duplicate(7)], noWriteConcernError(2)), undecided],
  ["the whole command was refused (13)", bulkError(13, [], noWriteConcernError(0)), undecided],
  ["a bare server error", new MongoServerError({ code: 11000, message: onId }), undecided],
  ["a bare network error", new MongoNetworkError("reset"), undecided],
  ["something else altogether", new TypeError("bug"), undecided],
];

const writes: readonly [string, unknown, WriteOutcome][] = [
  [
    "duplicate of _id by keyPattern",
    new MongoServerError({ code: 11000, message: onOther, keyPattern: { _id: 1 } }),
    { outcome: "not_applied", reason: "duplicate", onId: true },
  ],
  [
    "duplicate of another index by keyPattern",
    new MongoServerError({ code: 11000, message: onId, keyPattern: { job_id: 1 } }),
    { outcome: "not_applied", reason: "duplicate", onId: false },
  ],
  [
    "duplicate without keyPattern, read from the text",
    new MongoServerError({ code: 11000, message: onId }),
    { outcome: "not_applied", reason: "duplicate", onId: true },
  ],
  [
    "failed validation",
    new MongoServerError({ code: 121, message: "Document failed validation" }),
    refused("validation"),
  ],
  ["document too large", new MongoServerError({ code: 10334, message: "BSONObj size" }), refused("validation")],
  ["refused by the driver before sending", new MongoInvalidArgumentError("bad"), refused("validation")],
  ["cannot be serialized", new BSON.BSONError("cyclic dependency"), refused("validation")],
  ["not authorized", new MongoServerError({ code: 13, message: "not authorized" }), refused("permission")],
  ["Atlas's own", new MongoServerError({ code: 8000, message: "user is not allowed" }), refused("permission")],
  [
    "a write-concern error, though its code is a duplicate's",
    new MongoWriteConcernError({ ok: 1, code: 11000, writeConcernError: { code: 64, errmsg: "t" } }),
    unknown,
  ],
  [
    "a write-concern error",
    new MongoWriteConcernError({ ok: 1, writeConcernError: { code: 64, errmsg: "timed out" } }),
    unknown,
  ],
  [
    "code 50 at top level may never have started or may be applied",
    new MongoServerError({ code: 50, message: "exceeded" }),
    unknown,
  ],
  ["not primary", new MongoServerError({ code: 10107, message: "not primary" }), unknown],
  [
    "no server in time: an earlier attempt may be applied",
    new MongoServerSelectionError("none", {} as TopologyDescription),
    unknown,
  ],
  ["connection reset", new MongoNetworkError("reset"), unknown],
  ["socket timeout", new MongoNetworkTimeoutError("timed out"), unknown],
  ["client closed in the middle", new MongoTopologyClosedError(), unknown],
  [
    "a batch's error is not this function's to decide",
    bulkError(11000, [duplicate(0)], noWriteConcernError(0)),
    unknown,
  ],
  ["a code never heard of", new MongoServerError({ code: 424242, message: "?" }), unknown],
];

describe("what a failed write means", () => {
  for (const [name, error, expected] of batches) {
    test(`batch: ${name}`, () => assert.deepEqual(classifyInsertMany(error, 3), expected));
  }
  for (const [name, error, expected] of writes) {
    test(`single write: ${name}`, () => assert.deepEqual(classifyWrite(error), expected));
  }
  const unavailable: readonly [string, unknown, boolean][] = [
    ["network", new MongoNetworkError("reset"), true],
    ["selection", new MongoServerSelectionError("none", {} as TopologyDescription), true],
    ["not primary", new MongoServerError({ code: 10107, message: "not primary" }), true],
    ["write concern", new MongoWriteConcernError({ ok: 1, writeConcernError: { code: 64, errmsg: "t" } }), true],
    ["network error in a batch", new MongoBulkWriteError(new MongoNetworkError("reset"), noWriteConcernError(0)), true],
    ["duplicate", new MongoServerError({ code: 11000, message: onId }), false],
    ["permission", new MongoServerError({ code: 13, message: "not authorized" }), false],
    ["a bug of ours", new TypeError("bug"), false],
  ];
  for (const [name, error, expected] of unavailable) {
    test(`${name} is ${expected ? "" : "not "}a matter of waiting`, () =>
      assert.equal(isStoreUnavailable(error), expected));
  }
});
