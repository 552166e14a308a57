// What a real server answers when a write fails, and that we read it right.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type Document, MongoBulkWriteError } from "mongodb";
import type { Store } from "../../src/store/connect.ts";
import { majorityWrite } from "../../src/store/coordination.ts";
import { ensureIndexes } from "../../src/store/ensure-indexes.ts";
import {
  classifyInsertMany,
  classifyWrite,
  type InsertManyOutcome,
  isStoreUnavailable,
  type WriteOutcome,
} from "../../src/store/outcome.ts";
import { type Failure, failCommand } from "../helpers/fail-command.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";

const undecided: InsertManyOutcome = { decided: false };
const unknown: WriteOutcome = { outcome: "unknown" };
const refused = (reason: "validation" | "permission"): WriteOutcome => ({ outcome: "not_applied", reason });

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
  const insertMany = (documents: Document[]) =>
    errorOf(runs().insertMany(documents, { ordered: false, ...majorityWrite }));
  const insertOne = (document: Document) => errorOf(runs().insertOne(document, majorityWrite));

  test("a batch tells losers of _id and of the overlap index by position", async () => {
    await runs().insertMany([run(1), run(2), run(50, 5)]);
    const error = await insertMany([run(0), run(1), run(2), run(3), run(51, 5)]);
    assert.deepEqual(classifyInsertMany(error, 5), {
      decided: true,
      lostIndexes: [
        { index: 1, onId: true },
        { index: 2, onId: true },
        { index: 4, onId: false },
      ],
    });
    assert.equal(await runs().countDocuments({}), 5);
  });

  test("positions stay right where the driver splits a batch", async () => {
    const large = (id: number) => ({ ...run(id), text: "x".repeat(12_000_000) });
    await runs().insertMany([run(0), run(4)]);
    const error = await insertMany([0, 1, 2, 3, 4, 5].map(large));
    assert.deepEqual(classifyInsertMany(error, 6), {
      decided: true,
      lostIndexes: [
        { index: 0, onId: true },
        { index: 4, onId: true },
      ],
    });
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
      const error = await errorOf(strict.insertMany([{ a: 1 }, { a: "x" }], { ordered: false, ...majorityWrite }));
      assert.deepEqual(classifyInsertMany(error, 2), undecided);
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
      const error = await withFailure(failure, () => insertMany([run(1), run(2)]));
      assert.ok(error instanceof MongoBulkWriteError);
      assert.deepEqual(classifyInsertMany(error, 2), undecided);
      assert.equal(await runs().countDocuments({}), 2 * inserted);
    });
    test(`${name}: the single write is ${expected.outcome}`, async () => {
      const error = await withFailure(failure, () => insertOne(run(1)));
      assert.deepEqual(classifyWrite(error), expected);
      assert.equal(isStoreUnavailable(error), expected.outcome === "unknown");
      assert.equal(await runs().countDocuments({}), inserted);
    });
  }

  test("duplicates beside a late majority are undecided: the driver hides them", async () => {
    await runs().insertOne(run(1));
    const failure = { writeConcernError: { code: 64, errmsg: "waiting timed out" } };
    const error = await withFailure(failure, () => insertMany([run(1), run(2)]));
    assert.deepEqual(classifyInsertMany(error, 2), undecided);
    assert.deepEqual(classifyWrite(await withFailure(failure, () => insertOne(run(1)))), unknown);
  });

  async function withFailure(failure: Omit<Failure, "failCommands" | "appName">, write: () => Promise<unknown>) {
    await using _ = await failCommand(target, { failCommands: ["insert"], appName, ...failure });
    return await write();
  }
});
