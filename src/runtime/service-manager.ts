// What systemd wants to know of a service of Type=notify. Where nobody asks, nothing is told.
import { spawn } from "node:child_process";

export interface ServiceManager {
  /** The start is over. */
  ready(): void;
  stopping(): void;
  /** To be called every `everyMs`: whoever falls silent is restarted. Null where nobody watches. */
  readonly watchdog: { readonly everyMs: number; alive(): void } | null;
}

/**
 * The manager of this process, by its environment (sd_notify(3), sd_watchdog_enabled(3)). Node has no datagram sockets
 * for paths, so that systemd's own command speaks for us; `onMissing` is called once where there is none.
 */
export function serviceManager(
  env: Readonly<Record<string, string | undefined>>,
  onMissing: () => void,
): ServiceManager {
  const { NOTIFY_SOCKET, PATH } = env;
  let isMissing = false;
  const tell = (state: string) => {
    if (NOTIFY_SOCKET === undefined || isMissing) return;
    const child = spawn("systemd-notify", [state], { env: { NOTIFY_SOCKET, PATH }, stdio: "ignore" });
    child.once("error", () => {
      isMissing = true;
      onMissing();
    });
  };
  return {
    ready: () => tell("READY=1"),
    stopping: () => tell("STOPPING=1"),
    watchdog: isWatched(env)
      ? { everyMs: Number(env.WATCHDOG_USEC) / 1_000 / 3, alive: () => tell("WATCHDOG=1") }
      : null,
  };
}

function isWatched({ NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID }: Parameters<typeof serviceManager>[0]): boolean {
  const isOurs = WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === process.pid;
  return NOTIFY_SOCKET !== undefined && isOurs && Number(WATCHDOG_USEC) > 0;
}
