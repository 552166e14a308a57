// Runs whose owner died: once the server's clock has seen the lease end, the run becomes `lost`, in plain words.
import { findExpiredRuns, markRunLost } from "../store/runs.ts";
import type { AgentContext } from "./context.ts";
import { repeat } from "./repeat.ts";

/** Each agent looks about this often, spread by a fifth so that a fleet does not look in step. */
const everyMs = 10_000;

export function reapRuns(context: AgentContext): AsyncDisposable {
  const spread = () => Math.min(everyMs, context.beatMs()) * (0.8 + 0.4 * context.deps.random());
  return repeat(context, { name: "reaper", everyMs: spread }, () => reap(context));
}

async function reap(context: AgentContext): Promise<void> {
  const { store, log } = context.deps;
  for (const run of await findExpiredRuns(store)) {
    // Our own runs are never judged by their record: this process knows better.
    if (context.inHand.has(run._id)) continue;
    const reason = `its agent on ${run.hostname} stopped beating for more than ${run.lease_ms / 1_000} s; whether its last request was answered is unknown`;
    if (await markRunLost(store, run, reason)) {
      log.warn({ runId: run._id, job: run.job_name, status: "lost", reason }, "run lost");
    }
  }
}
