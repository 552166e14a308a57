// Tells the service manager that this process's loops go on. It knows nothing of the database: an outage of that is no
// reason to restart an agent.
import type { AgentContext } from "./context.ts";
import { repeat } from "./repeat.ts";

/** Goes on until the agent has ended: a long drain must not look like a hang. */
export function keepWatchdog(context: AgentContext): AsyncDisposable {
  const { watchdog } = context.deps;
  if (watchdog == null) return new AsyncDisposableStack();
  return repeat(context, { name: "watchdog", everyMs: () => watchdog.everyMs }, async () => watchdog.alive());
}
