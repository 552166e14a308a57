// fleetcron reload | reload-config | drain | resume
import type { Command } from "commander";
import type { Cli } from "./cli.ts";
import { readSeconds } from "./read-option.ts";

export interface RemoteOptions {
  readonly timeout: number;
  readonly wait: boolean;
  readonly json?: boolean;
}

const commands = [
  { name: "reload", type: "reload_jobs", description: "make agents read the jobs again, and wait until they did" },
  {
    name: "reload-config",
    type: "reload_config",
    description: "make agents read their config again, and wait until they did",
  },
  {
    name: "drain",
    type: "drain",
    description: "make agents start nothing more until resume or a restart; what runs goes on to its end",
  },
  { name: "resume", type: "resume", description: "let drained agents start runs again" },
] as const;

export type RemoteType = (typeof commands)[number]["type"];

export function addRemoteCommands(program: Command, cli: Cli): void {
  for (const { name, type, description } of commands) {
    program
      .command(name)
      .description(description)
      .argument("[machineId]", "one machine: its id, the start of it, or its hostname; without it all")
      .option("--timeout <sec>", "wait no longer than this", readSeconds("--timeout"), 15)
      .option("--no-wait", "only send the command")
      .option("--json", "print the acknowledgements as JSON")
      .addHelpText("before", `Example: fleetcron ${name}\n`)
      .action(async (machineId: string | undefined, options: RemoteOptions) => {
        const { sendRemote } = await import("./send-remote.ts");
        await sendRemote(cli, { type, machineId }, options);
      });
  }
}
