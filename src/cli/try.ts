// fleetcron try
import type { Command } from "commander";
import type { Cli } from "./cli.ts";
import type { TryOptions } from "./try/try-command.ts";

export function addTryCommand(program: Command, cli: Cli): void {
  program
    .command("try")
    .description(
      "execute one job's steps now on this machine and show each; no database, no record; ends with 1 unless ok",
    )
    .argument("<file>", "JSON file with one job; - is standard input")
    .option("--dry-run", "show each request as it would be sent, and send nothing")
    .option(
      "--at <time>",
      "as if it were due then: 2026-03-29T02:30:00Z, 2026-03-29 02:30 in the job's zone, now or last",
    )
    .option("--json", "print the run as job_runs would hold it, also for an invalid job; with --dry-run the requests")
    .addHelpText("before", "Example: fleetcron try job.json\n")
    .action(async (file: string, options: TryOptions) => {
      const { tryCommand } = await import("./try/try-command.ts");
      await tryCommand(cli, file, options);
    });
}
