// `fleetcron agent`: this machine's agent in the foreground until SIGTERM or SIGINT.
import type { Command } from "commander";
import { FleetCronError } from "../errors.ts";
import { holdYoungMemory } from "../runtime/young-memory.ts";
import type { Cli } from "./cli.ts";

export function addAgentCommand(program: Command, cli: Cli): void {
  program
    .command("agent")
    .description("run this machine's agent in the foreground until SIGTERM or SIGINT")
    .addHelpText("before", "Example: fleetcron agent --config /etc/fleetcron/fleetcron.config.json\n")
    .action(() => agent(cli));
}

async function agent(cli: Cli): Promise<void> {
  const releaseYoungMemory = holdYoungMemory();
  const loaded = cli.loadConfig();
  const stop = cli.stopSignal();
  const { holdInstanceLock } = await import("../runtime/instance-lock.ts");
  const { openStateDir } = await import("../runtime/machine-id.ts");
  const { hostAgent } = await import("./host-agent.ts");
  const { openAgentStore } = await import("./open-store.ts");

  openStateDir(loaded.config.stateDir);
  const lockLost = new AbortController();
  await using _lock = await holdInstanceLock(loaded.config.stateDir, () => lockLost.abort());
  await using opened = await openAgentStore(loaded.config, cli.clock);
  const storeFailed = new AbortController();
  void opened.failed.then((error) => storeFailed.abort(error));
  await hostAgent(cli, {
    loaded,
    ...opened,
    stop: AbortSignal.any([stop, lockLost.signal, storeFailed.signal]),
    onReady: releaseYoungMemory,
  });
  if (storeFailed.signal.aborted) {
    const { explainStorageError } = await import("./embedded-store.ts");
    throw explainStorageError(storeFailed.signal.reason);
  }
  if (lockLost.signal.aborted) {
    throw new FleetCronError("already_running", `another process took over the lock in ${loaded.config.stateDir}`);
  }
}
