// Needs no database: what is wrong is said before one is asked for, or that none can be reached.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runProgram } from "../helpers/agent-process.ts";
import { runInProcess } from "../helpers/run-in-process.ts";

const nowhere = { FLEETCRON_MONGODB_URI: "mongodb://fleet:pass-w0rd@127.0.0.1:1" };

const wrong: [string[], RegExp][] = [
  [["jbos", "list"], /unknown command 'jbos'\n\(Did you mean jobs\?\)/],
  [["jobs", "lst"], /unknown command 'lst'\n\(Did you mean list\?\)/],
  [["runs", "list", "--stauts", "ok"], /unknown option '--stauts'\n\(Did you mean --status\?\)/],
  [["jobs", "show"], /missing required argument 'job'/],
  [["jobs", "list", "extra"], /too many arguments/],
  [["runs", "list", "--status", "eror"], /--status: expected running, ok, .*, got "eror"; did you mean "error"\?/],
  [["runs", "list", "--since", "yesterday"], /--since: expected a time such as 30m, .*, got "yesterday"/],
  [["runs", "list", "--since", "2026-13-01"], /--since: expected a time/],
  [["runs", "list", "-n", "0"], /--limit: expected a whole number from 1 to 10000, got "0"/],
  [["reload", "--timeout", "5s"], /--timeout: expected a number of seconds from 0 to 86400, got "5s"/],
  [["jobs", "run", "x", "--timeout", "-1"], /--timeout: expected a number of seconds/],
  [["jobs", "next"], /jobs next: expected a job or --cron EXPRESSION, got neither/],
  [["jobs", "next", "x", "--cron", "* * * * *"], /expected a job or --cron EXPRESSION, got a job and --cron/],
  [["jobs", "next", "x", "--tz", "UTC"], /expected a job or --cron EXPRESSION, got a job and --tz/],
  [["jobs", "next", "--cron", "* * * * *", "--from", "soon"], /--from: expected a time such as .*, got "soon"/],
  [["jobs", "next", "--cron", "* * * * *", "-n", "0"], /--limit: expected a whole number from 1 to 10000, got "0"/],
  [["jobs", "next", "--cron", "0 0 * * MOM"], /--cron: expected a day of week .*, got "MOM" \(did you mean "MON"\?\)/],
  [["explain", "x", "yesterday"], /TIME: expected a time such as .*, now or last, got "yesterday"/],
  [["explain", "x", "2026-02-30", "09:00"], /TIME: expected a time such as .*, got "2026-02-30 09:00"/],
  [["explain", "x"], /missing required argument 'time'/],
  [["init-db", "--tz", "Europe/Berln"], /--tz: expected an IANA time zone .*; did you mean "Europe\/Berlin"\?/],
];
for (const [args, message] of wrong) {
  test(`${args.join(" ")} is a usage error`, async () => {
    const { code, stdout, stderr } = await runInProcess(args, nowhere);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, message);
  });
}

test("the process ends with 2, and prints nothing on stdout", async () => {
  const { code, stdout, stderr } = await runProgram(["jbos", "list"], nowhere);
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /unknown command/);
});

test("a database that cannot be reached ends with 69 and one clear message, without the password", async () => {
  const reading = [["jobs", "list"], ["status"], ["init-db"], ["reload"]];
  for (const { code, stdout, stderr } of await Promise.all(reading.map((args) => runProgram(args, nowhere)))) {
    assert.deepEqual([code, stdout], [69, ""]);
    assert.match(stderr, /^fleetcron: MongoDB at 127\.0\.0\.1:1 cannot be reached: [^\n]*\n {2}is it running[^\n]*\n$/);
    assert.doesNotMatch(stderr, /pass-w0rd/);
  }
});

test("a command that needs a database ends with 78 where there is no config", async () => {
  const { code, stderr } = await runProgram(["jobs", "list"], { HOME: "/nonexistent" });
  assert.equal(code, 78);
  assert.match(stderr, /found no config\n {2}run: fleetcron init/);
});
