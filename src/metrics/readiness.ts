// Whether an agent takes part in its fleet right now, in the words that /readyz answers with.
import type { AgentState } from "../model/meter.ts";

/** null: ready. An agent without a serial is: it takes its turn last. */
export function notReadyReason(state: AgentState | null): string | null {
  if (state === null) return "starting: the database is not reached or the jobs are not loaded yet";
  const { claims, databaseAwayMs } = state;
  if (claims === "stopping") return "stopping: runs in progress end, nothing new starts";
  if (claims === "draining") return "drained: nothing new starts until the command resume";
  if (databaseAwayMs !== null) return `the database has not answered for ${Math.round(databaseAwayMs / 1_000)} s`;
  return null;
}
