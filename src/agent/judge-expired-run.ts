// Whether a run whose owner died may go on, and from which step. The request under way may have been answered: only one
// that may be sent twice is sent again.
import { type ExecAction, type HttpAction, isRunnable, type Job } from "../model/job.ts";
import { idTextOf } from "../model/plain-value.ts";
import type { Step } from "../model/run.ts";
import type { RunDocument } from "../store/collections.ts";
import { findStoredJobs } from "../store/jobs.ts";
import { type ReadRun, readRun } from "../store/read-run.ts";
import type { AgentContext } from "./context.ts";
import { deadlinePassed } from "./run-deadline.ts";

export interface ResumableRun {
  readonly job: Job;
  readonly run: ReadRun;
  /** The last step, with its action, if it was under way; null when every step was skipped and nothing is to be sent. */
  readonly inDoubt: InDoubt | null;
}

interface InDoubt {
  readonly step: Step;
  readonly action: HttpAction | ExecAction;
}

/** What becomes of the run: it goes on, or is `lost` for a reason. */
export type Judgement = { readonly goesOn: ResumableRun } | { readonly lost: string };

/** A run that its third agent left behind is not worth a fourth: it may be what they died of. */
const mostAttempts = 3;

export async function judgeExpiredRun(context: AgentContext, document: RunDocument): Promise<Judgement> {
  const silence = describeSilence(document);
  const malformed = (field: string) => ({ lost: `${silence}; its record can't be continued: ${field} is malformed` });
  const run = readRun(document);
  if ("malformed" in run) return malformed(run.malformed);
  const idText = idTextOf(document.job_id);
  if (idText === null || !document._id.startsWith(`${idText}@`)) return malformed("job_id");

  const job = await findJobOfRun(context, document.job_id);
  if (job === null || job.rev !== document.job_rev) return { lost: "job_edited" };
  const inDoubt = findInDoubt(job, run.steps);
  if (inDoubt === undefined) return malformed("steps");
  if (inDoubt?.action.onCrash === "fail") {
    return { lost: `${silence}; whether its last request was answered is unknown` };
  }
  if (run.attempt >= mostAttempts) return { lost: `${silence}; it was the run's attempt ${run.attempt}, the last` };
  const ranMs = context.clock.now() - run.startedAt;
  if (job.deadlineSec !== null && ranMs >= job.deadlineSec * 1_000) return { lost: deadlinePassed };
  return { goesOn: { job, run, inDoubt } };
}

function describeSilence({ hostname, lease_ms }: RunDocument): string {
  const host = typeof hostname === "string" ? hostname : "an unknown host";
  const lease = typeof lease_ms === "number" ? `for more than ${lease_ms / 1_000} s` : "";
  return `its agent on ${host} stopped beating ${lease}`.trimEnd();
}

/** As it is defined now, or null when there is no such valid job. */
export async function findJobOfRun(context: AgentContext, id: unknown): Promise<Job | null> {
  if (idTextOf(id) === null) return null;
  const stored = await findStoredJobs(context.deps.store, [id]);
  return context.editions.parse(context.settings, stored).jobs[0] ?? null;
}

/** undefined: these are no steps that an agent of this job leaves behind. */
function findInDoubt(job: Job, steps: readonly Step[]): InDoubt | null | undefined {
  const step = steps.at(-1);
  if (steps.slice(0, -1).some(({ status }) => status === "started" || status === "unknown")) return undefined;
  if (step?.status === "started") {
    const action = job.actions[step.index];
    return isRunnable(action) ? { step, action } : undefined;
  }
  const isAllSkipped = steps.every(({ status }) => status.startsWith("skipped_"));
  return isAllSkipped && steps.length === job.actions.length ? null : undefined;
}
