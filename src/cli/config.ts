// fleetcron config show | check | schema
import type { Command } from "commander";
import type { Cli } from "./cli.ts";

export type ConfigCli = Pick<Cli, "output" | "loadConfig" | "exitWith">;

interface ConfigOptions {
  readonly json?: boolean;
}

export function addConfigCommand(program: Command, cli: ConfigCli): void {
  const config = program
    .command("config")
    .description("show and check this machine's config")
    .addHelpText("before", "Example: fleetcron config show\n");
  config
    .command("show")
    .description("every effective value with its origin, secrets masked")
    .option("--json", "print JSON")
    .addHelpText("before", "Example: fleetcron config show --json\n")
    .action(async ({ json = false }: ConfigOptions) => (await import("./show-config.ts")).showConfig(cli, json));
  config
    .command("check")
    .description("report every problem of the config; ends with 78 when there is one")
    .option("--json", "print JSON")
    .addHelpText("before", "Example: fleetcron config check --config ./fleetcron.config.json\n")
    .action(async ({ json = false }: ConfigOptions) => (await import("./show-config.ts")).checkConfig(cli, json));
  config
    .command("schema")
    .description("the JSON Schema of the config file, for editors")
    .option("--json", "print JSON (it always is)")
    .addHelpText("before", "Example: fleetcron config schema > fleetcron.config.schema.json\n")
    .action(async () => cli.output.json((await import("../config/json-schema.ts")).configJsonSchema()));
}
