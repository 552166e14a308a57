// `fleetcron agent`: this machine's agent in the foreground until SIGTERM or SIGINT.
import type { Command } from "commander";
import type { ReadyAgent } from "../agent/deps.ts";
import type { Config } from "../config/config.ts";
import { FleetCronError } from "../errors.ts";
import type { ServedMetrics } from "../metrics/serve-metrics.ts";
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
  let ready: ReadyAgent | null = null;
  const loaded = cli.loadConfig();
  const stop = stopOrReload(cli, () => ready);
  const { holdInstanceLock } = await import("../runtime/instance-lock.ts");
  const { openStateDir } = await import("../runtime/machine-id.ts");
  const { hostAgent } = await import("./host-agent.ts");
  const { openAgentStore } = await import("./open-store.ts");
  const { serviceManager } = await import("../runtime/service-manager.ts");

  const manager = serviceManager(cli.env, () => cli.output.note("warning: systemd-notify is not on PATH"));
  stop.addEventListener("abort", manager.stopping);
  openStateDir(loaded.config.stateDir);
  const lockLost = new AbortController();
  await using _lock = await holdInstanceLock(loaded.config.stateDir, () => lockLost.abort());
  await using metrics = await openMetrics(loaded.config);
  await using opened = await openAgentStore(loaded.config, cli.clock, metrics?.metrics.commandEnded);
  const storeFailed = new AbortController();
  void opened.failed.then((error) => storeFailed.abort(error));
  await hostAgent(cli, {
    loaded,
    ...opened,
    stop: AbortSignal.any([stop, lockLost.signal, storeFailed.signal]),
    metrics,
    watchdog: manager.watchdog,
    onReady: (agent) => {
      ready = agent;
      releaseYoungMemory();
      manager.ready();
    },
  });
  if (storeFailed.signal.aborted) {
    const { explainStorageError } = await import("./embedded-store.ts");
    throw explainStorageError(storeFailed.signal.reason);
  }
  if (lockLost.signal.aborted) {
    throw new FleetCronError("already_running", `another process took over the lock in ${loaded.config.stateDir}`);
  }
}

/** Before the store: a supervisor that asks meanwhile hears that the agent is starting. null where nobody wants metrics. */
async function openMetrics({ metrics: { listen } }: Config): Promise<ServedMetrics | null> {
  if (listen === null) return null;
  // Only then: an agent without metrics need not load the library.
  const { serveMetrics } = await import("../metrics/serve-metrics.ts");
  return serveMetrics(listen);
}

/** On a terminal SIGHUP says that it is gone; a service is asked by it to read the config again. */
function stopOrReload(cli: Cli, ready: () => ReadyAgent | null): AbortSignal {
  const onTerminal = cli.stdin.isTTY === true;
  if (!onTerminal) cli.onHangup(() => void ready()?.reloadConfig());
  return cli.stopSignal({ hangup: onTerminal });
}
