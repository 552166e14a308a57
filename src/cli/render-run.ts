// Runs as people read them: in a line, in a table, with their steps.

import type { RunDocument, StepDocument, TakeoverDocument, TryDocument } from "../store/collections.ts";
import type { Output } from "./output.ts";
import { paintAs, paintStatus } from "./paint-status.ts";
import { printTable } from "./print-table.ts";
import { printable, printableLines } from "./render-text.ts";
import { renderDuration, renderTime, renderTimeAndAge } from "./render-time.ts";

/** Also one that `try` made: on a machine without an identity, of a job without a name. */
export type ShownRun = Omit<RunDocument, "claimed_by" | "job_name"> & {
  readonly claimed_by: string | null;
  readonly job_name: string | null;
};

const longestStatus = "running".length;

/** `ok  6650…@manual:665a…  812 ms  web-1 (6f1c…)  serial 1`, then a line per step. */
export function printRun(output: Output, run: ShownRun): void {
  const parts = [paintStatus(output, run.status), printable(run._id), renderElapsed(run), ...renderExecutor(run)];
  output.data(parts.join("  "));
  if (run.reason !== null && run.reason !== undefined) output.data(`  reason: ${printable(run.reason)}`);
  for (const step of stepsOf(run)) output.data(`  ${renderStep(output, step)}`);
}

/** Every field of the record that says something, with each try and what the target answered. */
export function printRunInFull(output: Output, run: ShownRun, now: number): void {
  const rows: readonly (readonly [string, string])[] = [
    ["run", printable(run._id)],
    ["job", `${printable(run.job_name ?? "-")} (${printable(run.job_id)})`],
    ["status", paintStatus(output, run.status)],
    ["reason", printable(run.reason ?? "-")],
    ["scheduled for", renderTimeAndAge(run.scheduled_for, now)],
    ["trigger", printable(run.trigger)],
    ["executed by", renderExecutor(run).join("  ") || "-"],
    ["attempt", printable(run.attempt)],
    ...formerOwnersOf(run).map((owner) => ["taken over", renderFormerOwner(owner)] as const),
    ["claimed", renderTime(run.claimed_at)],
    ["late", renderMs(run.late_ms)],
    ["started", renderTime(run.start_at)],
    ["ended", renderTime(run.end_at)],
    ["took", renderMs(run.elapsed_ms)],
    ["last beat", renderTimeAndAge(run.beat_at, now)],
    ["lease", renderMs(run.lease_ms)],
    ["claim id", printable(run.claim_id)],
    ["instance", printable(run.instance_id)],
    ["job edition", printable(run.job_rev)],
    ["kept until", renderTime(run.expires_at)],
    ...Object.entries(run.outputs ?? {}).map(([name, value]) => ["output", renderOutput(name, value)] as const),
  ];
  for (const [name, value] of rows) output.data(`${name.padEnd(14)} ${value}`);
  for (const step of stepsOf(run)) printStepInFull(output, step);
}

export async function printRunTable(output: Output, runs: readonly ShownRun[], empty: string): Promise<void> {
  const rows = runs.map((run) => [
    renderTime(run.scheduled_for),
    printable(run.job_name ?? "-"),
    paintStatus(output, run.status),
    renderMs(run.elapsed_ms),
    printable(run.hostname ?? "-"),
    printable(run.executed_by_serial ?? "-"),
    printable(run._id),
    shorten(printable(run.reason ?? "")),
  ]);
  await printTable(output, ["SCHEDULED FOR", "JOB", "STATUS", "TOOK", "HOST", "SERIAL", "RUN", "REASON"], rows, empty);
}

/** One run in a line of its own, for what goes on: `2026-07-31 09:00:05  nightly  ok  812 ms  web-1  serial 1  6650…`. */
export function renderRunLine(output: Output, run: ShownRun): string {
  const status = paintAs(output, printable(run.status), printable(run.status).padEnd(longestStatus));
  const parts = [renderTime(run.scheduled_for), status, printable(run.job_name ?? "-")];
  if (typeof run.elapsed_ms === "number") parts.push(renderDuration(run.elapsed_ms));
  if (run.hostname) parts.push(printable(run.hostname));
  if (typeof run.executed_by_serial === "number") parts.push(`serial ${run.executed_by_serial}`);
  return [...parts, printable(run._id), printable(run.reason ?? "")].join("  ").trimEnd();
}

function renderStep(output: Output, step: StepDocument): string {
  const parts = [`${step.index + 1}. ${printable(step.name)}`, paintStatus(output, step.status)];
  if (typeof step.status_code === "number") parts.push(String(step.status_code));
  if (typeof step.elapsed_ms === "number") parts.push(renderDuration(step.elapsed_ms));
  if (step.attempts > 1) parts.push(`${step.attempts} tries`);
  if (step.error) parts.push(printable(step.error.message));
  return parts.join("  ");
}

function printStepInFull(output: Output, step: StepDocument): void {
  output.data("");
  output.data(`step ${renderStep(output, step)}`);
  if (step.url) output.data(`  ${printable(step.method ?? "")} ${printable(step.url)}`.trimEnd());
  const tries = Array.isArray(step.tries) ? step.tries : [];
  const first = step.attempts - tries.length + 1;
  for (const [i, one] of tries.entries()) output.data(`  try ${first + i}: ${renderTry(one)}`);
  if (typeof step.response_sample !== "string") return;
  output.data(`  response${step.response_truncated ? ", its beginning" : ""}:`);
  for (const line of printableLines(step.response_sample)) output.data(`    ${line}`.trimEnd());
}

function renderOutput(name: string, value: unknown): string {
  return `${printable(name)} = ${shorten(printable(JSON.stringify(value)))}`;
}

function renderTry({ at, status_code, elapsed_ms, error, wait_ms }: TryDocument): string {
  const parts = [renderTime(at), status_code === null ? "no answer" : printable(status_code), renderMs(elapsed_ms)];
  if (error) parts.push(printable(error.message));
  if (typeof wait_ms === "number") parts.push(`then waited ${renderDuration(wait_ms)}`);
  return parts.join("  ");
}

function renderElapsed(run: ShownRun): string {
  return run.status === "running" ? "running" : renderMs(run.elapsed_ms);
}

/** The machine that has the run, and its serial. */
export function renderExecutor({
  hostname,
  claimed_by,
  executed_by_serial,
}: Pick<ShownRun, "hostname" | "claimed_by" | "executed_by_serial">): readonly string[] {
  const machine = claimed_by ? [`${printable(hostname ?? "?")} (${printable(claimed_by)})`] : [];
  return typeof executed_by_serial === "number" ? [...machine, `serial ${executed_by_serial}`] : machine;
}

export function renderFormerOwner(owner: TakeoverDocument): string {
  const machine = renderExecutor(owner).join("  ");
  return `from ${machine}  attempt ${printable(owner.attempt)}  at ${renderTime(owner.at)}`;
}

function renderMs(ms: unknown): string {
  return typeof ms === "number" ? renderDuration(ms) : "-";
}

/** One reason must not make a table too wide to read; `runs show` has it whole. */
function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** A record that a person edited may hold anything there. */
export function stepsOf({ steps }: ShownRun): readonly StepDocument[] {
  return Array.isArray(steps) ? steps.filter((step) => typeof step === "object" && step !== null) : [];
}

export function formerOwnersOf({ takeovers }: ShownRun): readonly TakeoverDocument[] {
  return Array.isArray(takeovers) ? takeovers.filter((one) => typeof one === "object" && one !== null) : [];
}
