// What agents with nothing to do ask of the database.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { CommandStartedEvent } from "mongodb";
import { connectStore, type Store } from "../../src/store/connect.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { leaveFleet } from "../helpers/swept-fleet.ts";
import { startAgent, until } from "../helpers/test-agent.ts";

await forEachTarget("an idle fleet", (suite) => {
  let store: Store;
  /** Every command that was sent, such as `find job_runs`. */
  let commands: string[] = [];
  before(async () => {
    const join = suite.uri.includes("?") ? "&" : "/?";
    const uri = `${suite.uri.replace(/\/$/, "")}${join}monitorCommands=true`;
    store = await connectStore({ uri, dbName: suite.dbName, appName: "idle" });
    store.client.on("commandStarted", ({ commandName, command }: CommandStartedEvent) => {
      const what = command.filter?.notify_due === undefined ? "" : " notify_due";
      commands.push(commandName === "getMore" ? commandName : `${commandName} ${command[commandName]}${what}`);
    });
  });
  after(() => store.close());

  const count = (what: string) => commands.filter((command) => command === what).length;

  test("looks whether a sweep is due by one small read, and reads jobs and their states only when one is", async () => {
    const tomorrow = new Date(Date.now() + 86_400_000);
    await leaveFleet(store, {
      resolvedUntil: Date.now(),
      jobs: Array.from({ length: 50 }, (_, i) => ({ name: `job ${i}`, at: tomorrow, url: "http://127.0.0.1:9/" })),
    });
    commands = [];
    await using _one = await startAgent(store);
    await using _two = await startAgent(store);
    // One for the first load of each agent, one to note what it found.
    await until(() => count("find job_state") >= 4, "both have started");
    commands = [];
    await until(() => count("find meta") >= 8, "both have looked some times");
    // Not none: a machine slow enough comes to the minute after which one of the two sweeps.
    assert.ok(count("find job_state") <= 2, commands.join("\n"));
    assert.ok(count("find jobs") <= 4, commands.join("\n"));
    // Nor anything about messages, where no channel is configured.
    assert.equal(count("find incidents") + count("find job_runs notify_due"), 0);
  });
});
