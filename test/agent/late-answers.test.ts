// An owner that still gets its answer after its run was declared lost, or taken over: what it may say, and that it sends
// nothing more.
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import type { Store } from "../../src/store/connect.ts";
import { markRunLost } from "../../src/store/expired-runs.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { startAgent, until } from "../helpers/test-agent.ts";

/** No beat comes in time to tell the owner that its run is another's: the answer finds out. */
const slowBeats = { heartbeatSec: 60, leaseSec: 600 };

await forEachTarget("late answers", (suite) => {
  let store: Store;
  let target: Target;
  let open: ServerResponse[];

  before(async () => {
    ({ store } = await openTestStore(suite));
  });
  after(() => store.close());
  beforeEach(async (t) => {
    await Promise.all([store.jobs.deleteMany({}), store.runs.deleteMany({}), store.serials.deleteMany({})]);
    target = await startTarget();
    if ("after" in t) t.after(() => target.close());
    open = [];
    target.on("/wait", (_request, response) => void open.push(response));
  });

  const loadRun = async () => {
    const [run, ...others] = await store.runs.find().toArray();
    assert.ok(run !== undefined && others.length === 0, "one run");
    return run;
  };
  const insertJob = (...actions: Record<string, unknown>[]) =>
    store.jobs.insertOne({ name: "late", at: new Date(), actions: actions.map((one) => ({ method: "POST", ...one })) });
  const isUnderWay = () => until(() => open.length === 1, "the request is under way");
  const declareLost = async () => {
    assert.equal(await markRunLost(store, await loadRun(), { reason: "silent", notice: null }), true);
    assert.equal((await loadRun()).steps[0]?.status, "unknown");
  };
  const urls = () => target.requests.map(({ url }) => url);

  for (const [code, status] of [
    [200, "ok"],
    [404, "error"],
  ] as const) {
    test(`the late answer ${code} to the last step turns a lost run into ${status}`, async () => {
      await insertJob({ url: `${target.url}/wait` });
      await using agent = await startAgent(store, slowBeats);
      await isUnderWay();
      await declareLost();
      open[0]?.writeHead(code).end("late");
      await until(() => agent.runs.length === 1, "the end is reported");
      const run = await loadRun();
      assert.deepEqual(
        [run.status, run.steps[0]?.status, run.steps[0]?.status_code, run.steps[0]?.response_sample],
        [status, status, code, "late"],
      );
      assert.notEqual(run.reason, "silent");
    });
  }

  test("in mid-chain the late answer is kept, the run is aborted, and no further step is sent", async () => {
    await insertJob({ url: `${target.url}/wait` }, { url: `${target.url}/second` });
    await using agent = await startAgent(store, slowBeats);
    await isUnderWay();
    await declareLost();
    open[0]?.end("late");
    await until(() => agent.runs.length === 1, "the end is reported");
    const run = await loadRun();
    assert.deepEqual(
      [run.status, run.reason, run.steps.map((step) => [step.status, step.response_sample])],
      ["aborted", "ownership_lost", [["ok", "late"]]],
    );
    assert.deepEqual(urls(), ["/wait"]);
  });

  for (const [what, second] of [
    ["a last step", []],
    ["a step in mid-chain", [{ url: "second" }]],
  ] as const) {
    test(`the late answer to ${what} of a run that was taken over changes nothing, and nothing more is sent`, async () => {
      await insertJob({ url: `${target.url}/wait` }, ...second.map(({ url }) => ({ url: `${target.url}/${url}` })));
      await using agent = await startAgent(store, slowBeats);
      await isUnderWay();
      await store.runs.updateOne({}, { $set: { claim_id: "successor", status: "lost", reason: "theirs" } });
      const theirs = await loadRun();
      open[0]?.end("late");
      const isNoticed = () => agent.logged.some(({ msg }) => msg === "claim lost; the run belongs to its record now");
      await until(isNoticed, "the loss is noticed");
      assert.deepEqual(await loadRun(), theirs);
      assert.deepEqual([urls(), agent.runs], [["/wait"], []]);
    });
  }
});
