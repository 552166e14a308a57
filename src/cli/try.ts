// fleetcron try
import type { Command } from "commander";
import type { Cli } from "./cli.ts";

export function addTryCommand(program: Command, cli: Cli): void {
  program
    .command("try")
    .description("execute one job's requests now on this machine; no database, no record; ends with 1 unless ok")
    .argument("<file>", "JSON file with one job; - is standard input")
    .option("--json", "print the run as job_runs would hold it, also for an invalid job")
    .addHelpText("before", "Example: fleetcron try job.json\n")
    .action(async (file: string, options: { json?: boolean }) => {
      const { tryCommand } = await import("./try-command.ts");
      await tryCommand(cli, file, options);
    });
}
