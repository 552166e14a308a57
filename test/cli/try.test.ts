import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ProgramProcess } from "../helpers/agent-process.ts";
import { runInProcess } from "../helpers/run-in-process.ts";
import { startTarget, type Target } from "../helpers/target.ts";

const secret = "k3y-of-the/api+1";
const home = mkdtempSync(join(tmpdir(), "fleetcron-try-"));
let target: Target;
before(async () => {
  target = await startTarget();
  target.on("/echo", (request, response) => response.end(`got ${request.headers.authorization} ${request.url}`));
  target.on("/down", (_request, response) => {
    response.statusCode = 503;
    response.end("down");
  });
  target.on("/never", () => {});
});
after(async () => {
  await target.close();
  rmSync(home, { recursive: true, force: true });
});

const env = () => ({
  HOME: home,
  FLEETCRON_SECRETS: JSON.stringify({ API_SECRET: { value: secret }, BASE_URL: { value: target.url } }),
});
const tryJob = (job: unknown, ...args: string[]) =>
  runInProcess(["try", "-", ...args], env(), typeof job === "string" ? job : JSON.stringify(job));
const tryJson = async (job: unknown, code: number) => {
  const end = await tryJob(job, "--json");
  assert.equal(end.code, code, end.stderr);
  return JSON.parse(end.stdout);
};

const report = {
  name: "report",
  hour: 9,
  url: "{{BASE_URL}}/echo",
  params: { key: "{{API_SECRET}}" },
  headers: { Authorization: "Bearer {{API_SECRET}}" },
};

test("a job's requests are sent with the config's secrets, and no secret is shown", async () => {
  const { code, stdout, stderr } = await tryJob(report);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /\n\nok {2}report@manual:try {2}.*\n {2}1\. \S+ {2}ok {2}200 {2}/);
  assert.equal(target.requests.at(-1)?.headers.authorization, `Bearer ${secret}`);
  const run = await tryJson({ ...report, _id: 7 }, 0);
  assert.equal(run._id, "7@manual:try");
  assert.match(run.steps[0].response_sample, /^got Bearer \{\{API_SECRET\}\} \/echo\?key=\{\{API_SECRET\}\}$/);
  for (const text of [stdout, stderr, JSON.stringify(run)]) {
    assert.ok(!text.includes(secret) && !text.includes(encodeURIComponent(secret)));
  }
});

test("the JSON has the fields of a record in job_runs, and no machine gets an identity by it", async () => {
  const run = await tryJson(report, 0);
  assert.deepEqual([run.job_name, run.trigger, run.status, run.claimed_by], ["report", "manual", "ok", null]);
  for (const field of ["scheduled_for", "start_at", "end_at", "claimed_at", "expires_at"]) {
    assert.ok(!Number.isNaN(Date.parse(run[field])), field);
  }
  assert.ok(run.elapsed_ms >= 0);
  assert.equal(existsSync(join(home, ".fleetcron")), false);
});

test("a failing step is retried as the job says, and the run ends with 1", async () => {
  const retry = { retries: 1, delay_sec: 0.01 };
  const actions = [
    { name: "a", url: "{{BASE_URL}}/down", retry },
    { name: "b", url: "{{BASE_URL}}/echo" },
  ];
  const run = await tryJson({ name: "chain", hour: 1, actions }, 1);
  assert.deepEqual([run.status, run.steps.length, run.steps[0].attempts], ["error", 1, 2]);
  assert.match(run.reason, /step "a": .*503/);
});

test("a template without a value fails its step, with a suggestion", async () => {
  const run = await tryJson({ ...report, url: "{{BAS_URL}}/echo" }, 1);
  assert.deepEqual([run.status, run.steps[0].error.code], ["error", "template"]);
  assert.match(run.reason, /did you mean \{\{BASE_URL\}\}/);
});

test("a condition of the job that does not hold then ends as skipped, and the part of it is told", async () => {
  const job = { ...report, tz: "UTC", when: { hour_in: [3] } };
  const { code, stdout } = await tryJob(job, "--at", "2026-01-15T09:30:00Z");
  assert.equal(code, 1);
  assert.match(stdout, /^when does not hold: hour_in: expected 3, got 9\n\nskipped {2}report@manual:try/);
  const hour = new Date(Date.now() + 12 * 3_600_000).getUTCHours();
  const run = await tryJson({ ...job, when: { hour_in: [hour] } }, 1);
  assert.deepEqual([run.status, run.reason, run.steps], ["skipped", "when", []]);
});

const broken: [string, unknown, string, RegExp][] = [
  ["an invalid job", { ...report, hour: 24 }, "report@manual:try", /^invalid job: hour: expected .*, got 24$/],
  ["a job without a name", { hour: 1, url: "x" }, "unreadable@manual:try", /^invalid job: .*name: /],
  ["a number", 5, "unreadable@manual:try", /^invalid job: /],
  ["broken JSON", '{"name": ', "unreadable@manual:try", /standard input: line 1, column \d+: expected a value/],
  ["several jobs", [report, report], "unreadable@manual:try", /expected one job, got a list of 2/],
];
for (const [what, job, id, reason] of broken) {
  test(`${what} still gives one run document with --json, and exit code 1`, async () => {
    const run = await tryJson(job, 1);
    assert.deepEqual([run._id, run.status, run.steps], [id, "error", []]);
    assert.match(run.reason, reason);
  });
}

test("an invalid job is told on stderr with every problem", async () => {
  const { code, stdout, stderr } = await tryJob({ ...report, hour: 24, metod: "POST" });
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /the job is invalid\n/);
  assert.match(stderr, /report: hour: expected .*\n/);
  assert.match(stderr, /report: metod: .*did you mean "method"/);
});

test("Ctrl-C ends the request at once, and the run as aborted with exit code 130", async () => {
  const program = new ProgramProcess(["try", "-"], env());
  const before = target.requests.length;
  program.child.stdin?.end(JSON.stringify({ name: "slow", hour: 1, url: "{{BASE_URL}}/never" }));
  await target.waitForRequests(before + 1);
  program.child.kill("SIGINT");
  const { code, stdout } = await program.ended;
  assert.equal(code, 130);
  assert.match(stdout, /\n\naborted {2}slow@manual:try .*\n {2}reason: interrupted by SIGINT\n/);
});
