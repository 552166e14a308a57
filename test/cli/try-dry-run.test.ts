// `try --dry-run`: what would be sent and run is shown, and no target ever hears of it.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, test } from "node:test";
import { temporaryDir } from "../helpers/agent-process.ts";
import { runInProcess } from "../helpers/run-in-process.ts";
import { startTarget, type Target } from "../helpers/target.ts";

const secret = "k3y-of-the/api+1";
const home = temporaryDir();
let target: Target;
before(async () => {
  target = await startTarget();
});
after(async () => {
  home[Symbol.dispose]();
  await target.close();
});

interface Dry {
  readonly args?: readonly string[];
  readonly code?: number;
  readonly job?: object;
}

async function dryRun(actions: readonly object[], { args = [], code = 0, job = {} }: Dry = {}) {
  const secrets = { API_SECRET: { value: secret }, BOUND: { value: "b0und-secret", hosts: ["api.example.com"] } };
  const env = { HOME: home.path, FLEETCRON_SECRETS: JSON.stringify(secrets) };
  const given = JSON.stringify({ name: "dry", hour: 9, tz: "Europe/Berlin", ...job, actions });
  const end = await runInProcess(["try", "-", "--dry-run", "--at", "2026-01-15 09:30", ...args], env, given);
  assert.equal(end.code, code, end.stderr + end.stdout);
  assert.equal(target.requests.length, 0);
  for (const form of [secret, encodeURIComponent(secret), btoa(secret).replace(/=+$/, ""), "b0und-secret"])
    assert.ok(!(end.stdout + end.stderr).includes(form), end.stdout);
  return end;
}

async function dryJson(actions: readonly object[], options: Dry = {}) {
  return JSON.parse((await dryRun(actions, { ...options, args: [...(options.args ?? []), "--json"] })).stdout);
}

test("a request is shown as it would be sent, every secret by its name, and nothing is sent", async () => {
  const action = {
    name: "report",
    method: "POST",
    url: `${target.url}/report/{{scheduled_for.hour}}?key={{API_SECRET}}`,
    params: { again: "{{API_SECRET}}" },
    headers: { Authorization: "Bearer {{API_SECRET}}", "X-Key": "{{API_SECRET | base64}}", Cookie: "id=plain" },
    body: { key: "{{API_SECRET}}", at: "{{scheduled_for}}" },
  };
  const { stdout, stderr } = await dryRun([action]);
  const [first, ...lines] = stdout.split("\n");
  assert.equal(first, `1. report  POST ${target.url}/report/09?key={{API_SECRET}}&again={{API_SECRET}}`);
  for (const line of [
    "> Authorization: Bearer {{API_SECRET}}",
    "> Cookie: (not shown)",
    "> Content-Type: application/json",
    "> Idempotency-Key: dry@manual:try/0",
    '{"key":"{{API_SECRET}}","at":"2026-01-15T08:30:00.000Z"}',
  ])
    assert.ok(lines.includes(`   ${line}`), `${line}\n${stdout}`);
  assert.match(stderr, /^nothing was sent$/m);
});

test("an output that only a request could tell is named in words, whatever a template makes of it", async () => {
  const words = (name: string, step: number) => `«outputs.${name}: known only after step ${step}»`;
  const save = { token: "$.token", host: "$.host" };
  const { steps } = await dryJson([
    { name: "login", url: `${target.url}/login`, save },
    {
      name: "use",
      method: "POST",
      url: `${target.url}/{{outputs.token}}?a={{outputs.token | base64}}`,
      params: { b: "{{outputs.token}}" },
      headers: { Authorization: "Bearer {{outputs.token}}", "X-Token": "{{outputs.token | json}}" },
      body: { token: "{{outputs.token}}", text: "it is {{outputs.token}}" },
      save: { token: "$.next" },
    },
    { name: "go", url: "https://{{outputs.host}}:{{outputs.token}}/x", headers: { "X-Bound": "{{BOUND}}" } },
  ]);
  const token = words("token", 1);
  const { url, headers, body } = steps[1].request;
  assert.equal(url, `${target.url}/${token}?a=${token}&b=${token}`);
  assert.deepEqual([headers.Authorization, headers["X-Token"]], [`Bearer ${token}`, `"${token}"`]);
  assert.deepEqual(JSON.parse(body), { token, text: `it is ${token}` });
  assert.equal(steps[2].request.url, `https://${words("host", 1)}:${words("token", 2)}/x`);
  assert.equal(steps[2].request.headers["X-Bound"], "{{BOUND}}");
});

