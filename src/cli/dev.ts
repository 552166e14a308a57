// `fleetcron dev`: FleetCron in one step. A database, an agent, a target and sample jobs; Ctrl-C leaves nothing behind.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import type { Config } from "../config/config.ts";
import { defaultConfig, type LoadedConfig } from "../config/load-config.ts";
import type { RunSummary, Step } from "../model/run.ts";
import type { Cli } from "./cli.ts";
import type { Output } from "./output.ts";
import { paintStatus } from "./render-run.ts";

export function addDevCommand(program: Command, cli: Cli): void {
  program
    .command("dev")
    .description("try FleetCron: a temporary database, an agent, a target and sample jobs; Ctrl-C ends it")
    .addHelpText("before", "Example: fleetcron dev\n")
    .action(() => dev(cli));
}

async function dev(cli: Cli): Promise<void> {
  const stop = cli.stopSignal();
  const { hostAgent } = await import("./host-agent.ts");
  const { openStateDir } = await import("../runtime/machine-id.ts");
  const { startDevStore } = await import("./dev-store.ts");
  const { startDevTarget } = await import("./dev-target.ts");
  const { openStore } = await import("./open-store.ts");

  cli.output.note("starting a temporary database, an agent and a target ...");
  await using cleanup = new AsyncDisposableStack();
  const dir = mkdtempSync(join(tmpdir(), "fleetcron-dev-"));
  cleanup.defer(() => rmSync(dir, { recursive: true, force: true }));
  const server = cleanup.use(await startDevStore(dir, cli.env));
  const apiSecret = randomBytes(12).toString("hex");
  const target = cleanup.use(await startDevTarget(apiSecret));
  const stateDir = join(dir, "state");
  openStateDir(stateDir);
  const config = devConfig({ uri: server.uri, stateDir, baseUrl: target.url, apiSecret });
  const store = await openStore(config.config, "fleetcron-dev");
  cleanup.defer(() => store.close());
  if (stop.aborted) return;
  await insertSamples(cli, store);
  printWelcome(cli.output, server.uri);
  await hostAgent(cli, {
    loaded: config,
    store,
    stop,
    logLevel: "warn",
    onRunEnd: (run) => cli.output.data(renderRun(cli.output, run)),
  });
  cli.output.note("stopped; nothing is left behind");
}

async function insertSamples(cli: Cli, store: import("../store/connect.ts").Store): Promise<void> {
  const { insertJob } = await import("../store/jobs.ts");
  const { sampleJobs } = await import("./dev-jobs.ts");
  for (const job of sampleJobs(new Date(cli.clock.now()))) await insertJob(store, job);
}

interface DevFacts {
  readonly uri: string;
  readonly stateDir: string;
  readonly baseUrl: string;
  readonly apiSecret: string;
}

/** The defaults, with what dev started put in; the machine's own config is not read. */
function devConfig({ uri, stateDir, baseUrl, apiSecret }: DevFacts): LoadedConfig {
  const loaded = defaultConfig(stateDir);
  const config: Config = {
    ...loaded.config,
    mongodbUri: uri,
    dbName: "fleetcron",
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
  output.data(`mongosh "${uri.replace("/?", "/fleetcron?")}"`);
  output.data("");
  output.data("to try next, in another terminal:");
  output.data(`  export FLEETCRON_MONGODB_URI="${uri}"`);
  for (const command of ["npx fleetcron status", "npx fleetcron jobs run two-steps", "npx fleetcron runs list"]) {
    output.data(`  ${command}`);
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
