// What `try` tells of a chain while it happens: by real requests, with real certificates, to targets that fail on order.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { runProgram, temporaryDir } from "../helpers/agent-process.ts";
import { startProxy } from "../helpers/proxy.ts";
import { runInProcess } from "../helpers/run-in-process.ts";
import { ScreenProcess } from "../helpers/screen-process.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { until } from "../helpers/test-agent.ts";

const caFile = join(import.meta.dirname, "../helpers/certificates/ca.pem");
const secret = "k3y-of-the/api+1";
const home = temporaryDir();
let target: Target;
let secure: Target;
before(async () => {
  target = await startTarget();
  secure = await startTarget({ certificate: "localhost" });
});
beforeEach(() => target.on("/flaky", (_request, response) => response.writeHead(503).end("down")));
after(async () => {
  home[Symbol.dispose]();
  await Promise.all([target.close(), secure.close()]);
});

interface Tried {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly code?: number;
}

async function tell(actions: readonly object[], { args = [], env = {}, code = 0 }: Tried = {}): Promise<string> {
  const own = {
    HOME: home.path,
    FLEETCRON_SECRETS: JSON.stringify({ API_SECRET: { value: secret } }),
    FLEETCRON_TLS_CA_FILE: caFile,
    ...env,
  };
  const end = await runInProcess(["try", "-", ...args], own, JSON.stringify({ name: "told", hour: 9, actions }));
  assert.equal(end.code, code, end.stderr + end.stdout);
  assertNoSecret(end.stdout + end.stderr);
  return end.stdout;
}

function assertNoSecret(text: string): void {
  for (const form of [secret, encodeURIComponent(secret), btoa(`u:${secret}`), "s3ssion"])
    assert.ok(!text.includes(form), text);
}

test("a request is told with its headers, its answer and how long a new connection took", async () => {
  target.on("/report", (_request, response) => response.setHeader("X-Answer", "yes").end("one\ntwo"));
  const story = await tell([{ name: "report", url: `${target.url}/report?day=1`, headers: { "X-Day": "1" } }]);
  assert.match(story, /^1\. report {2}GET http:\/\/127\.0\.0\.1:\d+\/report\?day=1\n {3}> GET http:\/\/127.*\?day=1\n/);
  assert.match(story, /\n {3}> X-Day: 1\n/);
  assert.match(story, /\n {3}< 200\n {3}< x-answer: yes\n/);
  assert.match(story, /\n {3}connect \d+ ms, first byte \d+ ms, total \d+ ms\n/);
  assert.match(story, /\n {3}response:\n {5}one\n {5}two\n {3}ok {2}200\n/);
});

test("a name is looked up and TLS is spoken; the next step has the connection already", async () => {
  const url = `https://localhost:${secure.port}/`;
  const story = await tell([
    { name: "first", url },
    { name: "second", url },
  ]);
  assert.match(story, /1\. first.*\n {3}dns \d+ ms, connect \d+ ms, tls \d+ ms, first byte \d+ ms, total \d+ ms\n/s);
  assert.match(story, /2\. second.*\n {3}reused connection, first byte \d+ ms, total \d+ ms\n/s);
});

test("a failed handshake shows how far the connection came", async () => {
  await using stranger = await startTarget({ certificate: "self-signed" });
  const story = await tell([{ url: stranger.url, retry: { retries: 0 } }], { code: 1 });
  assert.match(story, /\n {3}connect \d+ ms, total \d+ ms\n {3}error {2}tls: the handshake with .* failed/);
});

test("through a proxy its own connection is told, and the tunnel to the target", async () => {
  await using proxy = await startProxy();
  const actions = [{ url: `https://a.test:${secure.port}/y` }];
  const story = await tell(actions, { env: { https_proxy: proxy.url } });
  assert.match(story, /\n {3}connect \d+ ms, tunnel \d+ ms, first byte \d+ ms, total \d+ ms\n/);
});

test("each redirect is a request of its own, told without the query that its Location brought", async () => {
  target.on("/old", (_request, response) => response.writeHead(302, { Location: "/new?key=s3ssion" }).end());
  const story = await tell([{ url: `${target.url}/old?a=1`, follow_redirects: 1 }]);
  assert.match(
    story,
    /> GET \S+\/old\?a=1\n.*< 302\n {3}< location: \S+\/new\?…\n.*total.*> GET \S+\/new\?…\n.*< 200/s,
  );
  assert.equal(target.requests.at(-1)?.url, "/new?key=s3ssion");
});

test("each try is told, and the wait before the next", async () => {
  target.on("/flaky", (_request, response) => {
    target.on("/flaky", (_again, well) => well.end("well"));
    response.writeHead(503).end("down");
  });
  const retry = { retries: 1, delay_sec: 0.01, jitter: "none" };
  const story = await tell([{ url: `${target.url}/flaky`, retry }]);
  assert.match(story, /< 503\n.* {3}try 1: status 503; next try in 10 ms\n.*< 200\n.* {3}ok {2}200\n/s);
});

test("a wait that is longer than an acknowledgement is valid for tells no try twice", async () => {
  const retry = { retries: 1, delay_sec: 2.1, jitter: "none" };
  const story = await tell([{ url: `${target.url}/flaky`, retry }], { code: 1 });
  assert.equal(story.match(/try 1: /g)?.length, 1, story);
});

