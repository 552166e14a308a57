// Remote commands: each is executed once by this process and acknowledged, whatever came of it.
import { messageOf } from "../errors.ts";
import type { CommandDocument } from "../store/collections.ts";
import { acknowledgeCommand, findPendingCommands } from "../store/commands.ts";
import { isStoreUnavailable } from "../store/outcome.ts";
import type { CommandHandler, Report } from "./command-handler.ts";
import type { AgentContext } from "./context.ts";
import { drain, resume } from "./drain-commands.ts";
import { reloadConfig, reloadJobs } from "./reload-commands.ts";
import { repeatOnChange } from "./repeat-on-change.ts";
import { cancelRun, runJob } from "./run-commands.ts";

const handlers: Readonly<Record<string, CommandHandler>> = {
  reload_jobs: reloadJobs,
  reload_config: reloadConfig,
  run_job: runJob,
  cancel_run: cancelRun,
  drain,
  resume,
};

export function pollCommands(context: AgentContext): AsyncDisposable {
  // Kept in memory: a command whose acknowledgement can't be written must not run again at every poll.
  const executed = new Map<string, Acknowledgement>();
  // With a stream open the poll is only for what the stream should fail to tell.
  const everyMs = (isWatched: boolean) => context.settings.pollSec * 1_000 * (isWatched ? 2 : 1);
  return repeatOnChange(context, { name: "command poll", collection: "commands", everyMs }, () =>
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
    const isNew = !executed.has(id);
    const acknowledgement = executed.get(id) ?? (await execute(context, command));
    if (acknowledgement === null) continue;
    executed.set(id, acknowledgement);
    const written = await acknowledgeCommand(store, command._id, { machineId: machine.machineId, ...acknowledgement });
    // It stays on the list until it is ten minutes old: said once.
    if (!written && isNew) log.warn({ commandId: id }, "command can't be acknowledged: its acks field is not a list");
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

/** Commands are looked at for 10 minutes; more than this many in that time are not expected. */
function forgetOldest(executed: Map<string, Acknowledgement>): void {
  for (const id of executed.keys()) {
    if (executed.size <= 10_000) return;
    executed.delete(id);
  }
}
