// fleetcron explain
import type { Command } from "commander";
import type { Cli } from "./cli.ts";

export function addExplainCommand(program: Command, cli: Cli): void {
  program
    .command("explain")
    .description("why a job ran at a time, where and when, or why it did not")
    .argument("<job>", "its name or id")
    .argument("<time...>", "2026-03-29T02:30:00Z, 2026-03-29 02:30 in the job's zone, now or last")
    .option("--json", "print one JSON object")
    .addHelpText("before", 'Example: fleetcron explain nightly-report "2026-03-29 02:30"\n')
    .action(async (job: string, time: readonly string[], options: { json?: boolean }) => {
      const { explainCommand } = await import("./explain/explain-command.ts");
      await explainCommand(cli, { job, time, ...options });
    });
}
