// One job's chain executed in this process: the same code as in an agent, with a record that nobody keeps.
import { createRunCommand, type RunCommand } from "../../chain/exec-attempt.ts";
import { type ChainContext, type ChainEnd, executeChain, firstSteps } from "../../chain/execute-chain.ts";
import { createSendRequest } from "../../chain/http-attempt.ts";
import { createMasker, type Mask } from "../../chain/masking.ts";
import type { Config } from "../../config/config.ts";
import { failedCondition } from "../../model/condition.ts";
import type { Occurrence, Step } from "../../model/run.ts";
import { secretsToMask } from "../../model/secret.ts";
import { stepDocument } from "../../store/run-document.ts";
import type { Cli } from "../cli.ts";
import { programEnvironment } from "../program-environment.ts";
import type { ShownRun } from "../render-run.ts";
import { renderCommand } from "./render-command.ts";
import { tellExchanges } from "./tell-exchanges.ts";
import { renderUnmet, tellSteps } from "./tell-steps.ts";
import { chainOf, userAgent } from "./try-context.ts";
import { triedRun } from "./try-record.ts";

export interface TriedJob {
  readonly occurrence: Occurrence;
  readonly config: Config;
  /** Aborts the request under way. */
  readonly stop: AbortSignal;
  /** Takes the story of the chain, line by line. */
  readonly print: (line: string) => void;
}

/** The run as `job_runs` would hold it. A `when` of the job that does not hold makes it `skipped`. */
export async function tryJob(cli: Cli, { occurrence, config, stop, print }: TriedJob): Promise<ShownRun> {
  const { clock } = cli;
  const mask = createMasker(secretsToMask(config));
  const { job, scheduledFor } = occurrence;
  const now = clock.now();
  const failed = failedCondition(job.when, scheduledFor, job.tz);
  if (failed !== null) {
    print(`when does not hold: ${renderUnmet(failed, mask)}`);
    return triedRun(config, occurrence, { now, status: "skipped", reason: "when", steps: [] });
  }
  const chain = chainOf(config, occurrence);
  const steps = firstSteps(chain, mask);
  const run = triedRun(config, occurrence, { now, status: "running", reason: null, steps });
  const startedAt = clock.monotonic();
  const end = await execute(cli, { chain, steps, mask, stop, print });
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

interface Execution extends Pick<TriedJob, "stop" | "print"> {
  readonly chain: ChainContext;
  readonly steps: readonly Step[];
  readonly mask: Mask;
}

async function execute(cli: Cli, { chain, steps, mask, stop, print }: Execution): Promise<ChainEnd> {
  const { clock, output } = cli;
  const tell = tellSteps({ mask, output, print }, chain);
  const observer = tellExchanges({ clock, mask, print: (line) => print(`   ${line}`) });
  const { send, close } = createSendRequest({ clock, observer });
  const run = createRunCommand({ clock, environment: programEnvironment(cli.env) });
  const runCommand: RunCommand = (request, signal) => {
    print(`   $ ${renderCommand(request.command.map((word) => mask(word)))}`);
    return run(request, signal);
  };
  const interrupted = new AbortController();
  stop.addEventListener("abort", () => interrupted.abort(`interrupted by ${stop.reason}`), { once: true });
  tell({ steps: new Map(steps.entries()), outputs: new Map() });
  try {
    const end = await executeChain(
      {
        clock,
        random: Math.random,
        now: () => clock.now(),
        send: (request, signal) => {
          observer.onTry(request);
          return send(request, signal);
        },
        runCommand,
        mask,
        userAgent: userAgent(),
      },
      chain,
      {
        steps,
        recorder: {
          advance: async (changes) => {
            tell(changes);
            // A database takes its time, in which the connection becomes free for the next request.
            await clock.sleep(0, stop);
            return true;
          },
          renew: async () => true,
        },
        signal: interrupted.signal,
        acknowledgedAt: clock.monotonic(),
        deadlineAt: null,
      },
    );
    tell(end.changes);
    return end;
  } finally {
    await close();
  }
}
