// Job files without a database and without a config.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { runInProcess } from "../helpers/run-in-process.ts";

const dir = mkdtempSync(join(tmpdir(), "fleetcron-jobs-file-"));
after(() => rmSync(dir, { recursive: true, force: true }));
const env = { HOME: dir };
const job = { name: "report", hour: 9, minute: 30, url: "https://api.example.com/report" };
const check = (input: unknown, args: readonly string[] = [], own = {}) =>
  runInProcess(
    ["jobs", "check", "-", ...args],
    { ...env, ...own },
    typeof input === "string" ? input : JSON.stringify(input),
  );
const checkJson = async (input: unknown, own = {}) => JSON.parse((await check(input, ["--json"], own)).stdout);

test("valid jobs are counted, one or a list of them", async () => {
  assert.deepEqual(await check(job), { code: 0, stdout: "ok: 1 job\n", stderr: "" });
  assert.deepEqual(await check([job, { ...job, name: "b" }]), { code: 0, stdout: "ok: 2 jobs\n", stderr: "" });
});

test("every problem of every job is told with its field, expectation and value", async () => {
  const { code, stdout, stderr } = await check([
    { ...job, hour: 25, metod: "POST" },
    { ...job, _id: 7, name: "b", url: 5 },
    { ...job, name: "good" },
  ]);
  assert.equal(code, 1);
  assert.match(stdout, /^report: hour: expected a whole number 0-23 or null, got 25$/m);
  assert.match(stdout, /^report: metod: .*did you mean "method"/m);
  assert.match(stdout, /^b \(7\): url: expected /m);
  assert.doesNotMatch(stdout, /good/);
  assert.equal(stderr, "3 jobs, 2 invalid\n");
});

test("a secret whose value only the agent gets is known by its name", async () => {
  const own = { FLEETCRON_SECRETS: '{"API_SECRET": {"file": "/run/credentials/agent/api_secret"}}' };
  const secret = { ...job, headers: { Authorization: "Bearer {{API_SECRET}}" } };
  assert.deepEqual(await check(secret, [], own), { code: 0, stdout: "ok: 1 job\n", stderr: "" });
});

test("a job whose last instant is past is valid, and shown as ended", async () => {
  const ended = { ...job, name: "ended", end_at: "2020-01-01T00:00:00Z" };
  const { code, stdout, stderr } = await check([job, ended]);
  assert.deepEqual([code, stdout, stderr], [0, "ok: 2 jobs\n", "ended: ended: never due again\n"]);
  const found = await checkJson([job, ended]);
  assert.deepEqual(
    found.map((one: { ended: boolean }) => one.ended),
    [false, true],
  );
});

test("--json has one entry per job with its problems and hints", async () => {
  const found = await checkJson([{ ...job, hour: "09" }, { ...job, minute: null }, 5]);
  assert.deepEqual(
    found.map(({ name, valid }: { name: string; valid: boolean }) => [name, valid]),
    [
      ["report", true],
      ["report", false],
      [null, false],
    ],
  );
  assert.match(found[0].hints[0], /hour/);
  const [{ path, got, message }] = found[1].problems;
  assert.deepEqual([path, got], ["minute", "null"]);
  assert.match(message, /^minute: expected .*, got null/);
});

test("templates are judged by the config's secrets, in the field of the document", async () => {
  const own = { FLEETCRON_SECRETS: '{"API_SECRET": {"value": "abcdefgh"}}' };
  const [{ valid, problems }] = await checkJson({ ...job, headers: { Authorization: "{{API_SECRT}}" } }, own);
  assert.equal(valid, false);
  assert.equal(problems[0].path, "headers.Authorization");
  assert.match(problems[0].message, /did you mean \{\{API_SECRET\}\}/);
});

test("without any config a key that could be a secret is only a hint; broken templates stay problems", async () => {
  const [open] = await checkJson({ ...job, url: "{{BASE_URL}}/report" });
  assert.equal(open.valid, true);
  assert.match(open.hints[0], /\{\{BASE_URL\}\} is not checked/);
  const [broken] = await checkJson({ ...job, url: "https://x.example.com/{{job.nmae}}" });
  assert.equal(broken.valid, false);
  assert.match(broken.problems[0].message, /did you mean \{\{job\.name\}\}/);
});

const program = (command: readonly string[], env = {}) => ({
  name: "dump",
  hour: 3,
  actions: [{ type: "exec", command: ["/bin/dump", ...command], env }],
});
const secretArgument =
  "actions[0].command[2]: expected no secret in an argument, which other users of the machine can read, " +
  "got {{API_SECRET}} (give it in env)";

test("a secret in a program's arguments is a problem, with and without a config that has it", async () => {
  for (const own of [{}, { FLEETCRON_SECRETS: '{"API_SECRET": {"value": "abcdefgh"}}' }]) {
    const [{ valid, problems, hints }] = await checkJson(program(["--key", "{{API_SECRET}}"]), own);
    assert.deepEqual([valid, problems.length, problems[0].message, hints], [false, 1, secretArgument, []]);
  }
});

test("in a program's env a secret is fine, and so is what is no secret in its arguments", async () => {
  const own = { FLEETCRON_SECRETS: '{"API_SECRET": {"value": "abcdefgh"}}', FLEETCRON_TAGS: '{"zone": "a"}' };
  const job = program(["{{job.name}}", "{{machine.tags.zone}}"], { KEY: "{{API_SECRET}}" });
  const [{ valid, problems }] = await checkJson(job, own);
  assert.deepEqual([valid, problems], [true, []]);
});

const unreadable: [string, string, RegExp][] = [
  ["a missing value", '{\n  "name": "a",\n  "hour": \n}', /line 4, column 1: expected a value/],
  ["a missing comma", '[{"name": "a" "hour": 1}]', /line 1, column 15: expected a ","/],
  ["a comma at the end", '{"name": "a",}', /line 1, column 14: .*; a comma stands before the end/],
  ["a comment", '{\n  // nightly\n  "name": "a"\n}', /line 2, column 3: expected JSON without comments/],
  ["nothing", "", /expected a job, got nothing/],
  ["an empty list", "[]", /expected a job, got an empty list/],
  ["a broken date", '{"name": "a", "at": {"$oid": "xyz"}}', /standard input: /],
];
for (const [what, text, message] of unreadable) {
  test(`${what} in the file is told with its place`, async () => {
    const { code, stdout, stderr } = await check(text);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /\n {4}at /);
  });
}

test("a file that cannot be read is named", async () => {
  const folder = join(dir, "folder.json");
  mkdirSync(folder);
  const latin1 = join(dir, "latin1.json");
  writeFileSync(latin1, Buffer.from([0x22, 0xe4, 0x22]));
  for (const [file, why] of [
    [join(dir, "missing.json"), "there is no such file"],
    [folder, "it is a folder"],
    [latin1, "it is not UTF-8"],
  ]) {
    const { code, stderr } = await runInProcess(["jobs", "check", file ?? ""], env);
    assert.deepEqual([code, stderr], [1, `fleetcron: cannot read ${file}: ${why}\n`]);
  }
});