test("a template error is told with its step, the others are shown, and the exit code is 1", async () => {
  const { steps } = await dryJson(
    [
      { name: "typo", url: "{{API_SECRT}}/x" },
      { name: "bound", url: "https://other.example.com/{{BOUND}}" },
      { name: "fine", url: `${target.url}/` },
    ],
    { code: 1 },
  );
  assert.match(steps[0].error.message, /^template: url: .*did you mean \{\{API_SECRET\}\}/);
  assert.deepEqual([steps[1].error.code, steps[1].request], ["blocked", null]);
  assert.equal(steps[2].request.url, `${target.url}/`);
});

test("an unknown key behind a host that is not known yet is found too", async () => {
  const actions = [
    { name: "ask", url: `${target.url}/`, save: { host: "$.host" } },
    { name: "go", url: "https://{{outputs.host}}/{{API_SECRT}}" },
  ];
  const { steps } = await dryJson(actions, { code: 1 });
  assert.match(steps[1].error.message, /^template: url: .*did you mean \{\{API_SECRET\}\}/);
});

test("an address that this machine refuses is shown with the refusal", async () => {
  const { steps } = await dryJson([{ url: "http://169.254.169.254/latest" }], { code: 1 });
  assert.deepEqual([steps[0].request.url, steps[0].error.code], ["http://169.254.169.254/latest", "blocked"]);
});

test("a program is shown with its arguments and variables, and does not run", async () => {
  const command = ["/bin/sh", "-c", `echo ran > ${home.path}/ran`, "{{job.name}}"];
  const actions = [{ name: "dump", type: "exec", command, env: { TOKEN: "x {{API_SECRET}}" } }];
  const { stdout } = await dryRun(actions, { args: ["--set", 'exec.allow=["/bin/sh"]'] });
  assert.equal(existsSync(`${home.path}/ran`), false);
  assert.match(stdout, /^1\. dump {2}exec\n/);
  assert.match(stdout, / {3}TOKEN=x \{\{API_SECRET\}\}\n {3}\$ \/bin\/sh -c "echo ran > .*\/ran" dry\n/);
  const { steps } = await dryJson(actions, { code: 1 });
  assert.deepEqual(steps[0].program.command.slice(-1), ["dry"]);
  assert.match(steps[0].error.message, /^blocked: \/bin\/sh is not in exec\.allow/);
});

test("a secret in a program's arguments is told, also where the program is not allowed", async () => {
  const actions = [{ type: "exec", command: ["/bin/dump", "{{API_SECRET}}"] }];
  const { steps } = await dryJson(actions, { code: 1 });
  assert.match(steps[0].error.message, /^template: command\[1\]: expected no secret in an argument/);
});

test("what decides whether a step is executed is shown as far as it is known", async () => {
  const url = `${target.url}/`;
  const { steps, skipped, scheduled_for } = await dryJson(
    [
      { name: "a", url, save: { id: "$.id" } },
      { name: "b", url, when: { hour_in: [9] } },
      { name: "c", url, when: { hour_in: [3], previous: "ok" } },
      { name: "d", url, when: { previous: "ok", output: { name: "id", eq: 1 } } },
      { name: "e", type: "mail" },
    ],
    { job: { when: { weekday_in: ["SUN"] } } },
  );
  assert.deepEqual(
    steps.map(({ when }: { when: unknown }) => when),
    [
      null,
      "holds",
      "does not hold: hour_in: expected 3, got 9",
      "depends on previous and output id, known only after the steps before",
      "never: this version does not know its type",
    ],
  );
  assert.deepEqual([skipped, scheduled_for], ["weekday_in: expected SUN, got THU", "2026-01-15T08:30:00.000Z"]);
});
