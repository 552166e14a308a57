// An agent that dies with a message in its hands: another one sends it, at least once, under the same incident id. And what
// nobody could send is given up some day.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Document } from "mongodb";
import { messageLeaseMs } from "../../src/notify/deliver-messages.ts";
import { sendTimeoutMs } from "../../src/notify/send-message.ts";
import { connectStore, type Store } from "../../src/store/connect.ts";
import { claimMessage } from "../../src/store/incident-messages.ts";
import { startAgentProcess, temporaryDir } from "../helpers/agent-process.ts";
import { onEmbedded, type SuiteTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { sampleIncident, sampleMessage } from "../helpers/sample-incident.ts";
import { sampleRun } from "../helpers/sample-run.ts";
import { clearFleet } from "../helpers/swept-fleet.ts";
import { startTarget } from "../helpers/target.ts";
import { startAgent, until } from "../helpers/test-agent.ts";
import { channelsTo, type Receiver, startReceiver } from "./receiver.ts";

await onEmbedded("messages left behind", (suite) => {
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
    receiver.target.on("/ops", (_request, response) => void response.end());
  });

  const settled = async () => (await store.incidents.find().toArray())[0]?.messages[0];
  /** As if the message had been claimed sooner; answers when that was. */
  const leaseEndsIn = async (ms: number) => {
    const claimedAt = Date.now() - messageLeaseMs + ms;
    await store.incidents.updateOne({}, { $set: { "messages.0.claimed_at": new Date(claimedAt) } });
    return claimedAt;
  };

  test("the write that ends a run marks it, so an agent that dies then leaves the message to others", async () => {
    await using target = await startTarget();
    target.on("*", (_request, response) => response.writeHead(500).end());
    const { store: watched, updates } = await watchUpdates(suite);
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => watched.close());
    await store.jobs.insertOne({ name: "leaves", at: new Date(), url: target.url, notify: ["ops"] });
    const ends = () => updates.filter(({ status }) => status === "error");
    {
      // Without channels it can tell nobody.
      await using one = await startAgent(watched);
      await until(() => one.runs.length === 1, "the run has ended");
    }
    assert.deepEqual(
      ends().map(({ notify_due }) => notify_due),
      [{ event: "failed", channels: ["ops"], after: 1, recovered: true, slow_ms: null }],
    );
    await using _other = await startAgent(store, { notify: channelsTo(receiver, ["ops"]) });
    await until(() => receiver.told().some(({ job }) => job === "leaves"), "another one tells");
  });

  test("killed while the channel was about to answer: sent again by another agent, which notes it in the run", async () => {
    await using target = await startTarget();
    using dir = temporaryDir();
    target.on("*", (_request, response) => response.writeHead(500).end());
    receiver.target.on("/ops", () => undefined);
    await store.jobs.insertOne({ name: "dies", at: new Date(), url: target.url, notify: ["ops"] });
    await using victim = await startAgentProcess({
      ...{ uri: suite.uri, dbName: suite.dbName, stateDir: dir.path },
      settings: { heartbeat_sec: 0.5, lease_sec: 4, http_defaults_retry_retries: 0 },
      env: { FLEETCRON_NOTIFY: JSON.stringify({ ops: { type: "webhook", url: `${receiver.target.url}/ops` } }) },
    });
    await until(() => receiver.told().length === 1, "the message is at the channel");
    victim.kill("SIGKILL");
    await victim.ended;
    receiver.target.on("/ops", (_request, response) => void response.end());
    await leaseEndsIn(0);
    await using _agent = await startAgent(store, { notify: channelsTo(receiver, ["ops"]) });
    await until(async () => (await settled())?.sent_at instanceof Date, "it is sent");
    const [first, second, ...others] = receiver.told();
    assert.deepEqual([second?.incident_id, second?.key, others], [first?.incident_id, first?.key, []]);
    const run = await store.runs.findOne({ _id: String(first?.run_id) });
    assert.deepEqual(
      run?.notified?.map(({ incident_id, event, ok }) => [incident_id, event, ok]),
      [[first?.incident_id, "failed", true]],
    );
  });

  test("killed between claim and send: sent once its lease is over, and not before", async () => {
    const message = sampleMessage();
    const incident = sampleIncident({ state: "closed", messages: [message] });
    await store.incidents.insertOne(incident);
    assert.equal(await claimMessage(store, { incident, index: 0, message }, "dead"), true);
    assert.ok(messageLeaseMs >= 2 * sendTimeoutMs, "its sender may still be at it");
    const claimedAt = await leaseEndsIn(1_000);
    await using _one = await startAgent(store, { notify: channelsTo(receiver, ["ops"]) });
    await using _two = await startAgent(store, { notify: channelsTo(receiver, ["ops"]) });
    await until(async () => (await settled())?.sent_at instanceof Date, "it is sent");
    const sent = await settled();
    assert.ok((sent?.sent_at?.getTime() ?? 0) > claimedAt + messageLeaseMs);
    assert.equal(sent?.tries, 2);
    const keys = receiver.told().map(({ key }) => key);
    assert.deepEqual(keys, [`${incident._id}/failed`]);
  });

  test("of one channel nobody hears of the end before the beginning, however long that takes", async () => {
    const begun = sampleMessage({ due_at: new Date(Date.now() + 3_600_000) });
    const over = sampleMessage({ event: "recovered" });
    const messages = [begun, over, sampleMessage({ channel: "dev" })];
    await store.incidents.insertOne(sampleIncident({ state: "closed", messages }));
    await using _one = await startAgent(store, { notify: channelsTo(receiver, ["ops", "dev"]) });
    const tries = async () => (await store.incidents.findOne())?.messages.map((message) => message.tries);
    await until(() => receiver.told("/dev").length > 0, "another channel hears of it");
    assert.deepEqual(await tries(), [0, 0, 1]);
  });

  test("what no channel took within a day is given up, noted in the run and logged by one agent", async () => {
    const dayAgo = new Date(Date.now() - 86_401_000);
    const run = sampleRun();
    await store.runs.insertOne(run);
    const late = { at: dayAgo, since: dayAgo, hostname: "h", run_id: run._id, reason: null };
    const incident = sampleIncident({
      ...{ begin: { event: "failed", ...late }, end: { event: "recovered", ...late }, state: "closed" },
      messages: [sampleMessage({ error: "status 500", tries: 99 }), sampleMessage({ channel: "unknown" })],
    });
    await store.incidents.insertOne(incident);
    await using one = await startAgent(store, { notify: channelsTo(receiver, ["ops"]) });
    await using two = await startAgent(store, { notify: channelsTo(receiver, ["ops"]) });
    await until(async () => (await store.incidents.countDocuments({ expires_at: null })) === 0, "it is over");
    const given = [...one.logged, ...two.logged].filter(({ msg }) => msg === "notification given up");
    assert.deepEqual(given.map(({ channel, error }) => [channel, error]).sort(), [
      ["ops", "status 500"],
      ["unknown", null],
    ]);
    const notified = (await store.runs.findOne({ _id: run._id }))?.notified?.map(({ channel, ok }) => [channel, ok]);
    assert.deepEqual(notified?.sort(), [
      ["ops", false],
      ["unknown", false],
    ]);
    assert.deepEqual(receiver.told(), []);
  });
});

/** A store of its own, and what each update of a run sets, as it is sent. */
async function watchUpdates(suite: SuiteTarget): Promise<{ store: Store; updates: Document[] }> {
  const join = suite.uri.includes("?") ? "&" : "/?";
  const uri = `${suite.uri.replace(/\/$/, "")}${join}monitorCommands=true`;
  const store = await connectStore({ uri, dbName: suite.dbName, appName: "watched" });
  const updates: Document[] = [];
  store.client.on("commandStarted", ({ command }) => {
    if (command.update === "job_runs") updates.push(...command.updates.map(({ u }: Document) => u.$set ?? {}));
  });
  return { store, updates };
}
