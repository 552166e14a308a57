// fleetcron runs list | tail | show | cancel
import { type Command, Option } from "commander";
import type { Cli } from "./cli.ts";
import { readCount, readSeconds, readSince, readStatus, runStatuses } from "./read-option.ts";
import type { RunFilterOptions } from "./run-filter.ts";

export interface RunListOptions extends RunFilterOptions {
  readonly limit: number;
  readonly json?: boolean;
}

export interface CancelOptions {
  readonly timeout: number;
  readonly wait: boolean;
  readonly json?: boolean;
}

export function addRunsCommand(program: Command, cli: Cli): void {
  const runs = program
    .command("runs")
    .description("what ran, when, where and how it ended")
    .addHelpText("before", "Example: fleetcron runs list --status error --since 1d\n");
  addFilters(runs.command("list"), cli)
    .description("runs, newest first")
    .option("-n, --limit <count>", "at most this many", readCount("--limit", 10_000), 20)
    .option("--json", "print the documents as JSON")
    .addHelpText("before", "Example: fleetcron runs list --job nightly-report --since 2d\n")
    .action(async (options: RunListOptions) => {
      const { listRunsCommand } = await import("./runs-list.ts");
      await listRunsCommand(cli, options);
    });
  addFilters(runs.command("tail"), cli)
    .description("the newest runs, and then each one as it starts and ends, until Ctrl-C")
    .option("-n, --limit <count>", "begin with this many", readCount("--limit", 1_000), 10)
    .option("--json", "print each as one line of JSON")
    .addHelpText("before", "Example: fleetcron runs tail --status error\n")
    .action(async (options: RunListOptions) => {
      const { tailRunsCommand } = await import("./runs-tail.ts");
      await tailRunsCommand(cli, options);
    });
  runs
    .command("show")
    .description("one run with its steps, their tries and what the targets answered")
    .argument("<id>", "the run's id")
    .option("--json", "print the document as JSON")
    .addHelpText("before", "Example: fleetcron runs show 6650f0a1b2c3d4e5f6a7b8c9@2026-01-31T09:00:00.000Z\n")
    .action(async (id: string, options: { json?: boolean }) => {
      const { showRunCommand } = await import("./runs-show.ts");
      await showRunCommand(cli, id, options);
    });
  runs
    .command("cancel")
    .description("end a run in progress, its request included, and wait until it ended")
    .argument("<id>", "the run's id")
    .option("--timeout <sec>", "wait no longer than this", readSeconds("--timeout"), 30)
    .option("--no-wait", "only send the command")
    .option("--json", "print the run's document as JSON")
    .addHelpText("before", "Example: fleetcron runs cancel 6650f0a1b2c3d4e5f6a7b8c9@2026-01-31T09:00:00.000Z\n")
    .action(async (id: string, options: CancelOptions) => {
      const { cancelRunCommand } = await import("./runs-cancel.ts");
      await cancelRunCommand(cli, id, options);
    });
}

function addFilters(command: Command, cli: Cli): Command {
  return command
    .option("--job <job>", "of one job, by name or id")
    .addOption(new Option("--status <status>", "of one status").choices(runStatuses).argParser(readStatus))
    .option("--since <time>", "due since: 30m, 1h, 2d or an ISO time", (value) => readSince(value, cli.clock.now()))
    .option("--machine <id>", "executed by one machine: its id, the start of it, or its hostname");
}
