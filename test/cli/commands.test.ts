// Every command that needs at most a database, as a process: it ends by itself, with its exit code, and says
// something. What they say is tested in this process; commands to agents are processes in their own tests.
import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleJob, sampleRun } from "../helpers/sample-run.ts";
import { processSuite } from "./cli-suite.ts";

const job = { name: "nightly", hour: 2, method: "GET", url: "https://x.example.com/" };
const run = sampleRun({ job: sampleJob({ name: "nightly" }), scheduledFor: Date.now() - 60_000 });

/** In this order: each finds what those before it left. */
const commands: readonly (readonly [args: readonly string[], code: number, input?: string])[] = [
  [["init-db"], 0],
  [["jobs", "add", "-"], 0, JSON.stringify(job)],
  [["jobs", "add", "-"], 1, JSON.stringify(job)],
  [["jobs", "list"], 0],
  [["jobs", "show", "nightly"], 0],
  [["jobs", "show", "nobody"], 1],
  [["jobs", "next", "nightly"], 0],
  [["jobs", "check"], 0],
  [["jobs", "check", "-"], 1, JSON.stringify({ ...job, hour: 99 })],
  [["jobs", "disable", "nightly"], 0],
  [["jobs", "enable", "nightly"], 0],
  [["jobs", "export"], 0],
  [["jobs", "apply", "-"], 0, JSON.stringify([{ ...job, hour: 3 }])],
  [["jobs", "run", "nightly"], 75],
  [["explain", "nightly", "2026-01-01T02:00:00Z"], 0],
  [["jobs", "remove", "nightly"], 0],
  [["runs", "list"], 0],
  [["runs", "show", run._id], 0],
  [["runs", "cancel", "nobody"], 1],
  [["machines"], 0],
  [["machines", "forget", "nobody"], 1],
  [["status"], 0],
  [["reload"], 75],
  [["notify", "test", "nobody"], 1],
];

await processSuite("commands as processes", (cli) => {
  test("each ends by itself, with its exit code", async () => {
    await cli.store.runs.insertOne(run);
    for (const [args, expected, input = ""] of commands) {
      const { code, stdout, stderr } = await cli.run(args, { input });
      assert.equal(code, expected, `${args.join(" ")}: ${stdout}${stderr}`);
      assert.notEqual(stdout + stderr, "", args.join(" "));
    }
  });
});
