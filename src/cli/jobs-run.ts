// fleetcron jobs run: a command to all agents, one of which executes it; then the record of that run.
import type { Config } from "../config/config.ts";
import { exitCodes, FleetCronError } from "../errors.ts";
import type { Job } from "../model/job.ts";
import { manualRunId } from "../model/run.ts";
import type { RunDocument } from "../store/collections.ts";
import { findCommand, insertCommand } from "../store/commands.ts";
import type { Store } from "../store/connect.ts";
import { findRun } from "../store/list-runs.ts";
import { listMachines } from "../store/machines.ts";
import type { Cli } from "./cli.ts";
import { loadJob } from "./find-job.ts";
import { isLive } from "./find-machine.ts";
import { fleetZone } from "./fleet-zone.ts";
import { jsonDocument } from "./json-document.ts";
import { jobRules, judgeJob, renderProblems } from "./judge-jobs.ts";
import { withStore } from "./open-store.ts";
import { printRun } from "./render-run.ts";
import { counted, printable } from "./render-text.ts";
import { renderDuration } from "./render-time.ts";
import { lookEveryMs } from "./wait-acks.ts";

interface RunOptions {
  readonly wait: boolean;
  /** Seconds; undefined = as long as it takes. */
  readonly timeout?: number;
  readonly json?: boolean;
}

/** An agent looks for commands each `poll_sec`; this long without any answer means that none does. */
const leastAckWaitSec = 15;

export async function runJobCommand(cli: Cli, nameOrId: string, options: RunOptions): Promise<void> {
  await withStore(cli, async (store, config, loaded) => {
    const document = await loadJob(store, nameOrId);
    const judged = judgeJob(document, jobRules(loaded, await fleetZone(store, config)));
    if (judged.job === null) {
      throw new FleetCronError("job_invalid", `job ${JSON.stringify(nameOrId)} is invalid`, {
        details: renderProblems(judged),
      });
    }
    // Without this, an agent that starts some minutes later would run it when nobody waits any more.
    if (options.wait && (await liveCount(store, config)) === 0) throw nobody("no live agent; nothing was started");
    const commandId = await insertCommand(store, { type: "run_job", target: "all", args: { job_id: judged.job.id } });
    const runId = manualRunId(judged.job, String(commandId));
    if (options.wait) return waitAndPrint(cli, { store, config, job: judged.job, commandId, runId }, options);
    if (options.json === true)
      cli.output.json({ _id: runId, job_name: judged.job.name, command_id: String(commandId) });
    else cli.output.data(runId);
    cli.output.note("see what came of it with: fleetcron runs show ID");
  });
}

interface AskedRun {
  readonly store: Store;
  readonly config: Config;
  readonly job: Job;
  readonly commandId: unknown;
  readonly runId: string;
}

async function waitAndPrint(cli: Cli, asked: AskedRun, { timeout, json }: RunOptions): Promise<void> {
  const run = await waitEnd(cli, asked, timeout ?? Number.POSITIVE_INFINITY);
  if (json === true) cli.output.json(jsonDocument(run));
  else printRun(cli.output, run);
  if (run.status !== "ok") cli.exitWith(exitCodes.failed);
}

/** Throws `not_acknowledged` when nobody takes it up or the time is over, `run_failed` when every agent refused. */
async function waitEnd(cli: Cli, asked: AskedRun, timeoutSec: number): Promise<RunDocument> {
  const { store, config, runId } = asked;
  const { clock, output } = cli;
  const startedAt = clock.monotonic();
  let shown = "";
  for (;;) {
    const waitedSec = (clock.monotonic() - startedAt) / 1_000;
    const run = await findRun(store, runId);
    if (run !== null && run.status !== "running") return run;
    const progress = run === null ? await takenUp(asked, waitedSec) : `running on ${printable(run.hostname)}`;
    if (output.live && progress !== shown) output.note(`${progress} ...`);
    shown = progress;
    if (waitedSec >= timeoutSec) throw tooLong(run, runId, waitedSec);
    // An agent that took it up and died in between leaves no record; past the grace none starts it any more.
    if (run === null && waitedSec > config.startGraceSec + 30) throw nobody(`${runId} was not started`);
    await clock.sleep(lookEveryMs);
  }
}

/** What is known while there is no record yet, or an error when there will be none. */
async function takenUp({ store, config, commandId }: AskedRun, waitedSec: number): Promise<string> {
  const command = await findCommand(store, commandId);
  const acks = command?.acks ?? [];
  if (acks.some(({ ok }) => ok)) return "taken up, waiting for its start";
  const live = await liveCount(store, config);
  if (acks.length > 0 && acks.length >= live) {
    const reasons = new Set(acks.map(({ error }) => printable(error ?? "no reason given")));
    throw new FleetCronError("run_failed", "no agent could start it", { details: [...reasons] });
  }
  if (waitedSec > Math.max(leastAckWaitSec, 3 * config.pollSec)) {
    throw nobody(`none of ${counted(live, "live agent")} took it up within ${Math.round(waitedSec)} s`);
  }
  return "waiting for an agent to take it up";
}

async function liveCount(store: Store, { heartbeatSec }: Config): Promise<number> {
  return (await listMachines(store)).filter((machine) => isLive(machine, heartbeatSec)).length;
}

function nobody(message: string): FleetCronError {
  return new FleetCronError("not_acknowledged", message, { details: ["see who is alive with: fleetcron machines"] });
}

function tooLong(run: RunDocument | null, runId: string, waitedSec: number): FleetCronError {
  const state = run === null ? "has not started" : "has not ended";
  return new FleetCronError("not_acknowledged", `${runId} ${state} within ${renderDuration(waitedSec * 1_000)}`, {
    details: [`it is not stopped by that; see: fleetcron runs show ${runId}`],
  });
}
