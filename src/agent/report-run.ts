// What became of a run, told once it is in the store.
import type { RunSummary } from "../model/run.ts";
import type { AgentContext } from "./context.ts";

/** One line per run, and the same to whoever watches or counts. */
export function reportRun(context: AgentContext, run: RunSummary): void {
  const { runId, job, status, reason, lateMs, elapsedMs } = run;
  context.deps.log.info({ runId, job, status, reason, lateMs, elapsedMs }, "run ended");
  context.deps.meter?.runEnded(run);
  context.deps.onRunEnd?.(run);
}
