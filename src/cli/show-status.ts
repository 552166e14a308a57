// What `fleetcron status` shows.

import type { Config } from "../config/config.ts";
import type { LoadedConfig } from "../config/load-config.ts";
import { nextDue } from "../model/schedule.ts";
import type { RunDocument } from "../store/collections.ts";
import type { Store } from "../store/connect.ts";
import { loadJobDocuments } from "../store/jobs.ts";
import { listRuns } from "../store/list-runs.ts";
import { type ListedMachine, listMachines } from "../store/machines.ts";
import type { Cli } from "./cli.ts";
import { isLive } from "./find-machine.ts";
import { fleetZone } from "./fleet-zone.ts";
import { jsonDocument } from "./json-document.ts";
import { jobRules, judgeJob } from "./judge-jobs.ts";
import { lookAgain } from "./look-again.ts";
import { printMachines } from "./machines-list.ts";
import { withStore } from "./open-store.ts";
import { printTable } from "./print-table.ts";
import { printRunTable } from "./render-run.ts";
import { counted, listed, printable } from "./render-text.ts";
import { renderAge, renderTime } from "./render-time.ts";
import type { StatusOptions } from "./status.ts";

const dueShown = 10;
const runningShown = 100;
const failuresShown = 10;
const failuresOfMs = 86_400_000;

interface NextJob {
  readonly job_id: unknown;
  readonly name: string;
  readonly scheduled_for: Date;
  readonly tz: string;
}

interface Status {
  readonly machines: readonly ListedMachine[];
  readonly next: readonly NextJob[];
  readonly running: readonly RunDocument[];
  readonly failures: readonly RunDocument[];
  /** How many jobs are invalid. */
  readonly invalid: number;
}

export async function showStatus(cli: Cli, { json, watch = false, interval }: StatusOptions): Promise<void> {
  const work = async (store: Store, _config: Config, loaded: LoadedConfig): Promise<void> => {
    const show = async () => {
      const now = cli.clock.now();
      const status = await readStatus(store, loaded, now);
      if (json === true)
        return watch ? cli.output.jsonLine(jsonDocument(status)) : cli.output.json(jsonDocument(status));
      if (watch) printHead(cli, now);
      await print(cli, status, { now, heartbeatSec: loaded.config.heartbeatSec });
    };
    return watch ? lookAgain(cli, interval * 1_000, show) : show();
  };
  await withStore(cli, work, { needsAgent: watch });
}

/** On a terminal the snapshot takes the place of the one before. */
function printHead({ output }: Cli, now: number): void {
  output.clear();
  output.data(`${renderTime(now)}\n`);
}

async function readStatus(store: Store, loaded: LoadedConfig, now: number): Promise<Status> {
  const since = new Date(now - failuresOfMs);
  const [machines, documents, tz, running, failures] = await Promise.all([
    listMachines(store),
    loadJobDocuments(store),
    fleetZone(store, loaded.config),
    listRuns(store, { statuses: ["running"] }, runningShown),
    listRuns(store, { statuses: ["error", "lost", "aborted", "missed"], since }, failuresShown),
  ]);
  const rules = jobRules(loaded, tz);
  const jobs = documents.map((document) => judgeJob(document, rules).job);
  const next = jobs.flatMap((job): readonly NextJob[] => {
    const at = job?.enabled ? nextDue(job.schedule, now) : null;
    if (job === null || at === null) return [];
    return [{ job_id: job.id, name: job.name, scheduled_for: new Date(at), tz: job.tz }];
  });
  next.sort((a, b) => a.scheduled_for.getTime() - b.scheduled_for.getTime());
  const invalid = jobs.filter((job) => job === null).length;
  return { machines, next: next.slice(0, dueShown), running, failures, invalid };
}

async function print(
  { output }: Cli,
  { machines, next, running, failures, invalid }: Status,
  { now, heartbeatSec }: { readonly now: number; readonly heartbeatSec: number },
): Promise<void> {
  // An empty part is an answer here: it is data, not a remark.
  const section = async (title: string, isEmpty: boolean, empty: string, printRows: () => Promise<void>) => {
    output.data(output.paint("bold", title));
    if (isEmpty) output.data(empty);
    else await printRows();
    output.data("");
  };
  const rows = next.map(({ name, scheduled_for, tz }) => {
    const at = scheduled_for.getTime();
    return [printable(name), `${renderTime(at, tz)} ${tz}`, renderAge(now - at)];
  });
  await section("machines", machines.length === 0, "none yet", () => printMachines(output, machines, heartbeatSec));
  for (const line of renderZoneData(machines, heartbeatSec)) output.data(output.paint("yellow", line));
  await section("next due", rows.length === 0, "no job", () => printTable(output, ["JOB", "DUE", ""], rows, ""));
  await section("in progress", running.length === 0, "nothing", () => printRunTable(output, running, ""));
  await section("failures of the last 24 hours", failures.length === 0, "none", () =>
    printRunTable(output, failures, ""),
  );
  output.data(invalid === 0 ? "no invalid job" : output.paint("red", invalidText(invalid)));
}

/** Agents with other rules for a zone wake at other instants. */
export function renderZoneData(machines: readonly ListedMachine[], heartbeatSec: number): readonly string[] {
  const live = machines.filter((machine) => isLive(machine, heartbeatSec));
  const byVersion = Map.groupBy(live, ({ tzdata }) => printable(tzdata ?? "unknown"));
  if (byVersion.size < 2) return [];
  const versions = [...byVersion].map(([version, using]) => `${version} on ${listed(using.map(hostOf), 5)}`).sort();
  return [`live agents differ in their time zone data: ${versions.join("; ")}`, ""];
}

function hostOf({ hostname, machine_id }: ListedMachine): string {
  return String(hostname ?? machine_id);
}

function invalidText(count: number): string {
  return `${counted(count, "job")} invalid: fleetcron jobs check says why`;
}
