// `fleetcron dev`
import type { Command } from "commander";
import type { Cli } from "./cli.ts";
import type { DevOptions } from "./run-dev.ts";

export function addDevCommand(program: Command, cli: Cli): void {
  program
    .command("dev")
    .description("try FleetCron: the embedded store, an agent, a target and sample jobs; Ctrl-C ends it")
    .option("--keep <dir>", "keep the data in this folder, and go on with it the next time")
    .addHelpText("before", "Example: fleetcron dev --keep ./fleetcron-data\n")
    .action(async (options: DevOptions) => {
      const { runDev } = await import("./run-dev.ts");
      await runDev(cli, options);
    });
}
