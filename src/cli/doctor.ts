// fleetcron doctor
import type { Command } from "commander";
import type { Cli } from "./cli.ts";

export function addDoctorCommand(program: Command, cli: Cli): void {
  program
    .command("doctor")
    .description("check config, files, database, clocks and this machine's agent, and say how to mend each")
    .option("--json", "print JSON")
    .addHelpText("before", "Example: fleetcron doctor\n")
    .action(async (options: { json?: boolean }) => {
      const { doctorCommand } = await import("./doctor/doctor-command.ts");
      await doctorCommand(cli, options);
    });
}