test("a skipped step says which part of its condition did not hold", async () => {
  target.on("/state", (_request, response) => response.end('{"state": "open", "list": [1, 2]}'));
  const url = `${target.url}/ok`;
  const actions = [
    { name: "early", url, when: { hour_in: [3, 4] } },
    { name: "ask", url: `${target.url}/state`, save: { state: "$.state", list: "$.list" } },
    { name: "alarm", url, when: { previous: "error" } },
    { name: "publish", url, when: { output: { name: "state", eq: "closed" } } },
    { name: "post", type: "mail" },
  ];
  const story = await tell(actions, { args: ["--at", "2026-01-15T09:30:00Z"] });
  assert.match(story, /^1\. early {2}skipped_when {2}hour_in: expected 3, 4, got 9\n2\. ask {2}GET/s);
  assert.match(story, /\n {3}saved outputs\.state: "open"\n {3}saved outputs\.list: a list of 2\n {3}ok {2}200\n/);
  assert.match(story, /\n3\. alarm {2}skipped_when {2}previous: expected "error", got ok\n/);
  assert.match(story, /\n4\. publish {2}skipped_when {2}output\.state: expected "closed", got "open"\n/);
  assert.match(story, /\n5\. post {2}skipped_unsupported {2}this version does not know its type\n/);
});

test("a program is told with its arguments and what it wrote", async () => {
  const actions = [{ name: "hello", type: "exec", command: ["/bin/echo", "a b", "c"] }];
  const story = await tell(actions, { args: ["--set", 'exec.allow=["/bin/echo"]'] });
  assert.match(
    story,
    /^1\. hello {2}EXEC \/bin\/echo\n {3}\$ \/bin\/echo "a b" c\n {3}response:\n {5}a b c\n\n {3}ok {2}0\n/,
  );
});

test("no secret is told, wherever it is, and no value of a private header that has no name here", async () => {
  target.on("/echo", ({ headers, url, body }, response) => {
    response.setHeader("Set-Cookie", "id=s3ssion; HttpOnly").setHeader("X-Echo", String(headers["x-key"]));
    response.end(JSON.stringify({ headers: headers.authorization, url, body, token: `for ${secret}` }));
  });
  const echo = {
    method: "POST",
    url: `${target.url}/echo/{{API_SECRET}}`.replace("/echo/", "/echo?path="),
    params: { key: "{{API_SECRET}}" },
    body: { key: "{{API_SECRET}}" },
  };
  const headers = { Authorization: "Bearer {{API_SECRET}}", "X-Key": "a {{API_SECRET}}", Cookie: "id=s3ssion" };
  const retry = { retries: 0 };
  const actions = [
    { ...echo, name: "echo", headers, continue_on_failure: true },
    { ...echo, name: "save", save: { token: "$.token" }, retry },
  ];
  const story = await tell(actions, { code: 1 });
  for (const line of [
    "> Authorization: Bearer {{API_SECRET}}",
    "> X-Key: a {{API_SECRET}}",
    "> Cookie: (not shown)",
    "< set-cookie: (not shown)",
    "< x-echo: a {{API_SECRET}}",
  ])
    assert.ok(story.includes(`   ${line}\n`), `${line}\n${story}`);
  assert.match(story, /error {2}200 {2}expect: save\.token: \$\.token is or holds a secret/);
  assert.match(target.requests.at(-2)?.headers.authorization ?? "", new RegExp(secret.replace("+", "\\+")));
});

test("what a target sends cannot write to the terminal", async () => {
  target.on("/bell", (_request, response) => response.setHeader("X-Bell", "a\u0085b").end("\u001b[2Jgone"));
  const story = await tell([{ url: `${target.url}/bell` }]);
  assert.match(story, /< x-bell: a.*\\x85b\n/);
  assert.match(story, / {5}\\x1b\[2Jgone\n/);
});

test("with --json standard output is the run alone, and a pipe gets no story", async () => {
  const story = await tell([{ url: `${target.url}/ok` }], { args: ["--json"] });
  assert.equal(JSON.parse(story).status, "ok");
});

const onLinux = { skip: process.platform === "linux" ? false : "needs script of util-linux" };

test("on a terminal the story is told beside the JSON", onLinux, async () => {
  const file = join(home.path, "job.json");
  writeFileSync(file, JSON.stringify({ name: "told", hour: 9, url: `${target.url}/ok` }));
  await using screen = new ScreenProcess(["try", file, "--json"], { HOME: home.path }, { columns: 200 });
  await until(() => screen.shown.includes('"outputs": {}'), "the run is shown");
  const shown = stripVTControlCharacters(screen.shown);
  assert.match(shown, /^1\. step-1 {2}GET .* {3}ok {2}200\r\n\{\r\n {2}"_id": "told@manual:try"/s);
});

test("--at sets scheduled_for, in the job's zone where it names none", async () => {
  const job = { name: "at", hour: 9, tz: "America/New_York", url: `${target.url}/{{scheduled_for.hour}}` };
  const run = async (at: string) => {
    const { stdout, stderr } = await runInProcess(
      ["try", "-", "--json", "--at", at],
      { HOME: home.path },
      JSON.stringify(job),
    );
    return { ...JSON.parse(stdout), stderr };
  };
  const local = await run("2026-07-31 09:00");
  assert.equal(local.scheduled_for, "2026-07-31T13:00:00.000Z");
  assert.match(local.steps[0].url, /\/09$/);
  assert.ok(Date.parse(local.claimed_at) > Date.parse("2026-08-01") && local.late_ms > 0);
  assert.equal((await run("2026-07-31T09:00:00Z")).scheduled_for, "2026-07-31T09:00:00.000Z");
  assert.match((await run("2026-03-08 02:30")).stderr, /2026-03-08 02:30:00 does not exist there/);
});

test("a time that is none is a usage error that names the option", async () => {
  const { code, stderr } = await runProgram(["try", "-", "--at", "soon"], { HOME: home.path }, "{}");
  assert.equal(code, 2);
  assert.match(stderr, /--at: expected a time such as .*, got "soon"/);
});
