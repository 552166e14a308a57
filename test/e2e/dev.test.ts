// `fleetcron dev`, as somebody sees it who tries FleetCron for the first time.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ProgramProcess, runProgram, temporaryDir } from "../helpers/agent-process.ts";

const uriOf = (text: string): string => /FLEETCRON_MONGODB_URI="([^"]+)"/.exec(text)?.[1] ?? "";

test("two of them run side by side, show runs, and leave nothing behind", async () => {
  using dir = temporaryDir();
  const env = { TMPDIR: dir.path };
  await using one = new ProgramProcess(["dev"], env);
  await using two = new ProgramProcess(["dev"], env);
  for (const dev of [one, two]) {
    await dev.says("first         ok ");
    await dev.says("hello         ok ");
    await dev.says("two-steps     ok        login 200, report 200");
    await dev.says("flaky         ok        step-1 200 at try ");
    await dev.says("not-now       skipped   when");
  }
  assert.notEqual(uriOf(one.stdout), uriOf(two.stdout));
  const { stdout } = await runProgram(["jobs", "list", "--json"], { FLEETCRON_MONGODB_URI: uriOf(two.stdout) });
  assert.equal(JSON.parse(stdout).length, 5);
  // Ctrl-C, and a terminal that is closed.
  for (const [dev, signal] of [
    [one, "SIGINT"],
    [two, "SIGHUP"],
  ] as const) {
    dev.kill(signal);
    const { code, stderr } = await dev.ended;
    assert.equal(code, 0);
    assert.match(stderr, /stopped; nothing is left behind/);
  }
  assert.deepEqual(readdirSync(dir.path), []);
});

test("--keep goes on where it stopped", async () => {
  using dir = temporaryDir();
  const kept = join(dir.path, "kept");
  const stopAfterFirst = async (says: string) => {
    await using dev = new ProgramProcess(["dev", "--keep", kept], {});
    await dev.says(says);
    dev.kill("SIGINT");
    assert.equal((await dev.ended).code, 0);
  };
  await stopAfterFirst("first         ok ");
  assert.ok(existsSync(join(kept, "data", "fleetcron.db")));
  await stopAfterFirst("hello         ok ");
  const env = { FLEETCRON_STORE: "embedded", FLEETCRON_STATE_DIR: kept };
  const { stdout } = await runProgram(["runs", "list", "--json"], env);
  const names = (JSON.parse(stdout) as { job_name: string }[]).map(({ job_name }) => job_name);
  assert.ok(names.includes("first") && names.includes("hello"));
});
