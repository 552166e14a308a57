// Runs that nobody executed to their end, as the sweep and the reaper of three agents record them: told of once.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Store } from "../../src/store/connect.ts";
import { insertOrphan } from "../helpers/insert-orphan.ts";
import { onEmbedded } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { clearFleet, leaveFleet } from "../helpers/swept-fleet.ts";
import { startAgent, until } from "../helpers/test-agent.ts";
import { channelsTo, type Receiver, startReceiver } from "./receiver.ts";

const dayMs = 86_400_000;

await onEmbedded("messages about unsent runs", (suite) => {
  let store: Store;
  let receiver: Receiver;
  before(async () => {
    ({ store } = await openTestStore(suite));
    receiver = await startReceiver();
  });
  after(async () => {
    await receiver[Symbol.asyncDispose]();
    await store.close();
  });
  beforeEach(async () => {
    await clearFleet(store);
    receiver.target.forgetRequests();
  });

  const startThree = async () => {
    await using started = new AsyncDisposableStack();
    const notify = channelsTo(receiver, ["ops"]);
    for (let i = 0; i < 3; i++) started.use(await startAgent(store, { notify }));
    return started.move();
  };
  /** All that is marked has been taken up, and every message has arrived. */
  const isSettled = async () =>
    (await store.runs.countDocuments({ notify_due: { $exists: true } })) === 0 &&
    (await store.incidents.countDocuments({ "messages.sent_at": null })) === 0;
  const texts = () => receiver.told().map(({ event, text }) => `${event}: ${text}`);

  test("what was missed during an outage of three days is one message for each job, about its summary", async () => {
    const from = Date.now() - 3 * dayMs;
    const notify = { channels: ["ops"], on: ["missed"] };
    await leaveFleet(store, {
      resolvedUntil: from,
      since: from - dayMs,
      jobs: [
        { name: "hours", cron: "17 * * * *", url: receiver.target.url, notify },
        { name: "tens", every_sec: 600, url: receiver.target.url, notify },
        { name: "unheard", every_sec: 600, url: receiver.target.url },
      ],
    });
    await using _agents = await startThree();
    await until(
      async () => ((await store.meta.findOne({ _id: "sweep" }))?.resolved_until?.getTime() ?? 0) > from,
      "swept",
    );
    await until(async () => receiver.told().length >= 2 && (await isSettled()), "all is told");
    const [first = "", second = "", ...others] = texts().sort();
    assert.match(first, /^missed: job hours was missed: \d\d occurrences were due while no agent ran \(due [^,]*\)$/);
    assert.match(second, /^missed: job tens was missed: \d{3} occurrences were due while no agent ran \(due [^,]*\)$/);
    assert.deepEqual(others, []);
    assert.ok((await store.runs.countDocuments({ job_name: "tens", status: "missed" })) > 100);
  });

  test("a run whose agent died in a POST is told of as lost, with its record's own words", async () => {
    const { url } = receiver.target;
    const orphan = await insertOrphan(store, { url, method: "POST", notify: ["ops"] });
    await using _agents = await startThree();
    await until(async () => receiver.told().length >= 1 && (await isSettled()), "it is told");
    const run = await store.runs.findOne({ _id: orphan._id });
    assert.equal(run?.status, "lost");
    const due = `due ${orphan.scheduled_for.toISOString()}, on ${orphan.hostname}`;
    assert.deepEqual(texts(), [`lost: job orphan was lost: ${run?.reason} (${due})`]);
    assert.deepEqual(
      run?.notified?.map(({ event, ok }) => [event, ok]),
      [["lost", true]],
    );
  });
});
