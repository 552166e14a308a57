// For commands that go on until somebody ends them.
import { isStoreUnavailable } from "../store/outcome.ts";
import type { Cli } from "./cli.ts";

/**
 * Looks now, and again after each interval, until the process is ended. A database that is away for a while, as in an
 * election, is waited for. Throws what else a look throws.
 */
export async function lookAgain({ clock, output }: Cli, everyMs: number, look: () => Promise<void>): Promise<never> {
  let isAway = false;
  for (;;) {
    try {
      await look();
      isAway = false;
    } catch (error) {
      if (!isStoreUnavailable(error)) throw error;
      if (!isAway) output.note("the database does not answer; waiting for it ...");
      isAway = true;
    }
    await clock.sleep(everyMs);
  }
}
