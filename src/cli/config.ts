// fleetcron config show | check | schema
import type { Command } from "commander";
import { configEntries } from "../config/config-entries.ts";
import { configJsonSchema } from "../config/json-schema.ts";
import { fileOfConfigError, type LoadedConfig } from "../config/load-config.ts";
import { renderPath } from "../config/problem.ts";
import { FleetCronError } from "../errors.ts";
import type { Cli } from "./cli.ts";

type ConfigCli = Pick<Cli, "output" | "loadConfig" | "exitWith">;

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
    .action((options: { json?: boolean }) => show(cli, options.json === true));
  config
    .command("check")
    .description("report every problem of the config; ends with 78 when there is one")
    .option("--json", "print JSON")
    .addHelpText("before", "Example: fleetcron config check --config ./fleetcron.config.json\n")
    .action((options: { json?: boolean }) => check(cli, options.json === true));
  config
    .command("schema")
    .description("the JSON Schema of the config file, for editors")
    .option("--json", "print JSON (it always is)")
    .addHelpText("before", "Example: fleetcron config schema > fleetcron.config.schema.json\n")
    .action(() => cli.output.json(configJsonSchema()));
}

function show(cli: ConfigCli, json: boolean): void {
  const { config, file, origins, warnings } = cli.loadConfig();
  const rows = configEntries(config).map(({ path, value }) => {
    const key = renderPath(path);
    return { key, value, origin: origins.get(key) ?? "default" };
  });
  if (json) {
    const values = Object.fromEntries(rows.map(({ key, value, origin }) => [key, { value, origin }]));
    cli.output.json({ file, values });
  } else {
    const cells = rows.map(({ key, value, origin }) => [key, renderValue(value), origin]);
    cli.output.note(file === null ? "no config file" : `config file ${file}`);
    cli.output.table(["KEY", "VALUE", "ORIGIN"], cells, "");
  }
  noteWarnings(cli, warnings);
}

function check(cli: ConfigCli, json: boolean): void {
  const { loaded, error } = tryLoad(cli);
  if (json) {
    const file = error === null ? (loaded?.file ?? null) : fileOfConfigError(error);
    cli.output.json({ ok: error === null, file, problems: problemsOf(error), warnings: loaded?.warnings ?? [] });
  } else {
    noteWarnings(cli, loaded?.warnings ?? []);
    if (error !== null) cli.output.note(error.message);
    for (const problem of error?.details ?? []) cli.output.data(problem);
    if (loaded !== null) cli.output.data(`ok: ${loaded.file ?? "no config file; environment and defaults"}`);
  }
  if (error !== null) cli.exitWith(error.exitCode);
}

function tryLoad(cli: ConfigCli): { loaded: LoadedConfig | null; error: FleetCronError | null } {
  try {
    return { loaded: cli.loadConfig(), error: null };
  } catch (error) {
    if (error instanceof FleetCronError && error.code.startsWith("config_")) return { loaded: null, error };
    throw error;
  }
}

/** The lines of an invalid config; any other error is itself the problem. */
function problemsOf(error: FleetCronError | null): readonly string[] {
  if (error === null) return [];
  return error.code === "config_invalid" ? error.details : [error.message];
}

function noteWarnings(cli: ConfigCli, warnings: readonly string[]): void {
  for (const warning of warnings) cli.output.note(`warning: ${warning}`);
}

/** Texts as they are; a secret with the hosts it may go to. */
function renderValue(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null) return "none";
  return JSON.stringify(value);
}
