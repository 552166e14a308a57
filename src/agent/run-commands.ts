// `run_job` and `cancel_run`: one run started or ended because a person says so.
import { renderProblem } from "../model/job.ts";
import { manualRunId } from "../model/run.ts";
import type { CommandDocument } from "../store/collections.ts";
import { findStoredJobs } from "../store/jobs.ts";
import { findRun } from "../store/list-runs.ts";
import { claimAndRun } from "./claim-and-run.ts";
import { createdAt, type Report } from "./command-handler.ts";
import type { AgentContext } from "./context.ts";

/** "Run now": every agent tries, the run's id holds the command's, so one of them executes it. */
export async function runJob(context: AgentContext, command: CommandDocument): Promise<Report> {
  if (context.claims.isDraining) throw new Error("this agent is draining and starts nothing");
  const jobId = command.args?.job_id;
  const [stored] = jobId === undefined ? [] : await findStoredJobs(context.deps.store, [jobId]);
  if (stored === undefined) throw new Error(`args.job_id: expected the _id of a job, got ${JSON.stringify(jobId)}`);
  const { jobs, invalid } = context.editions.parse(context.settings, [stored]);
  const [job] = jobs;
  if (job === undefined)
    throw new Error(`job is invalid: ${invalid.flatMap((one) => one.problems.map(renderProblem)).join("; ")}`);
  const runId = manualRunId(job, String(command._id));
  const occurrence = { job, scheduledFor: createdAt(context, command), trigger: "manual" as const, runId };
  // Not awaited: the acknowledgement says that the command was taken up, the run's record says what came of it.
  context.inFlight.start(() => claimAndRun(context, [occurrence]));
  return { run_id: runId };
}

/**
 * The run's owner ends it, its request included. Every other agent keeps the order in mind: should the owner be dead,
 * whoever takes the run over ends it without sending anything.
 */
export async function cancelRun(context: AgentContext, command: CommandDocument): Promise<Report> {
  const runId = command.args?.run_id;
  const run = typeof runId === "string" ? await findRun(context.deps.store, runId) : null;
  if (typeof runId !== "string" || run === null) {
    throw new Error(`args.run_id: expected the _id of a run in progress, got ${JSON.stringify(runId)}`);
  }
  if (run.status !== "running") {
    throw new Error(`args.run_id: expected the _id of a run in progress, ${runId} ended ${JSON.stringify(run.status)}`);
  }
  const isHere = context.liveRuns.cancel(runId);
  return isHere || run.instance_id === context.deps.machine.instanceId
    ? { cancelled: runId }
    : { run_of: String(run.hostname) };
}
