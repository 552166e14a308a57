// The command tree. Each command is in the file named after it; what it needs at run time is loaded when it runs, so
// that `--help` does not pay for the database driver.
import { constants, homedir } from "node:os";
import { Command, CommanderError } from "commander";
import { findConfigFile } from "../config/find-config-file.ts";
import { exitCodes } from "../errors.ts";
import { productVersion, programDir } from "../runtime/assets.ts";
import { systemClock } from "../runtime/clock.ts";
import { onHangup, stopOnSignals } from "../runtime/shutdown.ts";
import { addAgentCommand } from "./agent.ts";
import { argumentsOf } from "./arguments-of.ts";
import type { Cli } from "./cli.ts";
import { addCompleteCommand } from "./complete.ts";
import { addConfigCommand } from "./config.ts";
import { addDevCommand } from "./dev.ts";
import { addDoctorCommand } from "./doctor.ts";
import { addExplainCommand } from "./explain.ts";
import { addInitCommand } from "./init.ts";
import { addInitDbCommand } from "./init-db.ts";
import { addJobsCommand } from "./jobs.ts";
import { addMachinesCommand } from "./machines.ts";
import { addMongoshCommand } from "./mongosh.ts";
import { addNotifyCommand } from "./notify.ts";
import { createOutput, type Output, plainOutput } from "./output.ts";
import { printError } from "./print-error.ts";
import { addRemoteCommands } from "./remote-commands.ts";
import { addRunsCommand } from "./runs.ts";
import { addServiceCommand } from "./service.ts";
import { addStatusCommand } from "./status.ts";
import { addTryCommand } from "./try.ts";

interface GlobalFlags {
  readonly config?: string;
  readonly set?: readonly string[];
  readonly insecurePermissions?: boolean;
  readonly color?: boolean;
}

/**
 * Runs one command line; resolves with the process's exit code, never rejects. Arguments, environment, streams and
 * signals are those of `process` alone.
 */
export async function runCli(process: NodeJS.Process): Promise<number> {
  const program = new Command().configureOutput(plainOutput(process));
  let exitCode: number = exitCodes.done;
  const output = (): Output => {
    const { color } = program.opts<GlobalFlags>();
    return createOutput({ stdout: process.stdout, stderr: process.stderr, env: process.env, color });
  };
  const cli = createCli(process, program, output, (code) => {
    exitCode = code;
  });
  buildProgram(program, cli);
  endWithReader(process);
  try {
    await program.parseAsync(argumentsOf(process.argv), { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    return printError(error, output());
  }
}

/** Gives the program its options and every command. */
export function buildProgram(program: Command, cli: Cli): void {
  program
    .name("fleetcron")
    .description("Cron for a fleet, coordinated by MongoDB alone.")
    .version(productVersion(), "-V, --version")
    .option("--config <file>", "config file; without it the search path of docs/config.md counts")
    .option("--set <key=value>", "one config value for this call; repeatable", collect, [])
    .option("--insecure-permissions", "accept a config file with secrets that others can read")
    .option("--color", "colours even when stdout is no terminal")
    .option("--no-color", "no colours")
    .addHelpText("before", "Example: fleetcron dev\n")
    .showSuggestionAfterError()
    .helpCommand(false)
    .exitOverride();
  // `--color` and `--no-color` are one option with three states: undefined = let the terminal decide.
  program.setOptionValue("color", undefined);
  addAgentCommand(program, cli);
  addDevCommand(program, cli);
  addInitCommand(program, cli);
  addInitDbCommand(program, cli);
  addRemoteCommands(program, cli);
  addStatusCommand(program, cli);
  addMachinesCommand(program, cli);
  addJobsCommand(program, cli);
  addRunsCommand(program, cli);
  addExplainCommand(program, cli);
  addTryCommand(program, cli);
  addConfigCommand(program, cli);
  addDoctorCommand(program, cli);
  addNotifyCommand(program, cli);
  addMongoshCommand(program, cli);
  addServiceCommand(program, cli);
  addCompleteCommand(program, cli);
}

/**
 * Nobody reads what we print any more (`fleetcron runs list | head -1`): end as a program in a pipe does, after cleaning
 * up if the command has something to clean up. A log that nobody reads must not end an agent.
 */
function endWithReader(process: NodeJS.Process): void {
  process.stderr.on("error", () => undefined);
  let isEnding = false;
  process.stdout.on("error", () => {
    // Every further line fails too, and a second signal would cut the cleaning up short.
    if (isEnding) return;
    isEnding = true;
    if (process.listenerCount("SIGTERM") > 0) process.kill(process.pid, "SIGTERM");
    else process.exit(128 + constants.signals.SIGPIPE);
  });
}

function createCli(
  process: NodeJS.Process,
  program: Command,
  output: () => Output,
  exitWith: (code: number) => void,
): Cli {
  // Before every command, but not for `--version` and `--help`, which would pay for it.
  let config: typeof import("../config/load-config.ts");
  program.hook("preAction", async () => {
    config = await import("../config/load-config.ts");
  });
  const search = () => ({
    configPath: program.opts<GlobalFlags>().config,
    env: process.env,
    cwd: process.cwd(),
    programDir: programDir(),
    homeDir: process.env[process.platform === "win32" ? "USERPROFILE" : "HOME"] ?? homedir(),
  });
  return {
    env: process.env,
    cwd: process.cwd(),
    clock: systemClock,
    stderr: process.stderr,
    // Opened when somebody reads it: help and most commands never do.
    get stdin() {
      return process.stdin;
    },
    get output() {
      return output();
    },
    stopSignal: (options) => stopOnSignals(process, options),
    onHangup: (callback) => onHangup(process, callback),
    loadConfig: (needs = {}) => {
      const { set, insecurePermissions } = program.opts<GlobalFlags>();
      return config.loadConfig({ ...search(), set, insecurePermissions, ...needs });
    },
    findConfig: () => findConfigFile(search()),
    exitWith,
  };
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}
