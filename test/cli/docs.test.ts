import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Command } from "commander";
import type { Cli } from "../../src/cli/cli.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { runProgram } from "../helpers/agent-process.ts";

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
    const { code, stdout } = await runProgram(["jobs", "check", "-"], { HOME: "/nonexistent" }, jobs);
    assert.deepEqual([code, stdout], [0, `ok: ${count}\n`]);
  });
}
