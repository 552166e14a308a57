// One agent per state directory. Convenience only: a stale lock's takeover is racy, so no guarantee rests on it.
import { join } from "node:path";
import { lock } from "proper-lockfile";
import { FleetCronError, messageOf } from "../errors.ts";

const staleMs = 10_000;
const updateMs = 2_000;
/** A killed agent's lock goes stale after `staleMs`: a restart by the service manager must outwait it. */
const waitMs = 15_000;

/** Holds `<state_dir>/agent.lock` until disposed; `onLost` is called when another process took it away. */
export async function holdInstanceLock(stateDir: string, onLost: (error: Error) => void): Promise<AsyncDisposable> {
  const file = join(stateDir, "agent.lock");
  try {
    const release = await lock(stateDir, {
      lockfilePath: file,
      stale: staleMs,
      update: updateMs,
      retries: { retries: waitMs / 500, factor: 1, minTimeout: 500, maxTimeout: 500 },
      onCompromised: onLost,
    });
    return { [Symbol.asyncDispose]: () => release().catch(() => undefined) };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ELOCKED") {
      throw new FleetCronError(
        "already_running",
        `another agent is running with state_dir ${stateDir} (its lock ${file} is fresh); stop it, or give this one its own state_dir`,
        { cause },
      );
    }
    throw new FleetCronError("state_dir_unusable", `can't lock ${file}: ${messageOf(cause)}`, { cause });
  }
}
