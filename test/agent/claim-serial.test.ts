// A beat and a move to a lower serial at the same time, in the order that load brings about now and then.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { pino } from "pino";
import { AgentContext } from "../../src/agent/context.ts";
import { createSendRequest } from "../../src/chain/http-attempt.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import type { Store } from "../../src/store/connect.ts";
import { failCommand } from "../helpers/fail-command.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { runCommand } from "../helpers/run-command.ts";
import { testSettings } from "../helpers/test-agent.ts";

function newContext(store: Store, logged: string[]): AgentContext {
  const deps = {
    ...{ store, clock: systemClock, random: Math.random, newId: randomUUID, settings: testSettings },
    log: pino({ level: "debug" }, { write: (line: string) => logged.push(JSON.parse(line).msg) }),
    reloadSettings: () => ({ settings: testSettings, notes: [] }),
    send: createSendRequest({ clock: systemClock }).send,
    runCommand,
    machine: { machineId: "machine", instanceId: "instance", hostname: "test-host", version: "0.0.0-test" },
  };
  return new AgentContext(deps, new AbortController().signal, (error) => assert.ifError(error));
}

await forEachTarget("claim serial", (suite) => {
  test("a beat that arrives after its serial was left for a lower one changes nothing", async () => {
    const { store, appName } = await openTestStore(suite);
    await using _store = store;
    const logged: string[] = [];
    const context = newContext(store, logged);
    const row = { serial: 1, assigned_to: "another", instance_id: "another", epoch: 1 };
    await store.db.collection("serials").insertOne({ ...row, beat_at: new Date(), lease_ms: 3_600_000 });
    await context.lease.improve(context);
    assert.equal(context.lease.serial, 2);

    await store.db.collection("serials").updateOne({ serial: 1 }, { $set: { assigned_to: null } });
    const slow = { failCommands: ["update"], appName, blockConnection: true, blockTimeMS: 1_000 };
    await using _slow = await failCommand(suite, slow, 1);
    const beating = context.lease.beat(context);
    await context.lease.improve(context);
    await beating;
    assert.equal(context.lease.serial, 1);
    assert.deepEqual(logged, ["serial acquired", "serial acquired"]);
    await context.lease.beat(context);
    assert.equal(context.lease.serial, 1);
  });

  test("two looks for a serial at once, or one that outlasts the release, leave no serial held for nothing", async () => {
    const { store } = await openTestStore(suite);
    await using _store = store;
    const heldRows = () => store.serials.countDocuments({ assigned_to: "machine" });
    await store.serials.deleteMany({});
    const context = newContext(store, []);
    await Promise.all([context.lease.improve(context), context.lease.improve(context)]);
    assert.equal(await heldRows(), 1);
    await context.lease.release(context);
    assert.equal(await heldRows(), 0);
    await context.lease.improve(context);
    assert.equal(context.lease.serial, null);
    assert.equal(await heldRows(), 0);
  });
});
