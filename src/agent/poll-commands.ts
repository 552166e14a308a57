// Remote commands: each is executed once by this process and acknowledged, whatever came of it.
import { messageOf } from "../errors.ts";
import { renderProblem } from "../model/job.ts";
import { manualRunId } from "../model/run.ts";
import type { CommandDocument } from "../store/collections.ts";
import { acknowledgeCommand, findPendingCommands } from "../store/commands.ts";
import { findStoredJobs } from "../store/jobs.ts";
import { isStoreUnavailable } from "../store/outcome.ts";
import { claimAndRun } from "./claim-and-run.ts";
import type { AgentContext } from "./context.ts";
import { checkFleetZone } from "./ensure-fleet.ts";
import { loadCatalog } from "./load-catalog.ts";
import { repeat } from "./repeat.ts";

/** What an acknowledgement says beside `ok`: kept short, for a person. */
type Report = Readonly<Record<string, unknown>>;

type Handler = (context: AgentContext, command: CommandDocument) => Promise<Report>;

const handlers: Readonly<Record<string, Handler>> = {
  reload_jobs: reloadJobs,
  reload_config: reloadConfig,
  run_job: runJob,
};

export function pollCommands(context: AgentContext): AsyncDisposable {
  // Kept in memory: a command whose acknowledgement can't be written must not run again at every poll.
  const executed = new Map<string, Acknowledgement>();
  return repeat(context, { name: "command poll", everyMs: () => context.settings.pollSec * 1_000 }, () =>
    poll(context, executed),
  );
}

interface Acknowledgement {
  readonly ok: boolean;
  readonly error: string | null;
  readonly report: Report;
}

async function poll(context: AgentContext, executed: Map<string, Acknowledgement>): Promise<void> {
  const { store, log, machine } = context.deps;
  const commands = await findPendingCommands(store, machine.machineId);
  context.health.answered();
  for (const command of commands) {
    const id = String(command._id);
    const acknowledgement = executed.get(id) ?? (await execute(context, command));
    if (acknowledgement === null) continue;
    executed.set(id, acknowledgement);
    const written = await acknowledgeCommand(store, command._id, { machineId: machine.machineId, ...acknowledgement });
    if (!written) log.warn({ commandId: id }, "command can't be acknowledged: its acks field is not a list");
  }
  forgetOldest(executed);
}

/** null: the database was away in the middle; the next poll tries again. */
async function execute(context: AgentContext, command: CommandDocument): Promise<Acknowledgement | null> {
  const { log } = context.deps;
  const commandId = String(command._id);
  const handler = Object.hasOwn(handlers, String(command.type)) ? handlers[String(command.type)] : undefined;
  if (handler === undefined) {
    const error = `unknown command type ${JSON.stringify(command.type)}; this version knows ${Object.keys(handlers).join(", ")}`;
    log.warn({ commandId, error }, "command refused");
    return { ok: false, error, report: {} };
  }
  try {
    const report = await handler(context, command);
    log.info({ commandId, type: command.type, ...report }, "command executed");
    return { ok: true, error: null, report };
  } catch (error) {
    if (isStoreUnavailable(error)) {
      context.health.failed("executing a command", error);
      return null;
    }
    log.warn({ commandId, type: command.type, err: error }, "command failed");
    return { ok: false, error: context.mask(messageOf(error)), report: {} };
  }
}

/** Names beyond this are only counted: an acknowledgement is one of many in one document. */
const longestList = 20;

async function reloadJobs(context: AgentContext): Promise<Report> {
  const diff = await loadCatalog(context);
  const counts = Object.entries(diff).map(([what, names]) => [`${what}_count`, names.length]);
  const lists = Object.entries(diff).map(([what, names]) => [what, names.slice(0, longestList)]);
  return Object.fromEntries([...lists, ...counts]);
}

async function reloadConfig(context: AgentContext): Promise<Report> {
  const { settings, notes } = context.deps.reloadSettings();
  await checkFleetZone(context, settings.tz);
  context.applySettings(settings);
  await loadCatalog(context);
  return notes.length === 0 ? {} : { notes };
}

/** "Run now": every agent tries, the run's id holds the command's, so one of them executes it. */
async function runJob(context: AgentContext, command: CommandDocument): Promise<Report> {
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

function createdAt(context: AgentContext, command: CommandDocument): number {
  return command.created_at instanceof Date ? command.created_at.getTime() : context.clock.now();
}

/** Commands are looked at for 10 minutes; more than this many in that time are not expected. */
function forgetOldest(executed: Map<string, Acknowledgement>): void {
  for (const id of executed.keys()) {
    if (executed.size <= 10_000) return;
    executed.delete(id);
  }
}
