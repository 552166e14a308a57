// fleetcron status
import type { Command } from "commander";
import type { Cli } from "./cli.ts";
import { readInterval } from "./read-option.ts";

export interface StatusOptions {
  readonly watch?: boolean;
  /** Seconds. */
  readonly interval: number;
  readonly json?: boolean;
}

export function addStatusCommand(program: Command, cli: Cli): void {
  program
    .command("status")
    .description("the fleet at a glance: machines, what is due, what runs, what failed")
    .option("--watch", "again and again: redrawn on a terminal, one after the other in a pipe, until Ctrl-C")
    .option("--interval <sec>", "with --watch: how often", readInterval("--interval"), 2)
    .option("--json", "print one JSON object; with --watch each on a line of its own")
    .addHelpText("before", "Example: fleetcron status --watch\n")
    .action(async (options: StatusOptions) => {
      const { showStatus } = await import("./show-status.ts");
      await showStatus(cli, options);
    });
}
