import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Command } from "commander";
import type { Cli } from "../../src/cli/cli.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { runProgram, temporaryDir } from "../helpers/agent-process.ts";
import { runInProcess } from "../helpers/run-in-process.ts";
import { startTarget } from "../helpers/target.ts";

const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "cli.md"), "utf8");

test("docs/cli.md names every command and every option", () => {
  const program = new Command();
  // Only their actions use it.
  buildProgram(program, {} as Cli);
  const plain = page.replaceAll(/[[\]]/g, "");
  const check = (command: Command, path: string) => {
    assert.ok(plain.includes(path), path);
    for (const { long } of command.options) assert.ok(page.includes(long ?? ""), `${path} ${long}`);
    for (const sub of command.commands) check(sub, `${path} ${sub.name()}`);
  };
  for (const command of program.commands) check(command, command.name());
});

for (const [format, count] of [
  ["json", "1 job"],
  ["yaml", "2 jobs"],
]) {
  test(`the example in ${format} in docs/cli.md is valid`, async () => {
    const [, jobs = ""] = new RegExp(`\`\`\`${format}\\n([\\s\\S]*?)\`\`\``).exec(page) ?? [];
    const { code, stdout } = await runInProcess(["jobs", "check", "-"], { HOME: "/nonexistent" }, jobs);
    assert.deepEqual([code, stdout], [0, `ok: ${count}\n`]);
  });
}

test("what docs/cli.md shows of try is what it tells, but for the numbers", async () => {
  using home = temporaryDir();
  await using target = await startTarget();
  target.on("/next", (_request, response) => {
    response.sendDate = false;
    response.writeHead(200, { "Content-Type": "application/json", Connection: "close" }).end('{"state": "open"}');
  });
  const actions = [
    {
      name: "ask",
      url: "{{BASE_URL}}/next",
      headers: { Authorization: "Bearer {{API_SECRET}}" },
      save: { state: "$.state" },
    },
    { name: "publish", url: "{{BASE_URL}}/publish", when: { output: { name: "state", eq: "closed" } } },
  ];
  const env = { HOME: home.path, FLEETCRON_SECRETS: JSON.stringify({ BASE_URL: target.url, API_SECRET: "abcdefgh" }) };
  const { stdout } = await runProgram(["try", "-"], env, JSON.stringify({ name: "handover", hour: 6, actions }));
  const [, shown = ""] = /```text\n(1\. ask[\s\S]*?)```/.exec(page) ?? [];
  const plain = (text: string) =>
    text
      .replaceAll(/traceparent: \S+/g, "traceparent")
      .replaceAll(/\d+\.\d s\b/g, "1 ms")
      .replaceAll(/\d+/g, "1");
  assert.equal(plain(stdout).replace(/ {3}< (connection|content-length|transfer-encoding): .*\n/g, ""), plain(shown));
});
