// `config show` and `config check`: what this machine's config says, and what is wrong with it.

import { configEntries } from "../config/config-entries.ts";
import { fileOfConfigError, type LoadedConfig } from "../config/load-config.ts";
import { renderPath } from "../config/problem.ts";
import { FleetCronError } from "../errors.ts";
import type { ConfigCli } from "./config.ts";
import { printTable } from "./print-table.ts";

/** Every effective value with its origin, secrets masked. */
export async function showConfig(cli: ConfigCli, json: boolean): Promise<void> {
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
    await printTable(cli.output, ["KEY", "VALUE", "ORIGIN"], cells, "");
  }
  noteWarnings(cli, warnings);
}

/** Every problem; the exit code is that of the error there is. */
export function checkConfig(cli: ConfigCli, json: boolean): void {
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
