// Commands that go on until they are ended: what they show comes while they run.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { insertJob } from "../../src/store/jobs.ts";
import { ProgramProcess, runProgram } from "../helpers/agent-process.ts";
import { EmbeddedMachine } from "../helpers/embedded-machine.ts";
import { failCommand } from "../helpers/fail-command.ts";
import { sampleJob, sampleRun } from "../helpers/sample-run.ts";
import { ScreenProcess } from "../helpers/screen-process.ts";
import { until } from "../helpers/test-agent.ts";
import { cliSuite } from "./cli-suite.ts";

const now = Date.now();
const nightly = sampleJob({ id: 7, idText: "7", name: "nightly" });
const other = sampleJob({ id: 8, idText: "8", name: "other" });
const at = (job: typeof nightly, minutesAgo: number, fields = {}) => ({
  ...sampleRun({ job, scheduledFor: now - minutesAgo * 60_000, now: now - minutesAgo * 60_000 }),
  ...fields,
});

await cliSuite("runs tail, status --watch and the marks of jobs show", (cli) => {
  beforeEach(async () => {
    await cli.store.runs.deleteMany({});
    await cli.store.jobs.deleteMany({});
    await cli.store.jobs.insertMany([
      { _id: 7 as never, name: "nightly", every_sec: 60, url: "https://x.example.com" },
      { _id: 8 as never, name: "other", every_sec: 60, url: "https://x.example.com" },
    ]);
  });
  const started: ProgramProcess[] = [];
  afterEach(async () => {
    for (const program of started.splice(0)) await program[Symbol.asyncDispose]();
  });
  const follow = (...args: string[]) => {
    const program = new ProgramProcess(args, cli.env);
    started.push(program);
    return program;
  };
  const linesOf = ({ stdout }: { stdout: string }) => stdout.split("\n").slice(0, -1);

  test("tail shows the newest runs, then each one when it starts and when it ends", async () => {
    const running = at(nightly, 5, { status: "running" });
    await cli.store.runs.insertMany([at(nightly, 9, { status: "ok" }), at(nightly, 8, { status: "ok" }), running]);
    const tail = follow("runs", "tail", "-n", "2");
    await tail.says("running");
    assert.equal(linesOf(tail).length, 2);
    await cli.store.runs.insertOne(at(other, 1, { status: "running", reason: null }));
    await tail.says("other");
    await cli.store.runs.updateOne({ _id: running._id }, { $set: { status: "error", reason: "answered badly" } });
    await tail.says("answered badly");
    const shown = linesOf(tail).map((line) => / {2}(\w+) +(nightly|other) /.exec(line)?.slice(1));
    assert.deepEqual(shown, [
      ["ok", "nightly"],
      ["running", "nightly"],
      ["running", "other"],
      ["error", "nightly"],
    ]);
    tail.kill("SIGINT");
    await tail.ended;
    assert.equal(tail.child.signalCode, "SIGINT");
  });

  test("tail --json prints a line for each run, and the filters hold for what comes too", async () => {
    await cli.store.runs.insertOne(at(nightly, 9, { status: "error" }));
    const tail = follow("runs", "tail", "--json", "--job", "nightly", "--status", "error");
    await tail.says("\n");
    await cli.store.runs.insertMany([
      at(other, 3, { status: "error" }),
      at(nightly, 3, { status: "ok" }),
      at(nightly, 2, { status: "error" }),
    ]);
    await until(() => linesOf(tail).length === 2, "the second failure is shown");
    const shown = linesOf(tail).map((line) => JSON.parse(line));
    assert.deepEqual(
      shown.map(({ job_name, status }) => [job_name, status]),
      [
        ["nightly", "error"],
        ["nightly", "error"],
      ],
    );
  });

  test("tail sees the end of a run that a thousand newer ones have left behind", async () => {
    const long = at(nightly, 600, { status: "running" });
    await cli.store.runs.insertOne(long);
    const tail = follow("runs", "tail");
    await tail.says("running");
    const newer = Array.from({ length: 1_000 }, (_, i) => at(other, i / 60_000, { status: "ok" }));
    await cli.store.runs.insertMany(newer);
    await until(() => linesOf(tail).length === 1_001, "every newer run is shown");
    await cli.store.runs.updateOne({ _id: long._id }, { $set: { status: "lost" } });
    await tail.says("lost");
    assert.match(linesOf(tail).at(-1) ?? "", /lost +nightly /);
  });

  test("tail waits for a database that does not answer, and goes on where it was", async () => {
    const tail = follow("runs", "tail");
    await cli.store.runs.insertOne(at(nightly, 2, { status: "ok" }));
    await tail.says("nightly");
    {
      // Of this database alone: other suites run the program on the same server.
      const namespace = cli.store.runs.namespace;
      const failure = { failCommands: ["find"], appName: "fleetcron-cli", namespace, errorCode: 91 };
      await using _failing = await failCommand(cli.target, failure);
      await cli.store.runs.insertOne(at(other, 1, { status: "ok" }));
      await tail.says("the database does not answer; waiting for it ...");
    }
    await tail.says("other");
    assert.equal(linesOf(tail).length, 2);
    assert.equal(tail.stderr.split("\n").length, 2);
  });

  test("status --watch prints one snapshot after the other in a pipe", async () => {
    const watch = follow("status", "--watch", "--interval", "0.2");
    await watch.says("no invalid job");
    await insertJob(cli.store, { name: "broken", hour: 99 });
    await watch.says("1 job invalid");
    assert.match(watch.stdout, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n\nmachines\n/);
    assert.ok(!watch.stdout.includes("\u001b"));
  });

  test("status --watch --json prints one line for each snapshot", async () => {
    const watch = follow("status", "--watch", "--interval", "0.2", "--json");
    await until(() => linesOf(watch).length >= 2, "two snapshots are shown");
    for (const line of linesOf(watch)) assert.deepEqual(Object.keys(JSON.parse(line)).length, 5);
  });

  const onLinux = { skip: process.platform === "linux" ? false : "needs script of util-linux" };
  test("on a terminal status --watch redraws the screen, and no line is wider than it", onLinux, async () => {
    await cli.store.runs.insertOne(at(nightly, 1, { status: "error", reason: "r".repeat(100) }));
    await using screen = new ScreenProcess(["status", "--watch", "--interval", "0.2"], cli.env, { columns: 80 });
    const frames = () => screen.shown.split("\u001b[H\u001b[2J").slice(1);
    await until(() => frames().length >= 3, "the screen is drawn three times");
    const [first = ""] = frames();
    const lines = stripVTControlCharacters(first).split("\r\n");
    assert.ok(lines.some((line) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}nightly {2}error .*…/.test(line)));
    assert.ok(lines.every((line) => line.length <= 80));
    assert.ok(first.includes("\u001b[31m"));
  });

  test("jobs show has the last ten runs as marks, the newest on the right", async () => {
    const statuses = ["ok", "ok", "error", "ok", "missed", "skipped", "lost", "aborted", "ok", "ok", "running"];
    await cli.store.runs.insertMany(statuses.map((status, i) => at(nightly, 20 - i, { status })));
    const { stdout } = await cli.run(["jobs", "show", "nightly"]);
    assert.match(
      stdout,
      /^last runs, the newest on the right\n {2}✔ ✘ ✔ ○ - \? ■ ✔ ✔ ▶\n {2}✔ ok {2}✘ error {2}○ missed/m,
    );
    assert.equal(stdout.split("\n").filter((line) => line.includes("nightly ")).length, 6);
    assert.match((await cli.run(["jobs", "show", "other"])).stdout, /the newest on the right\n {2}none yet\n$/);
  });
});

test("what follows an embedded store asks for its agent, and does not hold the store meanwhile", async () => {
  using machine = new EmbeddedMachine();
  for (const args of [
    ["runs", "tail"],
    ["status", "--watch"],
  ]) {
    const { code, stderr } = await machine.run(args);
    assert.equal(code, 69);
    assert.match(stderr, /nobody serves the embedded store .*\n {2}start the agent first: fleetcron agent/);
  }
});

for (const interval of ["0", "soon"]) {
  test(`status --watch --interval ${interval} is a usage error`, async () => {
    const { code, stderr } = await runProgram(["status", "--watch", "--interval", interval], {});
    assert.equal(code, 2);
    assert.match(stderr, /--interval: expected a number of seconds from 0\.2 to 3600/);
  });
}
