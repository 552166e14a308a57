// Chains whose agent died after a step had saved something: a successor goes on with what the record holds.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { RunDocument } from "../../src/store/collections.ts";
import type { Store } from "../../src/store/connect.ts";
import { insertOrphan } from "../helpers/insert-orphan.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { startAgent, until } from "../helpers/test-agent.ts";

await forEachTarget("takeover with outputs", (suite) => {
  let store: Store;
  let target: Target;

  before(async () => {
    ({ store } = await openTestStore(suite));
  });
  after(() => store.close());
  beforeEach(async (t) => {
    await Promise.all([store.jobs.deleteMany({}), store.runs.deleteMany({}), store.serials.deleteMany({})]);
    target = await startTarget();
    if ("after" in t) t.after(() => target.close());
  });

  const ended = async (filter: Partial<RunDocument>) => {
    const find = () => store.runs.findOne({ ...filter, status: { $ne: "running" } });
    await until(async () => (await find()) !== null, "the run has ended");
    const run = await find();
    assert.ok(run);
    return run;
  };
  const urls = () => target.requests.map(({ url }) => url);

  test("a successor fills templates and decides conditions with what was saved before it", async () => {
    target.on("/1/7", (_request, response) => response.end('{"state": "done"}'));
    const actions = [
      { name: "first", method: "POST", url: `${target.url}/0`, save: { id: "$.id" } },
      { name: "second", url: `${target.url}/1/{{outputs.id}}`, save: { state: "$.state" } },
      { name: "never", url: `${target.url}/2`, when: { output: { name: "state", eq: "open" } } },
      { name: "third", url: `${target.url}/3/{{outputs.state}}/{{outputs.id}}`, when: { previous: "ok" } },
    ];
    const steps = [{ status: "ok" as const, attempts: 1 }, {}];
    const { _id } = await insertOrphan(store, { actions }, { steps, outputs: { id: 7 } });
    await using _agent = await startAgent(store);
    const run = await ended({ _id });
    assert.deepEqual([run.status, run.attempt, urls()], ["ok", 2, ["/1/7", "/3/done/7"]]);
    assert.deepEqual(run.outputs, { id: 7, state: "done" });
    assert.deepEqual(
      run.steps.map(({ status }) => status),
      ["ok", "ok", "skipped_when", "ok"],
    );
    assert.equal(run.steps[1]?.url, `${target.url}/1/7`);
  });

  test("a lease lost between two steps: what the first saved is in the record, and the second goes by it", async () => {
    target.on("/0", (_request, response) => response.end('{"id": "a/b", "deep": {"list": [1, null]}}'));
    // The first agent gets no answer to its second request, and loses its lease meanwhile.
    target.on("/1/a%2Fb", (request, response) => {
      if (urls().filter((url) => url === request.url).length === 2) response.end("done");
    });
    const actions = [
      { name: "first", method: "POST", url: `${target.url}/0`, save: { id: "$.id", deep: "$.deep" } },
      { name: "second", method: "PUT", url: `${target.url}/1/{{outputs.id}}`, body: { deep: "{{outputs.deep}}" } },
    ];
    await store.jobs.insertOne({ name: "handed over", at: new Date(), timeout_sec: 600, actions });
    await using _owner = await startAgent(store, { hostname: "owner" });
    await target.waitForRequests(2);
    const seen = await store.runs.findOne({ job_name: "handed over" });
    assert.deepEqual(seen?.outputs, { id: "a/b", deep: { list: [1, null] } });
    // As after its death: its lease is over, and its beats find another's claim.
    const { modifiedCount } = await store.runs.updateOne(
      { job_name: "handed over" },
      { $set: { beat_at: new Date(0), claim_id: "of an agent that died" } },
    );
    assert.equal(modifiedCount, 1);
    const run = await ended({ job_name: "handed over" });
    assert.deepEqual([run.status, run.attempt, urls()], ["ok", 2, ["/0", "/1/a%2Fb", "/1/a%2Fb"]]);
    assert.deepEqual(JSON.parse(target.requests[2]?.body ?? ""), { deep: { list: [1, null] } });
    const keys = target.requests.map(({ headers }) => headers["idempotency-key"]);
    assert.equal(keys[1], keys[2]);
  });

  test("a record whose outputs are not such as an agent writes can't be continued", async () => {
    const odd = [5, { "a b": 1 }, { a: new Date() }, { a: { b: [/x/] } }, null];
    const ids: string[] = [];
    for (const [i, outputs] of odd.entries()) {
      const run = await insertOrphan(store, { name: `odd ${i}`, url: target.url });
      ids.push(run._id);
      await store.runs.replaceOne({ _id: run._id }, { ...run, outputs } as unknown as RunDocument);
    }
    await using _agent = await startAgent(store);
    for (const _id of ids) {
      const run = await ended({ _id });
      assert.equal(run.status, "lost");
      assert.match(run.reason ?? "", /can't be continued: outputs is malformed$/);
    }
    assert.deepEqual(urls(), []);
  });
});
