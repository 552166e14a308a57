// Every metric of an agent, in a registry of its own: several agents may live in one process. No label holds what people
// write (jobs, urls, hosts), so that the number of series stays the same however many jobs a fleet has.
import { Counter, Histogram, Registry } from "prom-client";
import type { AgentState, Meter } from "../model/meter.ts";
import type { ClaimResult, RunStatus, StepStatus } from "../model/run.ts";
import { addProcessMetrics } from "./process-metrics.ts";
import { addStateGauges } from "./state-gauges.ts";

const commandBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 20];
/** From a request on the same machine to a job that takes its hour. */
const durationBuckets = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600];
/** The turn of a serial and the grace of a start are in it: with defaults up to 50 and 300 s. */
const lagBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

const runStatuses: readonly RunStatus[] = ["ok", "error", "aborted", "lost", "missed", "skipped"];
const claimResults: readonly ClaimResult[] = ["won", "taken", "blocked", "refused", "undecided"];
const stepStatuses: readonly StepStatus[] = ["ok", "error", "skipped_when", "skipped_unsupported"];

export interface AgentMetrics extends Meter {
  readonly registry: Registry;
  /** One command that the database answered, or failed to. */
  commandEnded(name: string, elapsedMs: number, result: "done" | "failed"): void;
}

/** `state` is asked at every scrape; null until the agent is ready. */
export function createAgentMetrics(state: () => AgentState | null): AgentMetrics {
  const registry = new Registry();
  addStateGauges(registry, state);
  addProcessMetrics(registry);
  const registers = [registry];

  const claims = counter(registry, "claims_total", "Claims of due occurrences by result", "result", claimResults);
  const runs = counter(registry, "runs_total", "Runs that this agent ended or recorded", "status", runStatuses);
  const steps = counter(registry, "steps_total", "Steps of the runs that this agent ended", "status", stepStatuses);
  const retries = counter(registry, "step_retries_total", "Tries after the first, of the same steps");
  const takeovers = counter(registry, "takeovers_total", "Runs of dead agents that this one went on with");
  const rounds = new Counter({
    name: "fleetcron_loop_rounds_total",
    help: "Rounds of the agent's background loops, heartbeats among them",
    labelNames: ["loop", "result"],
    registers,
  });
  const lag = new Histogram({
    name: "fleetcron_start_lag_seconds",
    help: "From the due instant to the claim of a run, the wait for this agent's turn included",
    buckets: lagBuckets,
    registers,
  });
  const duration = new Histogram({
    name: "fleetcron_run_duration_seconds",
    help: "From the start of a run to its end",
    buckets: durationBuckets,
    registers,
  });
  const commands = new Histogram({
    name: "fleetcron_database_command_duration_seconds",
    help: "Round trips to the database by command",
    labelNames: ["command"],
    buckets: commandBuckets,
    registers,
  });
  const failures = new Counter({
    name: "fleetcron_database_command_failures_total",
    help: "Commands that the database refused or did not answer",
    labelNames: ["command"],
    registers,
  });

  return {
    registry,
    claimDecided: (result) => claims.inc({ result }),
    runTakenOver: () => takeovers.inc(),
    runEnded: (run) => {
      runs.inc({ status: run.status });
      if (run.lateMs !== null) lag.observe(run.lateMs / 1_000);
      if (run.elapsedMs !== null) duration.observe(run.elapsedMs / 1_000);
      for (const { status, attempts } of run.steps) {
        steps.inc({ status });
        retries.inc(Math.max(0, attempts - 1));
      }
    },
    roundEnded: (loop, result) => rounds.inc({ loop, result }),
    commandEnded: (command, elapsedMs, result) => {
      commands.observe({ command }, elapsedMs / 1_000);
      if (result === "failed") failures.inc({ command });
    },
  };
}

/** At 0 from the start for every value that the label can have: a first increase from nothing would show as none. */
function counter<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  label?: Label,
  values: readonly string[] = [],
): Counter<Label> {
  const labelNames = label === undefined ? [] : [label];
  const made = new Counter({ name: `fleetcron_${name}`, help, labelNames, registers: [registry] });
  for (const value of values) made.inc({ [label as Label]: value } as Record<Label, string>, 0);
  return made;
}
