// One job's chain executed in this process: the same code as in an agent, with a record that nobody keeps.
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { type ChainContext, type ChainEnd, executeChain, firstSteps } from "../chain/execute-chain.ts";
import { createSendRequest } from "../chain/http-attempt.ts";
import { createMasker, type Mask } from "../chain/masking.ts";
import type { Config } from "../config/config.ts";
import type { FleetCronError } from "../errors.ts";
import { holds } from "../model/condition.ts";
import { type Job, renderProblem } from "../model/job.ts";
import { manualRunId, type Occurrence, type Step } from "../model/run.ts";
import { productVersion } from "../runtime/assets.ts";
import { loadMachineId } from "../runtime/machine-id.ts";
import { type Claimant, newRunDocument, stepDocument } from "../store/run-document.ts";
import type { Cli } from "./cli.ts";
import type { JudgedJob } from "./judge-jobs.ts";
import type { ShownRun } from "./render-run.ts";
import { printable } from "./render-text.ts";
import { renderTryProgress } from "./try-progress.ts";

export interface TriedJob {
  readonly job: Job;
  readonly config: Config;
  /** Aborts the request under way. */
  readonly stop: AbortSignal;
}

/** The run as `job_runs` would hold it. Due now; a `when` of the job that does not hold now makes it `skipped`. */
export async function tryJob(cli: Cli, { job, config, stop }: TriedJob): Promise<ShownRun> {
  const { clock } = cli;
  const mask = createMasker(config.secrets);
  const occurrence = occurrenceOf(cli, job);
  const chain = chainOf(config, occurrence);
  if (!holds(job.when, occurrence.scheduledFor, job.tz)) {
    return newRun(config, occurrence, { status: "skipped", reason: "when", steps: [] });
  }
  const steps = [...firstSteps(chain, mask)];
  const run = newRun(config, occurrence, { status: "running", reason: null, steps });
  const startedAt = clock.monotonic();
  const end = await execute(cli, { chain, steps, mask, stop });
  for (const [index, step] of end.changes) steps[index] = step;
  return {
    ...run,
    status: end.status,
    reason: end.reason,
    end_at: new Date(clock.now()),
    elapsed_ms: Math.round(clock.monotonic() - startedAt),
    steps: steps.map(stepDocument),
  };
}

export interface InvalidTry {
  /** null: there is no document at all. */
  readonly judged: JudgedJob | null;
  readonly failure: FleetCronError;
}

/** The record of a job that cannot be executed: `error` with no steps, and why. */
export function invalidRun(cli: Cli, config: Config, { judged, failure }: InvalidTry): ShownRun {
  const name = judged?.name ?? "";
  const id = judged?.id ?? (name === "" ? "unreadable" : name);
  const job: Job = {
    id: judged?.id ?? null,
    idText: printable(id),
    name,
    enabled: true,
    tz: config.tz,
    schedule: { tz: config.tz, rules: [] },
    when: null,
    overlap: "skip",
    startGraceSec: null,
    actions: [],
    rev: "",
    hints: [],
  };
  const problems = judged?.problems.map(renderProblem).join("; ");
  const reason = createMasker(config.secrets)(problems === undefined ? failure.message : `invalid job: ${problems}`);
  const run = newRun(config, occurrenceOf(cli, job), { status: "error", reason, steps: [] });
  return { ...run, job_name: judged?.name ?? null };
}

interface Execution {
  readonly chain: ChainContext;
  /** Kept up to date with what an agent would have recorded. */
  readonly steps: Step[];
  readonly mask: Mask;
  readonly stop: AbortSignal;
}

async function execute(cli: Cli, { chain, steps, mask, stop }: Execution): Promise<EndedChain> {
  const { clock, output } = cli;
  const { send, close } = createSendRequest({ clock });
  const show = (changed: Iterable<Step>) => {
    if (output.live) for (const step of changed) output.note(renderTryProgress(step));
  };
  const interrupted = new AbortController();
  stop.addEventListener("abort", () => interrupted.abort(`interrupted by ${stop.reason}`), { once: true });
  show(steps);
  try {
    const end = await executeChain(
      {
        clock,
        random: Math.random,
        now: () => clock.now(),
        send,
        mask,
        userAgent: `fleetcron/${productVersion()}`,
      },
      chain,
      {
        steps,
        recorder: {
          advance: async (changes) => {
            for (const [index, step] of changes) steps[index] = step;
            show(changes.values());
            return true;
          },
        },
        signal: interrupted.signal,
        acknowledgedAt: clock.monotonic(),
      },
    );
    // Nobody else can take a claim that was never written.
    return end.status === "claim_lost" ? { status: "aborted", reason: null, changes: new Map() } : end;
  } finally {
    await close();
  }
}

type EndedChain = Exclude<ChainEnd, { readonly status: "claim_lost" }>;

function occurrenceOf(cli: Cli, job: Job): Occurrence {
  return { job, scheduledFor: cli.clock.now(), trigger: "manual", runId: manualRunId(job, "try") };
}

function chainOf(config: Config, { job, runId, scheduledFor }: Occurrence): ChainContext {
  return {
    runId,
    attempt: 1,
    scheduledFor,
    job,
    machine: { id: ownMachineId(config) ?? "", hostname: hostname(), tags: config.tags },
    secrets: config.secrets,
    network: config.network,
  };
}

function newRun(
  config: Config,
  occurrence: Occurrence,
  start: {
    readonly status: "running" | "skipped" | "error";
    readonly reason: string | null;
    readonly steps: readonly Step[];
  },
): ShownRun {
  const machineId = ownMachineId(config);
  const claimant: Claimant = {
    machineId: machineId ?? "",
    instanceId: randomUUID(),
    hostname: hostname(),
    serial: null,
    leaseMs: config.leaseSec * 1_000,
    retentionMs: config.retentionDays * 86_400_000,
  };
  const now = occurrence.scheduledFor;
  return { ...newRunDocument(claimant, { occurrence, claimId: randomUUID(), ...start, now }), claimed_by: machineId };
}

/** null where no agent ever ran: trying a job gives a machine no identity. */
function ownMachineId({ stateDir }: Config): string | null {
  return existsSync(join(stateDir, "machine.json")) ? loadMachineId(stateDir) : null;
}
