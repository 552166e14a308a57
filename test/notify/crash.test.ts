// An agent that dies with a message in its hands: another one sends it, at least once, under the same incident id.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { IncidentDocument } from "../../src/store/collections.ts";
import type { Store } from "../../src/store/connect.ts";
import { claimMessage } from "../../src/store/incident-messages.ts";
import { startAgentProcess, temporaryDir } from "../helpers/agent-process.ts";
import { onEmbedded } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { clearFleet } from "../helpers/swept-fleet.ts";
import { startTarget } from "../helpers/target.ts";
import { startAgent, testSettings, until } from "../helpers/test-agent.ts";
import { channelsTo, type Receiver, startReceiver } from "./receiver.ts";

const leaseMs = testSettings.leaseSec * 1_000;

await onEmbedded("messages of dead agents", (suite) => {
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
  beforeEach(() => clearFleet(store));

  const settled = async () => (await store.incidents.find().toArray())[0]?.messages[0];

  test("killed while the channel was about to answer: sent again by another agent, which notes it in the run", async () => {
    await using target = await startTarget();
    using dir = temporaryDir();
    target.on("*", (_request, response) => response.writeHead(500).end());
    receiver.target.on("/ops", () => undefined);
    await store.jobs.insertOne({ name: "dies", at: new Date(), url: target.url, notify: ["ops"] });
    await using victim = await startAgentProcess({
      ...{ uri: suite.uri, dbName: suite.dbName, stateDir: dir.path },
      settings: { heartbeat_sec: 0.5, lease_sec: testSettings.leaseSec, http_defaults_retry_retries: 0 },
      env: { FLEETCRON_NOTIFY: JSON.stringify({ ops: { type: "webhook", url: `${receiver.target.url}/ops` } }) },
    });
    await until(() => receiver.told().length === 1, "the message is at the channel");
    victim.kill("SIGKILL");
    await victim.ended;
    receiver.target.on("/ops", (_request, response) => void response.end());
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

  test("killed between claim and send: sent once the lease is over, and not before", async () => {
    const begin = {
      event: "failed",
      at: new Date(),
      since: new Date(),
      hostname: "h",
      run_id: "r",
      reason: null,
    } as const;
    const unsent = { claimed_at: null, claimed_by: null, tries: 0, sent_at: null, given_up_at: null, error: null };
    const message = { event: "failed" as const, channel: "ops", due_at: new Date(0), ...unsent };
    const incident: IncidentDocument = {
      ...{ _id: "incident", subject: "failing:gone", number: 1, state: "closed", job_id: "gone", job_name: "gone" },
      ...{ begin, end: null, last_run_for: new Date(), slow_ms: null, channels: ["ops"], recovered: true },
      ...{ messages: [message], expires_at: null },
    };
    await store.incidents.insertOne(incident);
    const earlier = receiver.told().length;
    assert.equal(await claimMessage(store, { incident, index: 0, message }, "dead"), true);
    assert.equal(await claimMessage(store, { incident, index: 0, message }, "late"), false, "one claims it");
    await using _one = await startAgent(store, { notify: channelsTo(receiver, ["ops"]) });
    await using _two = await startAgent(store, { notify: channelsTo(receiver, ["ops"]) });
    const claimedAt = (await settled())?.claimed_at?.getTime() ?? 0;
    await until(async () => (await settled())?.sent_at instanceof Date, "it is sent");
    const sent = await settled();
    assert.ok((sent?.sent_at?.getTime() ?? 0) > claimedAt + leaseMs);
    assert.equal(sent?.tries, 2);
    assert.deepEqual(
      receiver
        .told()
        .slice(earlier)
        .map(({ key }) => key),
      ["incident/failed"],
    );
  });
});
