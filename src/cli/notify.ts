// fleetcron notify test: whether a channel of this machine's config works, asked by a message.
import type { Command } from "commander";
import type { Cli } from "./cli.ts";

export function addNotifyCommand(program: Command, cli: Cli): void {
  const notify = program
    .command("notify")
    .description("channels for messages about runs")
    .addHelpText("before", "Example: fleetcron notify test ops\n");
  notify
    .command("test")
    .description("send a test message to one channel from this machine; no database needed")
    .argument("<name>", "a channel of notify in the config")
    .option("--json", "print JSON")
    .addHelpText("before", "Example: fleetcron notify test ops\n")
    .action(async (name: string, options: { json?: boolean }) => {
      const { testChannel } = await import("./notify-test.ts");
      await testChannel(cli, name, options);
    });
}
