// fleetcron machines list | forget
import type { Command } from "commander";
import type { Cli } from "./cli.ts";

export function addMachinesCommand(program: Command, cli: Cli): void {
  const machines = program
    .command("machines")
    .description("the machines of the fleet")
    .addHelpText("before", "Example: fleetcron machines\n");
  machines
    .command("list", { isDefault: true })
    .description("every machine with its serial, state and last heartbeat")
    .option("--json", "print JSON")
    .addHelpText("before", "Example: fleetcron machines list --json\n")
    .action(async (options: { json?: boolean }) => {
      const { listMachinesCommand } = await import("./machines-list.ts");
      await listMachinesCommand(cli, options);
    });
  machines
    .command("forget")
    .description("remove a machine that is gone for good; one that is alive only with --force")
    .argument("<id>", "machine id, the start of one, or a hostname")
    .option("--force", "also one that is alive: it comes back with its next heartbeat")
    .addHelpText("before", "Example: fleetcron machines forget web-3\n")
    .action(async (id: string, options: { force?: boolean }) => {
      const { forgetMachineCommand } = await import("./machines-forget.ts");
      await forgetMachineCommand(cli, id, options);
    });
}
