// One state directory, one agent.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { MongoClient } from "mongodb";
import { startAgentProcess, temporaryDir } from "../helpers/agent-process.ts";
import { realTarget } from "../helpers/mongo-targets.ts";

const target = await realTarget();

test("a second agent with the same state directory is refused with 75 and says why", {
  skip: target === undefined && "there is no mongod to run it on",
}, async () => {
  assert.ok(target);
  using dir = temporaryDir();
  const options = { uri: target.uri, dbName: `fleetcron_test_${randomUUID()}`, stateDir: dir.path };
  await using first = await startAgentProcess(options);
  const second = await startAgentProcess(options).then(
    () => "it started",
    (error: Error) => error.message,
  );
  assert.match(second, /another agent is running with state_dir .* stop it, or give this one its own state_dir/s);
  first.kill("SIGTERM");
  assert.equal((await first.ended).code, 0);
  await using client = new MongoClient(target.uri);
  await client.db(options.dbName).dropDatabase();
});
