// Jobs and commands written by people: taken up at once where the server tells of changes, else soon, without a reload.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type Clock, systemClock } from "../../src/runtime/clock.ts";
import { findCommand } from "../../src/store/commands.ts";
import type { Store } from "../../src/store/connect.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { startAgent, type TestAgent, until } from "../helpers/test-agent.ts";

/** Waits of half a minute and more pass a hundred times as fast. */
const hastyClock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms >= 30_000 && Number.isFinite(ms) ? ms / 100 : ms, signal),
};
/** Polling never comes in the time of a test. */
const neverPolls = { pollSec: 3_600 };

await forEachTarget("immediate edits", (suite) => {
  let store: Store;
  let target: Target;
  const hasStreams = suite.name === "replica set of three";
  /** Where there are streams nothing but them may be what brings a change. */
  const options = () => (hasStreams ? neverPolls : { clock: hastyClock });
  const each = (name: string) => ({ name, every_sec: 1, url: `${target.url}/${name}` });
  const ran = (agent: TestAgent, job: string) => until(() => agent.runs.some((run) => run.job === job), `${job} ran`);
  const loads = (agent: TestAgent) => agent.logged.filter(({ msg }) => msg === "jobs loaded").length;
  /** The catalog is as the database has it: what was written before was read, and what comes next will be seen. */
  const settled = async (agent: TestAgent) => {
    const count = loads(agent);
    if (hasStreams) await until(() => loads(agent) >= 2, "the stream is open");
    else await until(() => loads(agent) > count, "the jobs were read again");
  };

  before(async () => {
    ({ store } = await openTestStore(suite));
    target = await startTarget();
  });
  after(async () => {
    await target.close();
    await store.close();
  });
  beforeEach(() => store.db.dropDatabase());

  test("a job inserted, changed, disabled or removed by hand counts without a reload", async () => {
    await using agent = await startAgent(store, options());
    await settled(agent);
    await store.jobs.insertMany([each("one"), each("two")]);
    await ran(agent, "one");
    await ran(agent, "two");
    await store.jobs.updateOne({ name: "one" }, { $set: { url: `${target.url}/changed` } });
    await until(() => target.requests.some(({ url }) => url === "/changed"), "the new definition is executed");
    const isLoaded = (loaded: number) => () =>
      agent.logged.findLast(({ msg }) => msg === "jobs loaded")?.loaded === loaded;
    await store.jobs.deleteOne({ name: "one" });
    await until(isLoaded(1), "the removed one is forgotten");
    await store.jobs.insertOne({ name: "broken", hour: 99 });
    await until(() => agent.logged.some(({ msg }) => msg === "invalid job ignored"), "a bad one is reported");
  });

  test("reading the jobs again tells the log only what is new", async () => {
    await store.jobs.insertMany([each("good"), { name: "broken", hour: 99 }]);
    await using agent = await startAgent(store, options());
    await settled(agent);
    const reports = () => agent.logged.filter(({ msg }) => msg === "invalid job ignored").map(({ job }) => job);
    assert.deepEqual(reports(), ["broken"]);
    await store.jobs.insertOne({ name: "broken too", hour: 99 });
    await until(() => reports().length > 1, "the new one is reported");
    assert.deepEqual(reports(), ["broken", "broken too"]);
    await store.jobs.updateOne({ name: "broken" }, { $set: { hour: 98 } });
    await until(() => reports().length > 2, "a broken one that was changed is reported again");
    assert.deepEqual(reports(), ["broken", "broken too", "broken"]);
  });

  test("a command is executed at once where there are streams, at the next poll elsewhere", async () => {
    await using _agent = await startAgent(store, hasStreams ? neverPolls : {});
    const { insertedId } = await store.db.collection("commands").insertOne({ type: "reload_jobs", target: "all" });
    await until(async () => ((await findCommand(store, insertedId))?.acks.length ?? 0) > 0, "it is acknowledged");
  });

  test("a dropped database is nothing that streams or reading do not survive", async () => {
    await using agent = await startAgent(store, options());
    await settled(agent);
    await store.db.dropDatabase();
    await store.jobs.insertOne(each("after the drop"));
    await ran(agent, "after the drop");
    await store.jobs.insertOne(each("later still"));
    await ran(agent, "later still");
    const { insertedId } = await store.db.collection("commands").insertOne({ type: "reload_jobs", target: "all" });
    if (hasStreams)
      await until(async () => ((await findCommand(store, insertedId))?.acks.length ?? 0) > 0, "it is acknowledged");
  });

  test(
    hasStreams ? "streams are what brings changes" : "a server without streams is asked once, and then polled",
    async () => {
      await using agent = await startAgent(store, options());
      await settled(agent);
      const given = agent.logged.filter(({ msg }) => msg === "no change stream here; polled");
      assert.deepEqual(given.map(({ collection }) => collection).sort(), hasStreams ? [] : ["commands", "jobs"]);
    },
  );
});
