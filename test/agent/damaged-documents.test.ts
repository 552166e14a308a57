// Documents made by hand with everything wrong, one and more in each collection: a good job runs on, on time, and the
// log says which documents they are.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Decimal128, type Document, Long, Timestamp } from "mongodb";
import type { Store } from "../../src/store/connect.ts";
import { assertEverySecond } from "../helpers/every-second.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { damageEachField, writeSamples } from "../helpers/sample-documents.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { startAgent, type TestAgent, until } from "../helpers/test-agent.ts";

const huge = Array.from({ length: 10_000 }, (_, i) => ({ i }));
/** An agent without channels does not look at incidents. Nothing listens there. */
const notify = new Map([["ops", { type: "webhook" as const, url: "http://127.0.0.1:9/" }]]);
const longAgo = new Date("2020-01-01T00:00:00Z");

const damaged: Readonly<Record<string, readonly Document[]>> = {
  serials: [
    {
      ...{ _id: "s-types", serial: 1, assigned_to: ["x"], instance_id: 5, epoch: "one", beat_at: { at: 1 } },
      ...{ lease_ms: "a minute", hostname: 7, last_assigned_to: { a: 1 } },
    },
    { _id: "s-missing", serial: 2 },
    { _id: "s-huge", serial: 3, assigned_to: huge, instance_id: huge, epoch: huge, beat_at: huge, lease_ms: huge },
    { _id: "s-text", serial: "four", assigned_to: "x", beat_at: longAgo, lease_ms: Number.NaN },
  ],
  machines: [
    {
      ...{ _id: "m-types", machine_id: 5, instance_id: {}, hostname: ["x"], last_seen: "now", serial: "one", tags: 5 },
      ...{ version: 1, started_at: "x", state: 7, jobs: "many", offset_ms: {} },
    },
    { _id: "m-missing" },
    { _id: "m-huge", machine_id: "m-huge", hostname: huge, last_seen: huge, serial: huge, jobs: huge, tags: huge },
  ],
  job_runs: [
    {
      ...{
        _id: "r-types",
        job_id: "good",
        job_name: 5,
        status: "running",
        exclusive: true,
        claim_id: {},
        steps: "none",
      },
      ...{ beat_at: "yesterday", lease_ms: [], attempt: "first", scheduled_for: "today", hostname: 5, expires_at: "x" },
    },
    { _id: "r-missing", status: "running" },
    { _id: "r-no-status", job_id: "good" },
    { _id: "r-odd-status", status: { a: 1 }, beat_at: longAgo },
    { _id: "r-huge", status: "running", beat_at: huge, lease_ms: huge, steps: huge, claim_id: huge },
    {
      _id: "r-steps",
      status: "running",
      beat_at: longAgo,
      lease_ms: 1,
      claim_id: "x",
      steps: [null, 5, { status: "started" }],
    },
    { _id: 5, status: "running", beat_at: new Timestamp({ t: 1, i: 1 }), lease_ms: Decimal128.fromString("NaN") },
    { _id: "r-old", job_id: "other", status: "running", exclusive: true, beat_at: longAgo, lease_ms: Long.MAX_VALUE },
  ],
  commands: [
    { _id: "c-types", type: {}, target: 5, args: "none", created_at: "now", acks: "none" },
    { _id: "c-missing" },
    { _id: "c-all", type: ["reload_jobs"], target: "all", args: 5, created_at: new Date(), acks: { machine_id: 1 } },
    { _id: "c-run", type: "run_job", target: "all", args: { job_id: { id: 1 } }, acks: [5, null, { at: "x" }] },
    { _id: "c-cancel", type: "cancel_run", target: "all", args: { run_id: [huge.length] } },
    { _id: "c-proto", type: "__proto__", target: "all", args: null },
    { _id: "c-huge", type: "reload_jobs", target: "all", acks: huge },
  ],
  meta: [{ _id: "fleet", tz: ["Europe/Berlin"] }, { _id: 5 }],
};

/** What no agent would write, by its own field types; others of the table are only odd. */
const named: Readonly<Record<string, readonly string[]>> = {
  serials: ["s-types", "s-missing", "s-huge", "s-text"],
  machines: ["m-types", "m-missing", "m-huge"],
  job_runs: ["r-types", "r-missing", "r-no-status", "r-odd-status", "r-huge", "r-steps", "5", "r-old"],
  commands: ["c-types", "c-missing", "c-all", "c-proto"],
  meta: ["fleet"],
};

