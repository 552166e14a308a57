// fleetcron init: a config to start from.
import { rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Command, Option } from "commander";
import { configFileName } from "../config/find-config-file.ts";
import { FleetCronError, messageOf } from "../errors.ts";
import { nearest } from "../model/nearest.ts";
import { isKnownZone, zoneNames } from "../model/zone.ts";
import { makeFolder } from "../runtime/make-folder.ts";
import type { Cli } from "./cli.ts";

type InitCli = Pick<Cli, "output" | "cwd">;

interface InitOptions {
  readonly file: string;
  readonly tz?: string;
  readonly store: "mongodb" | "embedded";
  readonly json?: boolean;
}

export function addInitCommand(program: Command, cli: InitCli): void {
  program
    .command("init")
    .description("write a documented config to edit; never overwrites one")
    .option("--file <path>", "where to write it", `./${configFileName}`)
    .option("--tz <zone>", "time zone of the fleet, such as Europe/Berlin")
    .addOption(
      new Option("--store <kind>", "where jobs and runs are kept").choices(["mongodb", "embedded"]).default("mongodb"),
    )
    .option("--json", "print what was written as JSON")
    .addHelpText("before", "Example: fleetcron init --tz Europe/Berlin\n")
    .action((options: InitOptions) => init(cli, options));
}

async function init(cli: InitCli, { file, tz, store, json }: InitOptions): Promise<void> {
  if (tz !== undefined && !isKnownZone(tz)) {
    const near = nearest(tz, zoneNames());
    const hint = near === null ? "" : `; did you mean "${near}"?`;
    throw new FleetCronError(
      "usage",
      `--tz: expected an IANA time zone such as Europe/Berlin, or UTC, got "${tz}"${hint}`,
    );
  }
  const { configJsonSchema } = await import("../config/json-schema.ts");
  const { renderStarterConfig, schemaFileName } = await import("../config/starter-config.ts");
  const target = resolve(cli.cwd, file);
  const schema = join(dirname(target), schemaFileName);
  writeNew(target, renderStarterConfig({ tz, store }));
  try {
    // Generated, so an older edition of it is simply replaced.
    writeFileSync(schema, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
  } catch (error) {
    // Otherwise the next try would only say that the config exists already.
    rmSync(target, { force: true });
    throw unwritable(schema, error);
  }
  if (json === true) cli.output.json({ file: target, schema });
  else cli.output.data(target);
  const next =
    store === "embedded" ? "next: fleetcron agent" : "next: set mongodb_uri in it, then run: fleetcron config check";
  cli.output.note(next);
}

/** `wx` refuses an existing file in the same step that creates it; 0600 because it will hold secrets. */
function writeNew(file: string, text: string): void {
  try {
    makeFolder(dirname(file));
    writeFileSync(file, text, { flag: "wx", mode: 0o600 });
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && syscall === "open") {
      throw new FleetCronError("file_exists", `${file} exists already and is left as it is`, { cause: error });
    }
    throw unwritable(file, error);
  }
}

function unwritable(file: string, error: unknown): FleetCronError {
  return new FleetCronError("file_unwritable", `cannot write ${file}: ${messageOf(error)}`, { cause: error });
}
