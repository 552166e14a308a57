import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import {
  BSON,
  type Document,
  MongoError,
  MongoInvalidArgumentError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
  type TopologyDescription,
} from "mongodb";
import { type BatchReply, insertBatch } from "../../src/store/batch-commands.ts";
import type { Store } from "../../src/store/connect.ts";
import { majorityWrite } from "../../src/store/coordination.ts";
import { ensureIndexes } from "../../src/store/ensure-indexes.ts";
import {
  classifyInserts,
  classifyWrite,
  type InsertsOutcome,
  isStoreUnavailable,
  type LostInsert,
  type WriteOutcome,
} from "../../src/store/outcome.ts";
import { type Failure, failCommand } from "../helpers/fail-command.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";

const unknown: WriteOutcome = { outcome: "unknown" };
const refused = (reason: "validation" | "permission"): WriteOutcome => ({ outcome: "not_applied", reason });

const onId = 'E11000 duplicate key error collection: x.job_runs index: _id_ dup key: { _id: "a" }';
const onOther = "E11000 duplicate key error collection: x.job_runs index: one_running dup key: { job_id: 1 }";
const byText = (index: number, errmsg = onId) => ({ index, code: 11000, errmsg });
const byKey = (index: number, keyPattern: Document) => ({ index, code: 11000, errmsg: "E11000", keyPattern });

const batches: readonly [string, BatchReply, readonly LostInsert[] | "undecided"][] = [
  ["no refusals: all were inserted", { n: 3 }, []],
  ["one duplicate: exactly that one is lost", { n: 2, writeErrors: [byText(1)] }, [{ index: 1, onId: true }]],
  [
    "duplicates of two indexes are told apart by keyPattern",
    { n: 1, writeErrors: [byKey(0, { _id: 1 }), byKey(2, { job_id: 1 })] },
    [
      { index: 0, onId: true },
      { index: 2, onId: false },
    ],
  ],
  [
    "and by the text of a server that sends none",
    { n: 1, writeErrors: [byText(0), byText(2, onOther)] },
    [
      { index: 0, onId: true },
      { index: 2, onId: false },
    ],
  ],
  [
    "all are duplicates",
    { n: 0, writeErrors: [byText(0), byText(1), byText(2)] },
    [0, 1, 2].map((index) => ({ index, onId: true })),
  ],
  [
    "a write-concern error beside duplicates",
    { n: 2, writeErrors: [byText(0)], writeConcernError: { code: 64 } },
    "undecided",
  ],
  ["a write-concern error alone", { n: 3, writeConcernError: { code: 64 } }, "undecided"],
  [
    "a failed validation among duplicates",
    { n: 1, writeErrors: [byText(0), { index: 1, code: 121, errmsg: "Document failed validation" }] },
    "undecided",
  ],
  ["fewer inserted than sent, and none refused", { n: 2 }, "undecided"],
  ["the counts do not add up", { n: 1, writeErrors: [byText(1)] }, "undecided"],
  ["an index outside the batch", { n: 2, writeErrors: [byText(7)] }, "undecided"],
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
  ["a code never heard of", new MongoServerError({ code: 424242, message: "?" }), unknown],
];

const lostOf = (outcome: InsertsOutcome) => (outcome.decided ? outcome.lost : "undecided");

describe("what a failed write means", () => {
  for (const [name, reply, expected] of batches) {
    test(`batch: ${name}`, () => assert.deepEqual(lostOf(classifyInserts(reply, 3)), expected));
  }
  for (const [name, error, expected] of writes) {
    test(`single write: ${name}`, () => assert.deepEqual(classifyWrite(error), expected));
  }
  const unavailable: readonly [string, unknown, boolean][] = [
    ["network", new MongoNetworkError("reset"), true],
    ["selection", new MongoServerSelectionError("none", {} as TopologyDescription), true],
    ["not primary", new MongoServerError({ code: 10107, message: "not primary" }), true],
    ["write concern", new MongoWriteConcernError({ ok: 1, writeConcernError: { code: 64, errmsg: "t" } }), true],
    ["duplicate", new MongoServerError({ code: 11000, message: onId }), false],
    ["permission", new MongoServerError({ code: 13, message: "not authorized" }), false],
    ["a bug of ours", new TypeError("bug"), false],
  ];
  for (const [name, error, expected] of unavailable) {
    test(`${name} is ${expected ? "" : "not "}a matter of waiting`, () =>
      assert.equal(isStoreUnavailable(error), expected));
  }
});

