// What the reaper reads and writes: nobody's record, whatever it holds, may stop it, and one owner alone comes out of it.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, beforeEach, test } from "node:test";
import { MaxKey, ObjectId } from "mongodb";
import type { RunDocument } from "../../src/store/collections.ts";
import type { Store } from "../../src/store/connect.ts";
import {
  findExpiredRun,
  findExpiredRunIds,
  markRunLost,
  type Takeover,
  takeOverRun,
} from "../../src/store/expired-runs.ts";
import { beatRuns, insertRuns, readClaimIds } from "../../src/store/runs.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { sampleRun } from "../helpers/sample-run.ts";

function takeover(): Takeover {
  const claimId = randomUUID();
  return {
    claimId,
    claimant: {
      ...{ machineId: `machine of ${claimId}`, instanceId: randomUUID(), hostname: "successor", serial: 2 },
      ...{ leaseMs: 30_000, retentionMs: 0 },
    },
    attempt: 2,
    takeovers: [
      {
        ...{ at: new Date(0), claimed_by: "machine", instance_id: "instance", hostname: "host.example" },
        ...{ executed_by_serial: 1, attempt: 1, step: 0 },
      },
    ],
    resumed: { index: 0, url: "http://127.0.0.1/successor" },
  };
}

await forEachTarget("expired runs", (target) => {
  let store: Store;
  before(async () => {
    ({ store } = await openTestStore(target));
  });
  after(() => store.close());
  beforeEach(async () => {
    await store.runs.deleteMany({});
  });
  const loadRun = async (id: string) => {
    const run = await findExpiredRun(store, id);
    assert.ok(run);
    return run;
  };

  test("runs are expired by the server's clock, and one beaten since it was read is left alone", async () => {
    const [dead, late, alive] = [sampleRun({ now: 1 }), sampleRun({ now: 1 }), sampleRun()];
    await insertRuns(store, [dead, late, alive]);
    assert.deepEqual(new Set(await findExpiredRunIds(store)), new Set([dead._id, late._id]));
    assert.deepEqual(await findExpiredRunIds(store, [dead._id]), [late._id]);
    assert.equal(await findExpiredRun(store, alive._id), null);
    const [deadSeen, lateSeen] = [await loadRun(dead._id), await loadRun(late._id)];
    await beatRuns(store, [{ runId: late._id, claimId: late.claim_id }]);
    assert.deepEqual(
      [
        await markRunLost(store, deadSeen, { reason: "gone", notice: null }),
        await markRunLost(store, lateSeen, { reason: "gone", notice: null }),
      ],
      [true, false],
    );
    assert.equal(await takeOverRun(store, lateSeen, takeover()), false);
    const stored = await store.runs.findOne({ _id: dead._id });
    assert.deepEqual([stored?.status, stored?.reason, stored?.steps[0]?.status], ["lost", "gone", "unknown"]);
    assert.ok(stored?.end_at instanceof Date);
  });

  test("of 20 successors at once one takes a run over, and a loser's view marks nothing lost", async () => {
    for (let round = 0; round < 5; round++) {
      const run = sampleRun({ now: 1 });
      await insertRuns(store, [run]);
      const seen = await loadRun(run._id);
      const tries = Array.from({ length: 20 }, takeover);
      const results = await Promise.all(tries.map((one) => takeOverRun(store, seen, one)));
      const winners = tries.filter((_, i) => results[i]);
      assert.deepEqual(
        winners.map(({ claimId }) => claimId),
        [(await readClaimIds(store, [run._id])).get(run._id)],
      );
      assert.equal(await markRunLost(store, seen, { reason: "gone", notice: null }), false);
    }
  });

  test("a taken over run says who has it, who had it and what is being sent, with a fresh lease", async () => {
    const run = sampleRun({ now: 1 });
    await insertRuns(store, [run]);
    const taking = takeover();
    assert.equal(await takeOverRun(store, await loadRun(run._id), taking), true);
    const stored = await store.runs.findOne({ _id: run._id });
    assert.deepEqual(stored, {
      ...run,
      ...{ claim_id: taking.claimId, attempt: 2, claimed_by: taking.claimant.machineId, hostname: "successor" },
      ...{ instance_id: taking.claimant.instanceId, executed_by_serial: 2, lease_ms: 30_000 },
      beat_at: stored?.beat_at,
      steps: [{ ...run.steps[0], url: "http://127.0.0.1/successor" }],
      takeovers: taking.takeovers,
    });
    assert.equal(await findExpiredRun(store, run._id), null);
  });

  const oddities: readonly (readonly [string, unknown])[] = [
    ["a text", "yesterday"],
    ["a number", 12],
    ["NaN", Number.NaN],
    ["null", null],
    ["nothing", undefined],
    ["a list", ["running", 1]],
    ["an object", { $gt: 1 }],
    ["a pattern", /./],
    ["the largest key", new MaxKey()],
  ];
  const fields: readonly (keyof RunDocument)[] = ["beat_at", "lease_ms", "claim_id", "steps", "hostname", "reason"];

  test("whatever a field holds, the record is found expired, marked lost, and hides no other", async () => {
    const odd = fields.flatMap((field) =>
      oddities.map(([what, value]) => {
        const run: Record<string, unknown> = { ...sampleRun({ now: 1 }), _id: `${field} is ${what}`, [field]: value };
        if (value === undefined) delete run[field];
        return run as unknown as RunDocument;
      }),
    );
    // An object with an operator in it can't be inserted into every server: those that are refused are not there.
    for (const run of odd) await store.runs.insertOne(run).catch(() => undefined);
    const inserted = await store.runs.countDocuments();
    assert.ok(inserted >= odd.length - fields.length);
    const ids = await findExpiredRunIds(store);
    assert.equal(ids.length, inserted);
    for (const id of ids)
      assert.equal(
        await markRunLost(store, await loadRun(String(id)), { reason: "gone", notice: null }),
        true,
        String(id),
      );
    assert.deepEqual(await findExpiredRunIds(store), []);
  });

  test("a record with another id than a text is found and marked like any other", async () => {
    const id = new ObjectId() as unknown as string;
    await store.runs.insertOne({ ...sampleRun({ now: 1 }), _id: id });
    assert.equal((await findExpiredRunIds(store)).length, 1);
    const run = await findExpiredRun(store, id);
    assert.ok(run && (await markRunLost(store, run, { reason: "gone", notice: null })));
  });
});
