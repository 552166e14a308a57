import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Double, Int32, Long, ObjectId } from "mongodb";
import { insertJob } from "../../src/store/jobs.ts";
import { apiSecret, cliSuite, type Json } from "./cli-suite.ts";

const nightly = {
  name: "nightly",
  hour: 2,
  minute: 30,
  tz: "Europe/Berlin",
  url: "{{BASE_URL}}/report",
  headers: { Authorization: "Bearer {{API_SECRET}}" },
};

await cliSuite("jobs commands", (cli) => {
  beforeEach(async () => {
    await cli.store.jobs.deleteMany({});
    await cli.store.commands.deleteMany({});
  });
  const names = async () => (await cli.json(["jobs", "list"])).map(({ name }: Json) => name);
  const reloads = () => cli.store.commands.countDocuments({ type: "reload_jobs", target: "all" });

  test("add inserts every job of a file, prints name and id, and tells the agents", async () => {
    const file = cli.file("jobs.json", [nightly, { ...nightly, name: "another", _id: "own-id" }]);
    const { code, stdout, stderr } = await cli.run(["jobs", "add", file]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^nightly {2}[0-9a-f]{24}\nanother {2}own-id\n$/);
    assert.match(stderr, /agents pick it up within 5 s/);
    assert.deepEqual([await names(), await reloads()], [["another", "nightly"], 1]);
  });

  test("add takes Extended JSON from standard input, and dates written as text", async () => {
    const input = `[
      {"_id": {"$oid": "665000000000000000000001"}, "name": "a", "at": {"$date": "2030-01-01T00:00:00Z"}, "url": "https://x.example.com"},
      {"name": "b", "schedules": [{"at": "2030-01-01T01:00:00+01:00"}], "timeout_sec": {"$numberLong": "5"}, "url": "https://x.example.com"}
    ]`;
    const added = await cli.json(["jobs", "add", "-"], { input });
    assert.deepEqual([added[0]._id, added[0].at], ["665000000000000000000001", "2030-01-01T00:00:00.000Z"]);
    const a = await cli.store.jobs.findOne({ name: "a" });
    const b = await cli.store.jobs.findOne({ name: "b" });
    assert.ok(a?._id instanceof ObjectId);
    assert.deepEqual([a.at, b?.schedules[0].at], [new Date("2030-01-01T00:00:00Z"), new Date("2030-01-01T00:00:00Z")]);
  });

  test("add inserts nothing when one of the jobs is invalid", async () => {
    const input = JSON.stringify([nightly, { ...nightly, name: "bad", hour: 24 }]);
    const { code, stdout, stderr } = await cli.run(["jobs", "add", "-"], { input });
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(
      stderr,
      /nothing was added: 1 of 2 jobs invalid\n {2}bad: hour: expected a whole number 0-23 or null, got 24/,
    );
    assert.deepEqual([await names(), await reloads()], [[], 0]);
  });

  test("add refuses a template that this machine's config cannot fill, unless forced", async () => {
    const input = JSON.stringify({ ...nightly, url: "{{BAS_URL}}/report" });
    const refused = await cli.run(["jobs", "add", "-"], { input });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /nightly: url: .*got \{\{BAS_URL\}\} \(did you mean \{\{BASE_URL\}\}\?\)/);
    assert.match(refused.stderr, /fleetcron jobs add --force/);
    const forced = await cli.run(["jobs", "add", "-", "--force"], { input });
    assert.equal(forced.code, 0);
    assert.match(forced.stderr, /warning: nightly: url: /);
    assert.deepEqual(await names(), ["nightly"]);
  });

  test("add refuses a name that is taken, in the database or in the file itself", async () => {
    await insertJob(cli.store, nightly);
    const taken = await cli.run(["jobs", "add", "-"], {
      input: JSON.stringify([{ ...nightly, name: "new" }, nightly]),
    });
    assert.equal(taken.code, 1);
    assert.match(taken.stderr, /nothing was added: a job "nightly" \([0-9a-f]{24}\) exists already/);
    const twins = [
      { ...nightly, name: "twin" },
      { ...nightly, name: "twin" },
    ];
    const twice = await cli.run(["jobs", "add", "-"], { input: JSON.stringify(twins) });
    assert.equal(twice.code, 1);
    assert.match(twice.stderr, /the file has two jobs named "twin"/);
    assert.deepEqual(await names(), ["nightly"]);
  });

  test("list shows schedule, next due time in the job's zone, and invalid jobs among the others", async () => {
    await insertJob(cli.store, nightly);
    await insertJob(cli.store, { ...nightly, name: "off", enabled: false, hour: null });
    await insertJob(cli.store, { name: "broken", hour: "noon", url: "x" });
    await insertJob(cli.store, { hour: 1, url: "https://x.example.com" });
    const { code, stdout } = await cli.run(["jobs", "list"]);
    assert.equal(code, 0);
    const [head, noName, broken, night, off] = stdout.split("\n");
    assert.match(head ?? "", /^NAME +ENABLED +SCHEDULE +NEXT +LAST$/);
    assert.match(noName ?? "", /^\(no name\) [0-9a-f]{24} +invalid/);
    assert.match(broken ?? "", /^broken +invalid +- +- +-$/);
    assert.match(night ?? "", /^nightly +yes +daily 02:30 +\d{4}-\d\d-\d\d 02:30:00 Europe\/Berlin +-$/);
    assert.match(off ?? "", /^off +no +hourly :30 +- +-$/);
  });

  test("list and show print numbers as numbers, whatever type the database has them in", async () => {
    const numbers = { hour: new Int32(2), minute: new Double(30), timeout_sec: Long.fromNumber(5) };
    await insertJob(cli.store, { ...nightly, ...numbers, big: Long.fromString("9007199254740993") });
    const shown = await cli.json(["jobs", "show", "nightly"]);
    assert.deepEqual([shown.hour, shown.minute, shown.timeout_sec, typeof shown.big], [2, 30, 5, "number"]);
    assert.deepEqual(await cli.json(["jobs", "list"]), [shown]);
  });

  test("show finds a job by id, and tells when it is due and what is wrong", async () => {
    const id = await insertJob(cli.store, { ...nightly, hour: "2" });
    const { code, stdout } = await cli.run(["jobs", "show", String(id)]);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^nightly \\(${id}\\)\n`));
    assert.match(
      stdout,
      /next due \(at 02:30, every day, Europe\/Berlin\)\n( {2}\d{4}-\d\d-\d\d 02:30:00 {2}in .*\n){5}/,
    );
    assert.match(stdout, /hints\n {2}nightly \(.*\): hour: /);
    await insertJob(cli.store, { _id: 7, name: "bad", url: 5 });
    const bad = await cli.run(["jobs", "show", "7"]);
    assert.match(bad.stdout, /problems: it is not run\n {2}bad \(7\): /);
  });

  test("next shows when a job is due, in the zone of the fleet, and what a clock change does to it", async () => {
    await cli.store.jobs.insertMany([
      { _id: "own" as never, ...nightly },
      { ...nightly, name: "over", end_at: new Date("2020-01-01T00:00:00Z") },
      { ...nightly, name: "bad", hour: 24 },
    ]);
    const found = await cli.json(["jobs", "next", "nightly", "-n", "2", "--from", "2026-03-28T12:00:00Z"]);
    assert.deepEqual(found, [
      {
        at: "2026-03-29T01:30:00Z",
        local: "2026-03-29T03:30:00+02:00",
        moved: true,
        reason: "02:30 does not exist: the clock goes on from 02:00 to 03:00",
      },
      { at: "2026-03-30T00:30:00Z", local: "2026-03-30T02:30:00+02:00", moved: false, reason: null },
    ]);
    const { stdout } = await cli.run(["jobs", "next", "own"]);
    assert.match(stdout, /^at 02:30, every day, Europe\/Berlin\nIN Europe\/Berlin +UTC\n/);
    assert.equal(stdout.split("\n").length, 13);

    assert.deepEqual(await cli.json(["jobs", "next", "over"]), []);
    assert.match((await cli.run(["jobs", "next", "over"])).stderr, /ended: never again/);
    assert.match((await cli.run(["jobs", "list"])).stdout, /^over +yes +daily 02:30 +ended +-$/m);
    const bad = await cli.run(["jobs", "next", "bad"]);
    assert.equal(bad.code, 1);
    assert.match(bad.stderr, /job "bad" is invalid\n.*hour: expected/);
  });

  test("check reports every invalid job of the database and leaves out the good ones", async () => {
    await insertJob(cli.store, nightly);
    await insertJob(cli.store, { _id: "b", name: "bad", hour: 24, url: "https://x.example.com", typo: 1 });
    const { code, stdout, stderr } = await cli.run(["jobs", "check"]);
    assert.equal(code, 1);
    assert.match(stdout, /^bad \(b\): hour: expected a whole number 0-23 or null, got 24$/m);
    assert.match(stdout, /^bad \(b\): typo: /m);
    assert.doesNotMatch(stdout, /nightly/);
    assert.match(stderr, /2 jobs, 1 invalid/);
    const found = await cli.json(["jobs", "check"], { code: 1 });
    const valid = Object.fromEntries(found.map(({ name, valid }: Json) => [name, valid]));
    assert.deepEqual(valid, { nightly: true, bad: false });
  });

  test("enable, disable and remove change the job and tell the agents", async () => {
    const id = await insertJob(cli.store, nightly);
    for (const [change, done, enabled] of [
      ["disable", "disabled", false],
      ["enable", "enabled", true],
    ] as const) {
      const { code, stdout } = await cli.run(["jobs", change, "nightly"]);
      assert.deepEqual([code, stdout], [0, `${done} nightly (${id})\n`]);
      assert.equal((await cli.store.jobs.findOne({}))?.enabled, enabled);
    }
    const removed = await cli.run(["jobs", "remove", String(id)]);
    assert.deepEqual([removed.code, removed.stdout], [0, `removed nightly (${id})\n`]);
    assert.deepEqual([await names(), await reloads()], [[], 3]);
  });

  test("a mistyped name gets the nearest one as a suggestion", async () => {
    await insertJob(cli.store, nightly);
    const { code, stderr } = await cli.run(["jobs", "show", "nigthly"]);
    assert.equal(code, 1);
    assert.match(stderr, /no job with the name or id "nigthly"\n {2}did you mean "nightly"\?/);
  });

  test("a name from the database cannot colour or move a terminal, and no secret is printed", async () => {
    await insertJob(cli.store, { ...nightly, name: "evil\u001b[31m" });
    for (const args of [["jobs", "list"], ["jobs", "check"], ["status"], ["jobs", "show", "evil\u001b[31m"]]) {
      const { stdout, stderr } = await cli.run(args);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
      assert.doesNotMatch(stdout + stderr, /\u001b/);
      assert.ok(!(stdout + stderr).includes(apiSecret));
    }
  });

  test("colours are shown when asked for, and never with NO_COLOR or in a pipe", async () => {
    await insertJob(cli.store, nightly);
    const colour = "\u001b[";
    assert.ok(!(await cli.run(["jobs", "list"])).stdout.includes(colour));
    assert.ok(!(await cli.run(["jobs", "list"], { env: { NO_COLOR: "1" } })).stdout.includes(colour));
    assert.ok((await cli.run(["jobs", "list", "--color"])).stdout.includes(colour));
    assert.ok(!(await cli.run(["jobs", "list", "--no-color"])).stdout.includes(colour));
  });
});
