// One job's chain executed in this process: the same code as in an agent, with a record that nobody keeps.
import { hostname } from "node:os";
import { createRunCommand } from "../chain/exec-attempt.ts";
import { type ChainContext, type ChainEnd, executeChain, firstSteps } from "../chain/execute-chain.ts";
import { createSendRequest } from "../chain/http-attempt.ts";
import { createMasker, type Mask } from "../chain/masking.ts";
import type { Config } from "../config/config.ts";
import { holds } from "../model/condition.ts";
import type { Job } from "../model/job.ts";
import type { Occurrence, Step } from "../model/run.ts";
import { secretsToMask } from "../model/secret.ts";
import { productVersion } from "../runtime/assets.ts";
import { stepDocument } from "../store/run-document.ts";
import type { Cli } from "./cli.ts";
import { programEnvironment } from "./program-environment.ts";
import type { ShownRun } from "./render-run.ts";
import { renderTryProgress } from "./try-progress.ts";
import { occurrenceOf, ownMachineId, triedRun } from "./try-record.ts";

export interface TriedJob {
  readonly job: Job;
  readonly config: Config;
  /** Aborts the request under way. */
  readonly stop: AbortSignal;
}

/** The run as `job_runs` would hold it. Due now; a `when` of the job that does not hold now makes it `skipped`. */
export async function tryJob(cli: Cli, { job, config, stop }: TriedJob): Promise<ShownRun> {
  const { clock } = cli;
  const mask = createMasker(secretsToMask(config));
  const occurrence = occurrenceOf(cli, job);
  const chain = chainOf(config, occurrence);
  if (!holds(job.when, occurrence.scheduledFor, job.tz)) {
    return triedRun(config, occurrence, { status: "skipped", reason: "when", steps: [] });
  }
  const steps = firstSteps(chain, mask);
  const run = triedRun(config, occurrence, { status: "running", reason: null, steps });
  const startedAt = clock.monotonic();
  const end = await execute(cli, { chain, steps, mask, stop });
  return {
    ...run,
    status: end.status,
    reason: end.reason,
    end_at: new Date(clock.now()),
    elapsed_ms: Math.round(clock.monotonic() - startedAt),
    steps: end.steps.map(stepDocument),
    outputs: Object.fromEntries(end.outputs),
  };
}

interface Execution {
  readonly chain: ChainContext;
  readonly steps: readonly Step[];
  readonly mask: Mask;
  readonly stop: AbortSignal;
}

async function execute(cli: Cli, { chain, steps, mask, stop }: Execution): Promise<ChainEnd> {
  const { clock, output } = cli;
  const { send, close } = createSendRequest({ clock });
  const show = (changed: Iterable<Step>) => {
    if (output.live) for (const step of changed) output.note(renderTryProgress(step));
  };
  const interrupted = new AbortController();
  stop.addEventListener("abort", () => interrupted.abort(`interrupted by ${stop.reason}`), { once: true });
  show(steps);
  try {
    return await executeChain(
      {
        clock,
        random: Math.random,
        now: () => clock.now(),
        send,
        runCommand: createRunCommand({ clock, environment: programEnvironment(cli.env) }),
        mask,
        userAgent: `fleetcron/${productVersion()}`,
      },
      chain,
      {
        steps,
        recorder: {
          advance: async (changes) => {
            show(changes.steps.values());
            return true;
          },
        },
        signal: interrupted.signal,
        acknowledgedAt: clock.monotonic(),
        deadlineAt: null,
      },
    );
  } finally {
    await close();
  }
}

function chainOf(config: Config, { job, runId, scheduledFor }: Occurrence): ChainContext {
  return {
    runId,
    attempt: 1,
    scheduledFor,
    job,
    machine: { id: ownMachineId(config) ?? "", hostname: hostname(), tags: config.tags },
    secrets: config.secrets,
    outputs: new Map(),
    network: config.network,
    exec: config.exec,
  };
}
