// fleetcron complete: a script that tells a shell what can be typed. It holds all the words itself: a shell that had to
// start this program at each key would wait for it.
import { Argument, type Command } from "commander";
import type { Cli } from "./cli.ts";

const shells = ["bash", "zsh", "fish"] as const;

export function addCompleteCommand(program: Command, cli: Cli): void {
  program
    .command("complete")
    .description("print a script that completes commands and options in a shell")
    .addArgument(new Argument("<shell>", "the shell").choices(shells))
    .addHelpText("before", "Example: fleetcron complete bash >> ~/.bashrc\n")
    .action(async (shell: (typeof shells)[number]) => {
      const { completionPlaces } = await import("./completion-tree.ts");
      const render = await rendererOf(shell);
      cli.output.data(render(completionPlaces(program)).trimEnd());
    });
}

async function rendererOf(shell: (typeof shells)[number]) {
  switch (shell) {
    case "bash":
      return (await import("./completion-bash.ts")).bashCompletion;
    case "zsh":
      return (await import("./completion-zsh.ts")).zshCompletion;
    case "fish":
      return (await import("./completion-fish.ts")).fishCompletion;
  }
}
