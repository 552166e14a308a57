import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Command } from "commander";
import { addAgentCommand } from "../../src/cli/agent.ts";
import type { Cli } from "../../src/cli/cli.ts";
import { addDoctorCommand } from "../../src/cli/doctor.ts";
import { addExplainCommand } from "../../src/cli/explain.ts";
import { addInitDbCommand } from "../../src/cli/init-db.ts";
import { addJobsCommand } from "../../src/cli/jobs.ts";
import { addMachinesCommand } from "../../src/cli/machines.ts";
import { addRemoteCommands } from "../../src/cli/remote-commands.ts";
import { addRunsCommand } from "../../src/cli/runs.ts";
import { addServiceCommand } from "../../src/cli/service.ts";
import { addStatusCommand } from "../../src/cli/status.ts";
import { addTryCommand } from "../../src/cli/try.ts";
import { runProgram } from "../helpers/agent-process.ts";

const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "cli.md"), "utf8");

test("docs/cli.md names every command and every option", () => {
  const program = new Command();
  // Only their actions use it.
  const cli = {} as Cli;
  for (const add of [
    addAgentCommand,
    addExplainCommand,
    addInitDbCommand,
    addRemoteCommands,
    addStatusCommand,
    addTryCommand,
  ])
    add(program, cli);
  for (const add of [addMachinesCommand, addJobsCommand, addRunsCommand, addServiceCommand, addDoctorCommand])
    add(program, cli);
  const plain = page.replaceAll(/[[\]]/g, "");
  const check = (command: Command, path: string) => {
    assert.ok(plain.includes(path), path);
    for (const { long } of command.options) assert.ok(page.includes(long ?? ""), `${path} ${long}`);
    for (const sub of command.commands) check(sub, `${path} ${sub.name()}`);
  };
  for (const command of program.commands) check(command, command.name());
});

test("the job in docs/cli.md is valid", async () => {
  const [, job = ""] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
  const { code, stdout } = await runProgram(["jobs", "check", "-"], { HOME: "/nonexistent" }, job);
  assert.deepEqual([code, stdout], [0, "ok: 1 job\n"]);
});
