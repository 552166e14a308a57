import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, test } from "node:test";
import { ObjectId } from "mongodb";
import { insertJob } from "../../src/store/jobs.ts";
import { cliSuite, type Json } from "./cli-suite.ts";

const url = "https://api.example.com/report";

await cliSuite("jobs apply and export", (cli) => {
  beforeEach(async () => {
    await cli.store.jobs.deleteMany({});
    await cli.store.commands.deleteMany({});
  });
  const apply = (input: unknown, ...args: string[]) =>
    cli.run(["jobs", "apply", "-", ...args], { input: typeof input === "string" ? input : JSON.stringify(input) });
  const reloads = () => cli.store.commands.countDocuments({ type: "reload_jobs" });
  const names = async () => (await cli.store.jobs.find({}, { sort: { name: 1 } }).toArray()).map(({ name }) => name);

  test("new jobs are created, changed ones keep their _id and show what changed, others are unchanged", async () => {
    const id = await insertJob(cli.store, { name: "b", hour: 2, minute: 0, url, headers: { A: "1" }, tz: "UTC" });
    await insertJob(cli.store, { name: "c", every_sec: 5, url });
    const { code, stdout, stderr } = await apply(`
name: a
hour: 4
url: ${url}
---
- {name: b, hour: 2, minute: 30, url: "${url}", headers: {A: "2"}, tz: UTC, group: reports}
- {name: c, url: "${url}", every_sec: 5}
`);
    assert.equal(code, 0, stderr);
    const next = String.raw`\d{4}-\d\d-\d\d`;
    const lines = [
      `created    a  next ${next} 04:00:00 UTC`,
      "changed    b",
      "  minute: 0 → 30",
      '  headers.A: "1" → "2"',
      String.raw`  group: \(none\) → "reports"`,
      `  next: ${next} 02:00:00 UTC → ${next} 02:30:00 UTC`,
      "unchanged  c",
    ];
    assert.match(stdout, new RegExp(`^${lines.join("\n")}\n$`));
    assert.match(stderr, /^1 created, 1 changed, 1 unchanged\nagents pick it up/);
    const b = await cli.store.jobs.findOne({ name: "b" });
    assert.deepEqual([b?._id, b?.minute, b?.headers], [id, 30, { A: "2" }]);
    assert.deepEqual([await names(), await reloads()], [["a", "b", "c"], 1]);
  });

  test("what is unchanged is not written, and no agent is told", async () => {
    const jobs = [{ name: "a", at: "2030-01-01T01:00:00+01:00", url }];
    await apply(jobs);
    await cli.store.commands.deleteMany({});
    const before = await cli.store.jobs.find().toArray();
    const { code, stdout } = await apply(jobs);
    assert.deepEqual([code, stdout], [0, "unchanged  a\n"]);
    assert.deepEqual([await cli.store.jobs.find().toArray(), await reloads()], [before, 0]);
  });

  test("--dry-run shows the same and writes nothing", async () => {
    await insertJob(cli.store, { name: "a", hour: 1, url });
    const [a, b] = await cli.json(["jobs", "apply", "-", "--dry-run"], {
      input: JSON.stringify([
        { name: "a", hour: 2, url },
        { name: "b", hour: 3, enabled: false, url },
      ]),
    });
    assert.deepEqual([a.action, a.changes], ["changed", [{ path: "hour", before: 1, after: 2 }]]);
    assert.deepEqual([a.next_before.slice(11, 16), a.next.slice(11, 16)], ["01:00", "02:00"]);
    assert.deepEqual([b.action, b.next_before, b.next], ["created", null, null]);
    assert.deepEqual([await names(), (await cli.store.jobs.findOne())?.hour, await reloads()], [["a"], 1, 0]);
  });

  test("every problem of every file of a folder is told at once, and then nothing is written", async () => {
    await cli.store.jobs.insertOne({ _id: "taken" as never, name: "old", hour: 1, url });
    const dir = join(dirname(cli.file("x", "")), "bad");
    mkdirSync(join(dir, "deep"), { recursive: true });
    cli.file("bad/good.yaml", `name: good\nhour: 1\nurl: ${url}\n`);
    cli.file("bad/bad.yml", `name: bad\nhour: 25\nurl: ${url}\n---\nname: good\nhour: 2\nurl: ${url}\n`);
    cli.file("bad/deep/broken.yaml", "name: [a\nhour: 1\n");
    cli.file("bad/ids.json", [
      { _id: "other", name: "old", hour: 1, url },
      { _id: "taken", name: "new", hour: 1, url },
    ]);
    cli.file("bad/left-out.txt", "no job");
    const { code, stdout, stderr } = await cli.run(["jobs", "apply", dir]);
    assert.deepEqual([code, stdout], [1, ""]);
    for (const problem of [
      /^fleetcron: nothing was applied: 5 problems$/m,
      /deep\/broken\.yaml: line 2, column 1: .*$/m,
      /good\.yaml: good: expected one job of that name, got another in \S+bad\.yml$/m,
      /ids\.json: old: _id: expected taken or none, got other$/m,
      /ids\.json: new: _id: expected one that is free, got that of old$/m,
      /bad\.yml: bad: hour: expected a whole number 0-23 or null, got 25$/m,
    ]) {
      assert.match(stderr, problem);
    }
    assert.deepEqual([await names(), await reloads()], [["old"], 0]);
  });

  test("--prune removes the jobs of the group that the files do not have, and no others", async () => {
    await cli.store.jobs.insertMany([
      { name: "gone", group: "g", hour: 1, url },
      { name: "kept", group: "g", hour: 1, url },
      { name: "moved", group: "g", hour: 1, url },
      { name: "else", hour: 1, url },
    ]);
    const files = [
      { name: "kept", group: "g", hour: 1, url },
      { name: "moved", group: "h", hour: 1, url },
    ];
    const { code, stdout } = await apply(files, "--prune", "--group", "g");
    assert.equal(code, 0);
    assert.match(stdout, /^unchanged {2}kept\nchanged {4}moved\n {2}group: "g" → "h"\n.*\nremoved {4}gone\n$/);
    assert.deepEqual([await names(), await reloads()], [["else", "kept", "moved"], 1]);
  });

  test("--prune with files that have nothing of the group removes nothing", async () => {
    await insertJob(cli.store, { name: "a", group: "reports", hour: 1, url });
    const { code, stderr } = await apply({ name: "b", hour: 1, url }, "--prune", "--group", "reports");
    assert.equal(code, 1);
    assert.match(stderr, /expected jobs of group "reports" in the files, got none/);
    assert.deepEqual(await names(), ["a"]);
  });

  for (const args of [["--prune"], ["--group", "g"]]) {
    test(`${args.join(" ")} alone is a usage error`, async () => {
      const { code, stderr } = await apply({ name: "a", hour: 1, url }, ...args);
      assert.equal(code, 2);
      assert.match(stderr, /expected --prune and --group NAME together/);
    });
  }

  test("a template that this machine cannot fill is refused unless forced", async () => {
    const job = { name: "a", hour: 1, url: "{{BAS_URL}}/x" };
    const refused = await apply(job);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /did you mean \{\{BASE_URL\}\}.*\n.*fleetcron jobs apply --force/);
    const forced = await apply(job, "--force");
    assert.equal(forced.code, 0);
    assert.match(forced.stderr, /warning: a: url: /);
  });

  test("an invalid job of the database is mended, and says so", async () => {
    await cli.store.jobs.insertOne({ name: "a", hour: "noon", url });
    const { code, stdout } = await apply({ name: "a", hour: 12, tz: "UTC", url });
    assert.equal(code, 0);
    assert.match(stdout, /hour: "noon" → 12\n.*\n {2}next: never: invalid → \S+ 12:00:00 UTC\n/);
  });

  const rich = {
    name: "rich",
    description: "漢字: #no comment",
    group: "g",
    schedules: [{ at: new Date("2030-01-01T00:00:00Z") }, { cron: "H 9 * * MON-FRI" }],
    start_at: "2026-01-01T00:00:00Z",
    end_at: new Date("2040-01-01T00:00:00.500Z"),
    method: "POST",
    url,
    headers: { "X-Text": "yes", "X-Number": "0123" },
    body: { at: new Date(0), text: "two\nlines\n", list: [1.5, null, { deep: true }], empty: {} },
  };
  for (const format of ["--json", "--group=g"]) {
    test(`what export ${format} prints applies as unchanged, and the same in an empty database`, async () => {
      await cli.store.jobs.insertMany([rich, { _id: "own" as never, name: "own", group: "g", hour: 1, url }]);
      const before = await cli.store.jobs.find({}, { sort: { name: 1 } }).toArray();
      const exported = await cli.run(["jobs", "export", format]);
      assert.equal(exported.code, 0, exported.stderr);
      const again = await apply(exported.stdout);
      assert.equal(again.stdout + again.stderr, "unchanged  own\nunchanged  rich\n2 unchanged\n");
      await cli.store.jobs.deleteMany({});
      assert.equal((await apply(exported.stdout)).code, 0);
      const after = await cli.store.jobs.find({}, { sort: { name: 1 } }).toArray();
      assert.deepEqual(after[0], before[0]);
      // A text in a field of instants comes back as the date it means.
      assert.deepEqual(after[1], { ...before[1], _id: after[1]?._id, start_at: new Date("2026-01-01T00:00:00Z") });
      assert.ok(after[1]?._id instanceof ObjectId);
    });
  }

  test("export leaves other groups and jobs without a name out", async () => {
    await cli.store.jobs.insertMany([{ name: "a", group: "g" }, { name: "b" }, { hour: 1 }]);
    const { stdout, stderr } = await cli.run(["jobs", "export"]);
    assert.equal(stdout, "---\nname: a\ngroup: g\n---\nname: b\n");
    assert.match(stderr, /1 job without a name left out/);
    assert.deepEqual(await cli.json(["jobs", "export", "--group", "g"]), [{ name: "a", group: "g" }]);
  });

  test("add and check take YAML too, with several documents, anchors and merges", async () => {
    const input = `
&base {name: a, hour: 1, url: "${url}"}
---
- &shared {name: b, hour: 1, url: "${url}", headers: {A: x}}
- {<<: *shared, name: c}
`;
    assert.equal((await cli.run(["jobs", "add", "-"], { input })).code, 0);
    assert.deepEqual(await names(), ["a", "b", "c"]);
    assert.deepEqual((await cli.store.jobs.findOne({ name: "c" }))?.headers, { A: "x" });
    const twice = await cli.run(["jobs", "check", "-"], { input: "name: a\nname: b\nhour: !secret 1\n" });
    assert.equal(twice.code, 1);
    assert.match(twice.stderr, /standard input: line 2, column 1: .*unique.*\n {2}line 3, column 7: .*!secret/);
  });

  test("the example of docs/cli.md applies as it is shown there", async () => {
    const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "cli.md"), "utf8");
    const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    const [, shown = ""] = /```\n(unchanged {2}cleanup\n[\s\S]*?)```/.exec(page) ?? [];
    const report = {
      group: "reports",
      hour: 2,
      url: "{{BASE_URL}}/report",
      headers: { Authorization: "{{API_SECRET}}" },
    };
    await cli.store.jobs.insertMany([
      { name: "cleanup", hour: 1, url },
      { name: "nightly-report", minute: 0, ...report },
    ]);
    const dir = join(dirname(cli.file("x", "")), "jobs");
    mkdirSync(dir);
    cli.file("jobs/cleanup.json", { name: "cleanup", hour: 1, url });
    cli.file("jobs/reports.yaml", yaml);
    const { stdout, stderr } = await cli.run(["jobs", "apply", dir, "--dry-run"]);
    const undated = (text: string) => text.replaceAll(/\d{4}-\d\d-\d\d/g, "DATE");
    assert.equal(undated(stdout), undated(shown), stderr);
  });

  test("10,000 jobs are applied at once, and all of them are there", async () => {
    const jobs = Array.from({ length: 10_000 }, (_, i) => ({ name: `job-${i}`, group: "many", hour: i % 24, url }));
    const file = cli.file("many.json", jobs);
    const { code, stderr } = await cli.run(["jobs", "apply", file]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^10000 created\n/);
    assert.equal(await cli.store.jobs.countDocuments({ group: "many" }), 10_000);
    const again: Json[] = await cli.json(["jobs", "apply", file]);
    assert.ok(again.every(({ action }) => action === "unchanged"));
  });
});
