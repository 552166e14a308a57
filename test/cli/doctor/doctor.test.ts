// The command as a person types it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runProgram, temporaryDir } from "../../helpers/agent-process.ts";
import { EmbeddedMachine } from "../../helpers/embedded-machine.ts";

/** Whether FleetCron is a service of the machine that runs the tests is not asked. */
const noManager = { PATH: "/nonexistent" };

test("without any config it ends with 1 and says what to do, as docs/cli.md shows it", async () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/cli.md"), "utf8");
  const [, shown] = /```\nfleetcron doctor\n```\n\n```\n([^`]*)```/.exec(page) ?? [];
  const { code, stdout, stderr } = await runProgram(["doctor"], { HOME: "/nonexistent" });
  assert.deepEqual([code, stdout], [1, shown]);
  assert.equal(
    stderr,
    "not checked: files, exec, service, database, privileges, indexes, clock, time zone, zone data, agent, store size\n",
  );
});

test("where nothing is wrong it ends with 0, on the embedded store of a running agent too", async () => {
  // No lease of a machine that is busy with other tests may end meanwhile.
  using machine = new EmbeddedMachine({ FLEETCRON_HEARTBEAT_SEC: "10", FLEETCRON_LEASE_SEC: "60" });
  await using _agent = await machine.startAgent();
  const { code, stdout, stderr } = await machine.run(["doctor"], noManager);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.doesNotMatch(stdout, /[!✗→]/);
  assert.match(stdout, /^✓ database {4}embedded store, database fleetcron, takes writes$/m);
  assert.match(stdout, /^✓ agent {7}serial 1, 1 live agent$/m);
  assert.match(stdout, /^✓ store size {2}0 runs, 0\.[1-9] MiB$/m);
});

test("--json is one array, with what was not looked at", async () => {
  using home = temporaryDir();
  const env = { HOME: home.path, FLEETCRON_MONGODB_URI: "mongodb://user:pass-w0rd@127.0.0.1:1" };
  const { code, stdout, stderr } = await runProgram(["doctor", "--json"], env);
  const found = JSON.parse(stdout) as { check: string; verdict: string; text?: string; mend?: string }[];
  assert.deepEqual([code, stderr], [1, ""]);
  assert.deepEqual(
    found.filter(({ verdict }) => verdict === "failed").map(({ check }) => check),
    ["database"],
  );
  assert.deepEqual(found.at(-1), { check: "store size", verdict: "not_checked" });
  assert.doesNotMatch(stdout, /pass-w0rd/);
});
