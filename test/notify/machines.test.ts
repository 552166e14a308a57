// Machines that fall silent: announced once by another one, and once when they are back.
import assert from "node:assert/strict";
import { hostname } from "node:os";
import { after, afterEach, before, beforeEach, test } from "node:test";
import type { Store } from "../../src/store/connect.ts";
import { registerMachine } from "../../src/store/machines.ts";
import { startAgentProcess, temporaryDir } from "../helpers/agent-process.ts";
import { onEmbedded } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { clearFleet } from "../helpers/swept-fleet.ts";
import { startAgent, until } from "../helpers/test-agent.ts";
import { channelsTo, type Receiver, startReceiver } from "./receiver.ts";

await onEmbedded("silent machines", (suite) => {
  let store: Store;
  let receiver: Receiver;
  before(async () => {
    ({ store } = await openTestStore(suite));
  });
  after(() => store.close());
  beforeEach(async () => {
    await clearFleet(store);
    receiver = await startReceiver();
  });
  afterEach(() => receiver[Symbol.asyncDispose]());

  const agent = () => startAgent(store, { notify: channelsTo(receiver, ["ops"]), notifyMachines: ["ops"] });
  const events = () => receiver.told().map(({ event }) => event);
  const lastSeen = async (machineId: string) =>
    (await store.machines.findOne({ machine_id: machineId }))?.last_seen?.getTime() ?? 0;
  /** Of an agent that beats each half second: longer than any machine may be silent. */
  const fiveBeatsOf = async (machineId: string) => {
    const from = await lastSeen(machineId);
    await until(async () => (await lastSeen(machineId)) > from + 2_500, "five heartbeats went by");
  };

  test("a killed machine is announced once by two others, and its return too; one that stops in order is not", async () => {
    using dir = temporaryDir();
    using otherDir = temporaryDir();
    const settings = { heartbeat_sec: 0.5, lease_sec: 4 };
    const startProcess = (stateDir: string) =>
      startAgentProcess({ uri: suite.uri, dbName: suite.dbName, stateDir, settings });
    await using one = await agent();
    await using _two = await agent();
    const starting = [startProcess(dir.path), startProcess(otherDir.path)] as const;
    await using victim = await starting[0];
    await using orderly = await starting[1];
    orderly.kill("SIGTERM");
    await orderly.ended;
    victim.kill("SIGKILL");
    await until(() => receiver.told().length > 0, "its silence is told");
    await fiveBeatsOf(one.machineId);
    assert.deepEqual(events(), ["silent"]);
    assert.match(receiver.told()[0]?.text ?? "", /is silent: no heartbeat since \d{4}-/);

    // In this process: the dead one's lock on its folder is good for seconds yet.
    const machineId = (await store.machines.findOne({ state: "active", hostname: hostname() }))?.machine_id ?? "";
    await using _back = await startAgent(store, { machineId, hostname: hostname() });
    await until(() => receiver.told().length > 1, "its return is told");
    assert.deepEqual(events(), ["silent", "back"]);
    const [silent, back] = receiver.told();
    assert.deepEqual([silent?.incident_id, silent?.hostname], [back?.incident_id, hostname()]);
  });

  test("heartbeats that are old because nobody could beat are no silence: all get their time to come back", async () => {
    const about = { tags: {}, version: "0", node: "24", tzdata: "x" };
    for (const machineId of ["comes back", "stays away"]) {
      await registerMachine(store, { machineId, instanceId: machineId, hostname: machineId, ...about }, 1_000);
    }
    await store.machines.updateMany({}, { $set: { last_seen: new Date(Date.now() - 60_000) } });
    await using one = await agent();
    // As with an agent that reaches the database two heartbeats after this one.
    const from = await lastSeen(one.machineId);
    await until(async () => (await lastSeen(one.machineId)) > from + 700, "this agent has looked at all");
    await store.machines.updateOne({ _id: "comes back" }, { $set: { last_seen: new Date(Date.now() + 60_000) } });
    await until(() => receiver.told().length > 0, "the other is told");
    await fiveBeatsOf(one.machineId);
    assert.deepEqual(
      receiver.told().map(({ hostname }) => hostname),
      ["stays away"],
    );
  });

  test("a silent machine that is forgotten ends its incident in silence", async () => {
    await using _one = await agent();
    const about = { tags: {}, version: "0", node: "24", tzdata: "x" };
    await registerMachine(store, { machineId: "gone", instanceId: "gone", hostname: "gone", ...about }, 1_000);
    await until(() => receiver.told().length > 0, "its silence is told");
    await store.machines.deleteOne({ _id: "gone" });
    await until(async () => (await store.incidents.countDocuments({ expires_at: null })) === 0, "the incident is over");
    assert.deepEqual(events(), ["silent"]);
  });
});