await forEachTarget("damaged documents", (suite) => {
  let store: Store;
  let target: Target;
  let agents: readonly TestAgent[];
  const cleanup = new AsyncDisposableStack();
  const logged = () => agents.flatMap((agent) => agent.logged);

  before(async () => {
    ({ store } = await openTestStore(suite));
    cleanup.defer(() => store.close());
    target = cleanup.use(await startTarget());
    await store.db.collection("jobs").insertMany([
      { _id: "good" as never, name: "good", every_sec: 1, overlap: "allow", url: `${target.url}/good` },
      { _id: "other" as never, name: "other", every_sec: 1, overlap: "skip", url: `${target.url}/other` },
    ]);
    for (const [name, documents] of Object.entries(damaged)) {
      await store.db.collection(name).insertMany([...documents]);
    }
    agents = [cleanup.use(await startAgent(store, { notify })), cleanup.use(await startAgent(store))];
  });
  after(() => cleanup.disposeAsync());

  test("good jobs run on time beside them, also one that a damaged run seemed to block", async () => {
    const ended = (job: string) =>
      agents.flatMap(({ runs }) => runs).filter((run) => run.job === job && run.status === "ok");
    await until(() => ended("good").length >= 5 && ended("other").length >= 2, "both jobs ran for some seconds");
    await assertEverySecond(store, "good");
  });

  test("each of them is named in the log of each agent, once, with what is wrong", () => {
    for (const agent of agents) {
      const told = agent.logged.filter(({ msg }) => msg === "damaged document passed over");
      for (const [collection, ids] of Object.entries(named)) {
        const found = told.filter((entry) => entry.collection === collection).map(({ id }) => id);
        // The first agent mends some of them before the second looks.
        if (agent === agents[0]) assert.deepEqual(found.sort(), [...ids].sort(), collection);
        assert.equal(new Set(found).size, found.length);
      }
    }
    const [types] = logged().filter(({ id }) => id === "s-types");
    assert.deepEqual(types?.problems, [
      "assigned_to: expected string or null, got array",
      "instance_id: expected string or null, got int",
      "epoch: expected int or long or double, got string",
      "beat_at: expected date, got object",
      "lease_ms: expected int or long or double, got string",
      "hostname: expected string, got int",
      "last_assigned_to: expected string, got object",
    ]);
  });

  test("no loop of any agent failed, and both agents have a serial", async () => {
    const failed = logged().filter(({ msg }) => msg === "background loop failed" || msg === "task failed");
    assert.deepEqual(failed, []);
    const ours = { instance_id: { $in: agents.map(({ instanceId }) => instanceId) } };
    // A busy machine may cost an agent its short lease; it takes another serial then.
    await until(async () => {
      const serials = (await store.machines.find(ours).toArray()).map(({ serial }) => serial);
      return new Set(serials).size === agents.length && serials.every((serial) => typeof serial === "number");
    }, "both have a serial of their own");
  });

  test("a good command beside the damaged ones is executed", async () => {
    const { insertedId } = await store.db.collection("commands").insertOne({ type: "reload_jobs", target: "all" });
    const acks = async () => (await store.commands.findOne({ _id: insertedId }))?.acks ?? [];
    await until(async () => (await acks()).length === agents.length, "both agents acknowledged");
    assert.deepEqual(
      (await acks()).map(({ ok }) => ok),
      [true, true],
    );
  });

  test("documents with one wrong field each, of every field there is, stop nobody either", async () => {
    const { store: elsewhere } = await openTestStore({ ...suite, dbName: `${suite.dbName}_samples` });
    try {
      for (const { collection, document } of damageEachField(await writeSamples(elsewhere))) {
        const rows = store.db.collection<Document>(collection);
        await rows.replaceOne({ _id: document._id }, document, { upsert: true });
      }
    } finally {
      await elsewhere.db.dropDatabase();
      await elsewhere.close();
    }
    const ends = () => agents.flatMap(({ runs }) => runs).filter((run) => run.job === "good").length;
    const before = ends();
    await until(() => ends() >= before + 3, "good jobs go on");
    await assertEverySecond(store, "good");
    const resolvedUntil = async () => (await store.meta.findOne({ _id: "sweep" }))?.resolved_until?.getTime() ?? 0;
    const longAgo = Date.now() - 300_000;
    await store.meta.updateOne({ _id: "sweep" }, { $set: { resolved_until: new Date(longAgo) } });
    await until(async () => (await resolvedUntil()) > longAgo, "the sweep goes on");
    const failed = logged().filter(({ msg }) => msg === "background loop failed" || msg === "task failed");
    assert.deepEqual(failed, []);
    await using late = await startAgent(store, { notify });
    await until(
      () => late.logged.some(({ msg }) => msg === "damaged document passed over"),
      "a new agent starts beside them",
    );
  });
});