await forEachTarget("outcomes of a real server", (target) => {
  let store: Store;
  let appName: string;
  const runs = () => store.db.collection<Document>("job_runs");
  before(async () => {
    ({ store, appName } = await openTestStore(target));
    await ensureIndexes(store);
  });
  after(() => store.close());
  beforeEach(() => runs().deleteMany({}));

  const run = (id: number, jobId = id) => ({
    _id: `r${id}` as never,
    job_id: jobId,
    status: "running",
    exclusive: true,
  });
  const errorOf = async (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => null,
      (error: unknown) => error,
    );
  /** As claims are inserted: positions of the losers, "undecided" for an answer that proves nothing, or the error. */
  const insertAll = (documents: readonly Document[], collection = "job_runs"): Promise<unknown> =>
    insertBatch(store.db, collection, documents).then(
      (reply) => lostOf(classifyInserts(reply, documents.length)),
      (error: unknown) => error,
    );
  const insertOne = (document: Document) => errorOf(runs().insertOne(document, majorityWrite));

  test("a batch tells losers of _id and of the overlap index by position", async () => {
    await runs().insertMany([run(1), run(2), run(50, 5)]);
    assert.deepEqual(await insertAll([run(0), run(1), run(2), run(3), run(51, 5)]), [
      { index: 1, onId: true },
      { index: 2, onId: true },
      { index: 4, onId: false },
    ]);
    assert.equal(await runs().countDocuments({}), 5);
  });

  test("a batch too large for one command is an error that writes nothing", async () => {
    const large = (id: number) => ({ ...run(id), text: "x".repeat(6_000_000) });
    assert.ok((await insertAll([0, 1, 2].map(large))) instanceof Error);
    assert.equal(await runs().countDocuments({}), 0);
  });

  test("one document's duplicate names its index; both violated reports _id", async () => {
    await runs().insertOne(run(1));
    assert.deepEqual(classifyWrite(await insertOne(run(1))), {
      outcome: "not_applied",
      reason: "duplicate",
      onId: true,
    });
    assert.deepEqual(classifyWrite(await insertOne(run(2, 1))), {
      outcome: "not_applied",
      reason: "duplicate",
      onId: false,
    });
  });

  const makeStrict = () => store.db.createCollection<Document>("strict", { validator: { a: { $type: "int" } } });
  if (target.name === "embedded") {
    test("differs: the embedded store refuses validators", () => assert.rejects(makeStrict(), { code: 238 }));
  } else {
    test("a failed validation is not applied alone and undecided in a batch", async () => {
      const strict = await makeStrict();
      assert.deepEqual(
        classifyWrite(await errorOf(strict.insertOne({ a: "x" }, majorityWrite))),
        refused("validation"),
      );
      assert.equal(await insertAll([{ a: new BSON.Int32(1) }, { a: "x" }], "strict"), "undecided");
    });
  }

  test("a document beyond 16 MB is not applied", async () => {
    const error = await insertOne({ ...run(1), text: "x".repeat(17_000_000) });
    assert.deepEqual(classifyWrite(error), refused("validation"));
  });

  const failures: readonly [string, Omit<Failure, "failCommands" | "appName">, number, WriteOutcome][] = [
    ["a closed connection", { closeConnection: true }, 0, unknown],
    ["not primary", { errorCode: 10107 }, 0, unknown],
    ["exceeded time at top level", { errorCode: 50 }, 0, unknown],
    ["a missing permission", { errorCode: 13 }, 0, refused("permission")],
    ["a late majority", { writeConcernError: { code: 64, errmsg: "waiting timed out" } }, 1, unknown],
  ];
  for (const [name, failure, inserted, expected] of failures) {
    test(`${name}: the batch is undecided and ${inserted === 0 ? "nothing was" : "all of it was"} written`, async () => {
      assert.ok((await withFailure(failure, () => insertAll([run(1), run(2)]))) instanceof MongoError);
      assert.equal(await runs().countDocuments({}), 2 * inserted);
    });
    test(`${name}: the single write is ${expected.outcome}`, async () => {
      const error = await withFailure(failure, () => insertOne(run(1)));
      assert.deepEqual(classifyWrite(error), expected);
      assert.equal(isStoreUnavailable(error), expected.outcome === "unknown");
      assert.equal(await runs().countDocuments({}), inserted);
    });
  }

  test("duplicates beside a late majority are undecided", async () => {
    await runs().insertOne(run(1));
    const failure = { writeConcernError: { code: 64, errmsg: "waiting timed out" } };
    assert.ok((await withFailure(failure, () => insertAll([run(1), run(2)]))) instanceof MongoError);
    assert.deepEqual(classifyWrite(await withFailure(failure, () => insertOne(run(1)))), unknown);
  });

  async function withFailure(failure: Omit<Failure, "failCommands" | "appName">, write: () => Promise<unknown>) {
    await using _ = await failCommand(target, { failCommands: ["insert"], appName, ...failure });
    return await write();
  }
});
