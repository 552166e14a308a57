// fleetcron service install | uninstall | status | print
import { Argument, type Command } from "commander";
import { serviceSystems } from "../service/service.ts";
import type { Cli } from "./cli.ts";
import type { PrintOptions, ServiceOptions } from "./manage-service.ts";

const manage = () => import("./manage-service.ts");

export function addServiceCommand(program: Command, cli: Cli): void {
  const service = program
    .command("service")
    .description("run the agent as a service: systemd, launchd, Task Scheduler")
    .addHelpText("before", "Example: fleetcron service install\n");
  service
    .command("install")
    .description("install the service, start it now and at every boot; safe to repeat")
    .option("--user", "a service of yours instead of the machine's; needs no root")
    .option("--dry-run", "only say what would be done")
    .addHelpText("before", "Example: fleetcron service install --dry-run\n")
    .action(async (options: ServiceOptions) => (await manage()).installService(cli, options));
  service
    .command("uninstall")
    .description("stop the service and remove it; config and data stay")
    .option("--user", "your own service instead of the machine's")
    .option("--dry-run", "only say what would be done")
    .addHelpText("before", "Example: fleetcron service uninstall\n")
    .action(async (options: ServiceOptions) => (await manage()).uninstallService(cli, options));
  service
    .command("status")
    .description("whether the service is installed and runs; ends with 1 when not")
    .option("--user", "your own service instead of the machine's")
    .option("--json", "print JSON")
    .addHelpText("before", "Example: fleetcron service status\n")
    .action(async (options: ServiceOptions) => (await manage()).showService(cli, options));
  service
    .command("print")
    .description("the service's definition, for any of the systems")
    .addArgument(new Argument("[system]", "default: this machine's").choices(serviceSystems))
    .option("--user", "that of a service of yours")
    .addHelpText("before", "Example: fleetcron service print systemd\n")
    .action(async (system: PrintOptions["system"], options: ServiceOptions) =>
      (await manage()).printService(cli, { ...options, system }),
    );
}
