// The README, followed as it stands: its jobs inserted, its commands run, its queries asked.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { FindCursor } from "mongodb";
import { agentEnvironment, startAgentProcess, temporaryDir } from "../helpers/agent-process.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { codeBlocks, returning, runSnippet, shellDb } from "../helpers/mongosh.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { runInProcess } from "../helpers/run-in-process.ts";
import { startTarget } from "../helpers/target.ts";

const root = join(import.meta.dirname, "..", "..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const [simple = "", chain = "", queries = ""] = codeBlocks(readme, "js");

test("the README has at most 200 lines, and every file it names exists", () => {
  assert.ok(readme.split("\n").length <= 201);
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, link = ""]) => link);
  const files = [...readme.matchAll(/^(src\/[\w/.-]+)/gm)].map(([, file = ""]) => file);
  for (const path of [...links, ...files]) assert.ok(existsSync(join(root, path)), path);
});

test("every command the README shows is one the program knows", async () => {
  const lines = codeBlocks(readme, "sh").flatMap((block) => block.split("\n"));
  const commands = lines
    .map((line) => /^npx fleetcron ([^#]+)/.exec(line)?.[1]?.trim())
    .filter((line) => line !== undefined);
  assert.ok(commands.length > 5);
  for (const command of commands) {
    const { code, stdout, stderr } = await runInProcess([...command.split(" "), "--help"], {});
    assert.equal(code, 0, `${command}: ${stderr}`);
    assert.match(stdout, /^Example/, command);
  }
});

await forEachTarget("the README's jobs", (suite) => {
  test("they work as written: inserted by mongosh, taken up by reload, found by the monitoring queries", async () => {
    const { store } = await openTestStore(suite);
    await using target = await startTarget();
    using dir = temporaryDir();
    const secrets = { BASE_URL: target.url, API_SECRET: { env: "API_SECRET", hosts: ["127.0.0.1"] } };
    const options = {
      uri: suite.uri,
      dbName: suite.dbName,
      stateDir: dir.path,
      settings: { secrets: JSON.stringify(secrets), poll_sec: 1, http_defaults_retry_retries: 0 },
      env: { API_SECRET: "correct-horse" },
    };
    const env = agentEnvironment(options);
    await using agent = await startAgentProcess(options);
    const db = shellDb(store.client, suite.dbName);
    await runSnippet(returning(simple), db);
    await runSnippet(returning(chain), db);
    const fleetcron = async (...args: string[]) => {
      const end = await runInProcess(args, env);
      return { ...end, said: end.stdout + end.stderr };
    };

    const reload = await fleetcron("reload");
    assert.equal(reload.code, 0, reload.said);
    assert.match(reload.said, /nightly-report/);
    assert.equal((await fleetcron("jobs", "check")).code, 0);

    assert.equal((await fleetcron("jobs", "run", "nightly-report")).code, 0);
    const [request] = target.requests;
    assert.deepEqual([request?.method, request?.url], ["POST", "/report"]);
    assert.equal(request?.headers.authorization, "Bearer correct-horse");
    const sync = await fleetcron("jobs", "run", "sync", "--json");
    const steps = JSON.parse(sync.stdout).steps.map((step: { name: string }) => step.name);
    assert.deepEqual(steps, ["pull", "publish"]);
    target.on("/pull", (_request, response) => response.writeHead(500).end());
    assert.equal((await fleetcron("jobs", "run", "sync")).code, 1);

    const ask = (line: string) =>
      runSnippet(`return (${line}).toArray();`, db) as Promise<Awaited<ReturnType<FindCursor["toArray"]>>>;
    const [machines = [], newest = [], errors = []] = await Promise.all(queries.trim().split("\n").map(ask));
    assert.deepEqual(
      machines.map((machine) => machine.state),
      ["active"],
    );
    assert.deepEqual(
      newest.map((run) => run.job_name),
      ["sync", "sync", "nightly-report"],
    );
    assert.deepEqual(
      errors.map((run) => run.job_name),
      ["sync"],
    );

    agent.kill("SIGTERM");
    assert.equal((await agent.ended).code, 0);
    assert.deepEqual(await ask(queries.trim().split("\n")[0] ?? ""), []);
    await store.close();
  });
});
