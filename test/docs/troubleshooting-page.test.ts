// docs/troubleshooting.md, followed as it stands: each command run in the trouble it is for, its output compared.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, beforeEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import { ensureIndexes } from "../../src/store/ensure-indexes.ts";
import { processSuite } from "../cli/cli-suite.ts";
import { sampleRun } from "../helpers/sample-run.ts";
import { jobOf, leaveFleet } from "../helpers/swept-fleet.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/troubleshooting.md"), "utf8");
const shiftedClock = pathToFileURL(join(import.meta.dirname, "../helpers/shifted-clock.mjs")).href;
const machineId = "580b6766-54b8-43ec-a314-609707644955";

/** The first command of a section and what it prints. */
function example(title: string): { readonly args: readonly string[]; readonly shown: string } {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? "";
  const [, command = "", shown = ""] = /```\nfleetcron ([^\n]*)\n```\n\n```\n([^`]*)```/.exec(section) ?? [];
  assert.notEqual(command, "", title);
  return { args: command.split(" "), shown };
}

await processSuite("docs/troubleshooting.md", (cli) => {
  let dir = "";
  before(async () => {
    dir = dirname(cli.file("state.txt", ""));
    await ensureIndexes(cli.store);
  });
  beforeEach(() => leaveFleet(cli.store, { resolvedUntil: Date.now(), jobs: [] }));

  /** Nothing of the day, of the place or of the server. */
  const masked = (text: string) =>
    text
      .replaceAll(cli.store.db.databaseName, "fleetcron")
      .replaceAll(dir, "/var/lib")
      .replaceAll(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?/g, "<time>")
      .replaceAll(/\d+ (s|min|h|d) ago|just now|in \d+ (s|min)/g, "<age>")
      .replaceAll(/within \d+ ms/g, "within <offset>")
      .replaceAll(/\b20\d\d[a-z]\b/g, "<zone data>")
      .replaceAll(/MongoDB [\d.]+, (one server|replica set)/g, "MongoDB <version>");
  const check = async (title: string, env: Readonly<Record<string, string>> = {}) => {
    const { args, shown } = example(title);
    // No service manager is asked: the machine that runs the tests keeps its own services.
    const machine = { FLEETCRON_STATE_DIR: join(dir, "fleetcron"), PATH: "/nonexistent" };
    const { stdout } = await cli.run(args, { env: { ...machine, ...env } });
    assert.equal(masked(stdout), masked(shown), stdout);
  };

  test("the agent does not start: another time zone than the fleet's", async () => {
    await cli.store.meta.insertOne({ _id: "fleet", tz: "Europe/Berlin" });
    await check("The agent does not start");
  });

  test("a job does not run: no agent was alive", async () => {
    const job = { name: "import", hour: null, minute: 0, url: "http://127.0.0.1:1" };
    await leaveFleet(cli.store, { resolvedUntil: Date.now(), jobs: [job] });
    const due = Math.floor(Date.now() / 3_600_000) * 3_600_000;
    const missed = { status: "missed" as const, reason: "start_grace_passed", start_at: null, hostname: "web-2" };
    const run = sampleRun({ job: jobOf({ _id: "import", ...job }), scheduledFor: due });
    await cli.store.runs.insertOne({ ...run, ...missed, claimed_by: machineId });
    await check("A job does not run");
  });

  test("clocks: this machine's and another one's are wrong", async () => {
    const wrong = { hostname: "web-3", last_seen: new Date(), offset_ms: -300_000, tzdata: process.versions.tz };
    await cli.store.machines.insertOne({ _id: machineId, machine_id: machineId, state: "active", ...wrong } as never);
    await check("Clocks", { NODE_OPTIONS: `--import=${shiftedClock}`, SHIFTED_CLOCK_MS: "3630000" });
  });

  test("high CPU: one job runs each second", async () => {
    const job = { name: "poll", every_sec: 1, url: "http://127.0.0.1:1" };
    const parsed = jobOf({ _id: "poll", ...job });
    const second = Math.floor(Date.now() / 1_000) * 1_000;
    const runs = Array.from({ length: 5 }, (_, i) => sampleRun({ job: parsed, scheduledFor: second - i * 1_000 }));
    await cli.store.runs.insertMany(
      runs.map((run) => ({ ...run, status: "ok" as const, elapsed_ms: 12, hostname: "web-1" })),
    );
    await check("High CPU");
  });
});
