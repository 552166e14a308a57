// FleetCron in one step: a database, an agent, a target and sample jobs; Ctrl-C leaves nothing behind.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Config } from "../config/config.ts";
import { defaultConfig, type LoadedConfig } from "../config/load-config.ts";
import { withDatabase } from "../config/mongodb-uri.ts";
import { FleetCronError } from "../errors.ts";
import type { RunSummary, Step } from "../model/run.ts";
import { programCall } from "../runtime/assets.ts";
import type { Store } from "../store/connect.ts";
import { insertJob } from "../store/jobs.ts";
import type { Cli } from "./cli.ts";
import { sampleJobs } from "./dev-jobs.ts";
import { startDevTarget } from "./dev-target.ts";
import { hostAgent } from "./host-agent.ts";
import { openAgentStore } from "./open-store.ts";
import type { Output } from "./output.ts";
import { paintStatus } from "./paint-status.ts";

export interface DevOptions {
  readonly keep?: string;
}

export async function runDev(cli: Cli, { keep }: DevOptions): Promise<void> {
  const stop = cli.stopSignal();
  cli.output.note("starting the embedded store, an agent and a target ...");
  await using cleanup = new AsyncDisposableStack();
  const stateDir = keep === undefined ? temporaryDir(cleanup) : resolve(cli.cwd, keep);
  const apiSecret = randomBytes(12).toString("hex");
  const target = cleanup.use(await startDevTarget(apiSecret));
  const loaded = devConfig({ stateDir, baseUrl: target.url, apiSecret });
  const opened = cleanup.use(await openAgentStore(loaded.config, cli.clock));
  if (stop.aborted) return;
  await insertSamples(cli, opened.store);
  printWelcome(cli.output, opened.uri);
  await hostAgent(cli, {
    loaded,
    ...opened,
    stop,
    logLevel: "warn",
    onRunEnd: (run) => cli.output.data(renderRun(cli.output, run)),
  });
  cli.output.note(keep === undefined ? "stopped; nothing is left behind" : `stopped; the data is kept in ${stateDir}`);
}

function temporaryDir(cleanup: AsyncDisposableStack): string {
  const dir = mkdtempSync(join(tmpdir(), "fleetcron-dev-"));
  cleanup.defer(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A kept folder has them already. */
async function insertSamples(cli: Cli, store: Store): Promise<void> {
  for (const job of sampleJobs(new Date(cli.clock.now()))) {
    await insertJob(store, job).catch((error: unknown) => {
      if (!(error instanceof FleetCronError && error.code === "job_exists")) throw error;
    });
  }
}

interface DevFacts {
  readonly stateDir: string;
  readonly baseUrl: string;
  readonly apiSecret: string;
}

/** The defaults, with what dev started put in; the machine's own config is not read. */
function devConfig({ stateDir, baseUrl, apiSecret }: DevFacts): LoadedConfig {
  const loaded = defaultConfig(stateDir);
  const config: Config = {
    ...loaded.config,
    store: "embedded",
    stateDir,
    secrets: new Map([
      ["BASE_URL", { value: baseUrl, hosts: null }],
      ["API_SECRET", { value: apiSecret, hosts: null }],
    ]),
  };
  return { ...loaded, config };
}

function printWelcome(output: Output, uri: string): void {
  output.data("");
  output.data(`mongosh "${withDatabase(uri, "fleetcron")}"`);
  output.data("");
  output.data("to try next, in another terminal:");
  output.data(`  export FLEETCRON_MONGODB_URI="${uri}"`);
  for (const command of ["status", "jobs run two-steps", "runs list"]) {
    output.data(`  ${programCall()} ${command}`);
  }
  output.data("");
  output.data("runs appear here as they end; Ctrl-C stops everything");
  output.data("");
}

/** `12:00:05  hello        ok       200 in 4 ms`. */
function renderRun(output: Output, run: RunSummary): string {
  const due = new Date(run.scheduledFor).toISOString().slice(11, 19);
  const status = paintStatus(output, run.status) + " ".repeat(Math.max(0, 8 - run.status.length));
  const what = run.steps.length === 0 ? (run.reason ?? "") : run.steps.map(renderStep).join(", ");
  const took = run.elapsedMs === null ? "" : ` (${run.elapsedMs} ms)`;
  return `${due}  ${run.job.padEnd(12)}  ${status}  ${what}${took}`;
}

function renderStep(step: Step): string {
  const result = step.error?.message ?? String(step.statusCode ?? step.status);
  const retried = step.attempts > 1 ? ` at try ${step.attempts}` : "";
  return `${step.name} ${result}${retried}`;
}
