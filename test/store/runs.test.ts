import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import type { JsonValue } from "../../src/model/job.ts";
import { CombinedWrites } from "../../src/store/combined-writes.ts";
import { connectStore, type Store } from "../../src/store/connect.ts";
import { ensureIndexes } from "../../src/store/ensure-indexes.ts";
import {
  advanceWrite,
  beatRuns,
  type Finish,
  findRunningRun,
  finishWrite,
  insertRun,
  insertRuns,
  lateEndWrite,
  readClaimIds,
  renewWrite,
} from "../../src/store/runs.ts";
import { failCommand } from "../helpers/fail-command.ts";
import { startLossyProxy } from "../helpers/lossy-proxy.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { sampleJob, sampleRun, sampleStep } from "../helpers/sample-run.ts";

const keysOf = (runs: readonly { _id: string }[]) => runs.map((run) => run._id);

await forEachTarget("runs", (target) => {
  let store: Store;
  let appName: string;
  let undecided: unknown[] = [];
  const writesOf = (one: Store) =>
    new CombinedWrites({
      store: one,
      waitBeforeRepeat: async () => {},
      onUndecided: (error) => undecided.push(error),
    });
  const endOf = (run: { _id: string; claim_id: string }, status: "ok" | "error" | "aborted"): Finish => ({
    runId: run._id,
    claimId: run.claim_id,
    changes: { steps: new Map([[0, sampleStep({ status: "ok", attempts: 1 })]]), outputs: new Map() },
    status,
    reason: null,
    endAt: new Date(),
    elapsedMs: 5,
    notice: null,
  });
  const finish = (run: { _id: string; claim_id: string }, status: "ok" | "error" = "ok") =>
    finishWrite(endOf(run, status));

  before(async () => {
    ({ store, appName } = await openTestStore(target));
    await ensureIndexes(store);
  });
  after(() => store.close());

  test("of 20 claimants of 200 occurrences each occurrence has exactly one winner, and both sides agree who", async () => {
    const jobs = Array.from({ length: 200 }, () => sampleJob());
    const won = new Map<string, string[]>();
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const claims = jobs.map((job) => sampleRun({ job, scheduledFor: 0 }));
        const outcome = await insertRuns(store, claims);
        assert.ok(outcome.decided);
        const lost = new Set(outcome.lost.map(({ index }) => index));
        for (const [i, claim] of claims.entries()) {
          if (!lost.has(i)) won.set(claim._id, [...(won.get(claim._id) ?? []), claim.claim_id]);
        }
      }),
    );
    const stored = await readClaimIds(store, [...won.keys()]);
    assert.equal(won.size, 200);
    for (const [id, winners] of won) assert.deepEqual(winners, [stored.get(id)]);
  });

  test("a second run of an exclusive job is refused by the index of running runs, another job's is not", async () => {
    const job = sampleJob({ overlap: "skip" });
    await insertRun(store, sampleRun({ job, scheduledFor: 1_000 }));
    const outcome = await insertRuns(store, [sampleRun({ job, scheduledFor: 2_000 }), sampleRun()]);
    assert.deepEqual(outcome, { decided: true, lost: [{ index: 0, onId: false }] });
    const running = await findRunningRun(store, job.id);
    assert.ok(running);
    assert.equal(await writesOf(store).submit(finish(running)), true);
    assert.equal(await findRunningRun(store, job.id), null);
    assert.deepEqual(await insertRuns(store, [sampleRun({ job, scheduledFor: 3_000 })]), { decided: true, lost: [] });
  });

  test("a claim that is there already is told from overlap even when both refuse it", async () => {
    const job = sampleJob({ overlap: "skip" });
    await insertRun(store, sampleRun({ job, scheduledFor: 1_000 }));
    const outcome = await insertRuns(store, [sampleRun({ job, scheduledFor: 1_000 })]);
    assert.deepEqual(outcome, { decided: true, lost: [{ index: 0, onId: true }] });
  });

  test("claims whose connection breaks are undecided, never won", async () => {
    const claims = [sampleRun(), sampleRun()];
    await using _ = await failCommand(target, { failCommands: ["insert"], appName, closeConnection: true });
    const outcome = await insertRuns(store, claims);
    assert.equal(outcome.decided, false);
    assert.equal((await readClaimIds(store, keysOf(claims))).size, 0);
  });

  test("advance writes a result and the next intent, and only for the claim that holds the run", async () => {
    const run = sampleRun();
    await insertRun(store, run);
    const steps = new Map([
      [0, sampleStep({ status: "ok", statusCode: 200, attempts: 1 })],
      [1, sampleStep({ index: 1, name: "two" })],
    ]);
    const outputs = new Map<string, JsonValue>([
      ["id", 7],
      ["list", [null, { a: "b" }]],
    ]);
    const changes = { steps, outputs };
    const writes = writesOf(store);
    assert.equal(await writes.submit(advanceWrite({ runId: run._id, claimId: randomUUID(), changes })), false);
    assert.equal(await writes.submit(advanceWrite({ runId: run._id, claimId: run.claim_id, changes })), true);
    const stored = await store.runs.findOne({ _id: run._id });
    assert.deepEqual(
      stored?.steps.map(({ name, status, status_code }) => [name, status, status_code]),
      [
        ["step-1", "ok", 200],
        ["two", "started", null],
      ],
    );
    assert.deepEqual(stored?.outputs, { id: 7, list: [null, { a: "b" }] });
    assert.ok(stored?.beat_at && stored.beat_at >= run.beat_at);
  });

  test("a renewal counts once it is acknowledged, though the record showed the same before", async () => {
    const run = { ...sampleRun(), beat_at: new Date(0) };
    await insertRun(store, run);
    const changes = { steps: new Map([[0, sampleStep()]]), outputs: new Map() };
    const renew = (claimId: string) => writesOf(store).submit(renewWrite({ runId: run._id, claimId, changes }));
    await using _ = await failCommand(target, { failCommands: ["update"], appName, closeConnection: true }, 4);
    assert.equal(await renew(run.claim_id), true);
    const stored = await store.runs.findOne({ _id: run._id });
    assert.ok(stored && stored.beat_at > run.beat_at);
    assert.equal(await renew("another"), false);
    await store.runs.updateOne({ _id: run._id }, { $set: { status: "lost" } });
    assert.equal(await renew(run.claim_id), false);
  });

  test("a late copy of an advance does not set a step back once a later one began", async () => {
    const run = sampleRun();
    await insertRun(store, run);
    const of = (changes: [number, ReturnType<typeof sampleStep>][]) =>
      advanceWrite({ runId: run._id, claimId: run.claim_id, changes: { steps: new Map(changes), outputs: new Map() } });
    const first = of([
      [0, sampleStep({ status: "ok", attempts: 1 })],
      [1, sampleStep({ index: 1 })],
    ]);
    const second = of([
      [1, sampleStep({ index: 1, status: "ok", attempts: 1 })],
      [2, sampleStep({ index: 2 })],
    ]);
    const writes = writesOf(store);
    assert.equal(await writes.submit(first), true);
    assert.equal(await writes.submit(second), true);
    const copy = await store.runs.updateOne(
      { _id: run._id, claim_id: run.claim_id, status: "running", ...first.guard },
      { $set: { ...first.set } },
    );
    assert.equal(copy.matchedCount, 0);
    const stored = await store.runs.findOne({ _id: run._id });
    assert.deepEqual(
      stored?.steps.map((step) => step.status),
      ["ok", "ok", "started"],
    );
  });

  test("200 finishes at once are combined, each is applied, and one whose claim is lost is told so", async () => {
    const runs = Array.from({ length: 200 }, () => sampleRun());
    await insertRuns(store, runs);
    await store.runs.updateOne({ _id: runs[7]?._id ?? "" }, { $set: { claim_id: "another" } });
    const writes = writesOf(store);
    const results = await Promise.all(runs.map((run) => writes.submit(finish(run))));
    assert.deepEqual(
      results,
      runs.map((_, i) => i !== 7),
    );
    const ended = await store.runs.countDocuments({ _id: { $in: keysOf(runs) }, status: "ok" });
    assert.equal(ended, 199);
  });

  test("a finish is repeated until a broken connection is whole again", async () => {
    const run = sampleRun();
    await insertRun(store, run);
    undecided = [];
    await using _ = await failCommand(target, { failCommands: ["update"], appName, closeConnection: true }, 4);
    assert.equal(await writesOf(store).submit(finish(run)), true);
    assert.ok(undecided.length > 0);
    assert.equal((await store.runs.findOne({ _id: run._id }))?.status, "ok");
  });

  test("a finish turns a run that was declared lost meanwhile into the truth, also one that must be repeated", async () => {
    const [run, other] = [sampleRun(), sampleRun()];
    await insertRuns(store, [run, other]);
    await store.runs.updateMany({ _id: { $in: keysOf([run, other]) } }, { $set: { status: "lost" } });
    assert.equal(await writesOf(store).submit(finish(run)), true);
    await using _ = await failCommand(target, { failCommands: ["update"], appName, closeConnection: true }, 4);
    assert.equal(await writesOf(store).submit(finish(other, "error")), true);
    const stored = await store.runs.find({ _id: { $in: keysOf([run, other]) } }).toArray();
    assert.deepEqual(
      new Map(stored.map(({ _id, status, steps }) => [_id, [status, steps[0]?.status]])),
      new Map([
        [run._id, ["ok", "ok"]],
        [other._id, ["error", "ok"]],
      ]),
    );
  });

  test("neither a finish nor a late end touches a run that was taken over, whatever became of it", async () => {
    const runs = (["running", "lost", "ok"] as const).map((status) => ({ ...sampleRun(), status, reason: "theirs" }));
    await insertRuns(store, runs);
    for (const run of runs) {
      const former = { _id: run._id, claim_id: "former" };
      const writes = writesOf(store);
      assert.equal(await writes.submit(finish(former)), false);
      assert.equal(await writes.submit(lateEndWrite(endOf(former, "aborted"))), false);
      assert.deepEqual(await store.runs.findOne({ _id: run._id }), run);
    }
  });

  test("a late end is for a lost run alone: a running one is not ended by it", async () => {
    const run = sampleRun();
    await insertRun(store, run);
    assert.equal(await writesOf(store).submit(lateEndWrite(endOf(run, "aborted"))), false);
    assert.equal((await store.runs.findOne({ _id: run._id }))?.status, "running");
    await store.runs.updateOne({ _id: run._id }, { $set: { status: "lost" } });
    assert.equal(await writesOf(store).submit(lateEndWrite(endOf(run, "aborted"))), true);
    assert.equal((await store.runs.findOne({ _id: run._id }))?.status, "aborted");
  });

  test("a beat renews exactly the runs that are still ours", async () => {
    const [ours, theirs] = [sampleRun({ now: 0 }), sampleRun()];
    await insertRuns(store, [ours, theirs]);
    await store.runs.updateOne({ _id: theirs._id }, { $set: { claim_id: "another" } });
    const alive = await beatRuns(
      store,
      [ours, theirs].map((run) => ({ runId: run._id, claimId: run.claim_id })),
    );
    assert.deepEqual([...alive], [ours.claim_id]);
    const stored = await store.runs.findOne({ _id: ours._id });
    assert.ok(stored && stored.beat_at.getTime() > Date.parse("2020-01-01"), "beaten by the server's clock");
  });

  if (target.name === "standalone") {
    test("a write whose answer is lost after it was applied is recognised as applied", async () => {
      await using proxy = await startLossyProxy(target.uri);
      const lossy = await connectStore({ uri: proxy.uri, dbName: target.dbName, appName: "lossy" });
      try {
        const run = sampleRun();
        proxy.loseAnswerTo(run.claim_id);
        assert.equal((await insertRuns(lossy, [run])).decided, false, "the answer is lost");
        assert.equal((await readClaimIds(lossy, [run._id])).get(run._id), run.claim_id, "the claim is there");
        proxy.loseAnswerTo(run.claim_id);
        assert.equal(await writesOf(lossy).submit(finish(run)), true);
        assert.equal(proxy.lost(), 2);
      } finally {
        await lossy.close();
      }
    });
  }
});
