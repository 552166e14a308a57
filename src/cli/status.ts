// fleetcron status
import type { Command } from "commander";
import type { Cli } from "./cli.ts";

export function addStatusCommand(program: Command, cli: Cli): void {
  program
    .command("status")
    .description("the fleet at a glance: machines, what is due, what runs, what failed")
    .option("--json", "print one JSON object")
    .addHelpText("before", "Example: fleetcron status\n")
    .action(async (options: { json?: boolean }) => {
      const { showStatus } = await import("./show-status.ts");
      await showStatus(cli, options);
    });
}
