// `fleetcron mongosh`: the shell of whoever wants to look at the documents themselves.
import type { Command } from "commander";
import type { Cli } from "./cli.ts";

interface MongoshOptions {
  readonly printUri?: boolean;
}

export function addMongoshCommand(program: Command, cli: Cli): void {
  program
    .command("mongosh")
    .description("open mongosh on the embedded store that a running agent serves")
    .argument("[args...]", "passed on to mongosh")
    .option("--print-uri", "print the store's connection string and end; it may hold a password")
    .allowUnknownOption()
    .addHelpText("before", "Example: fleetcron mongosh --eval 'db.jobs.countDocuments()'\n")
    .action(async (args: readonly string[], options: MongoshOptions) => {
      const { openMongosh } = await import("./open-mongosh.ts");
      await openMongosh(cli, args, options);
    });
}
