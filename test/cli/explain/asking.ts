// A fleet in a known situation on a real store, and the question that is asked about it.
import assert from "node:assert/strict";
import { parseAskedTime } from "../../../src/cli/asked-time.ts";
import { type Explained, explainOccurrence } from "../../../src/cli/explain/explain-occurrence.ts";
import { gatherFacts } from "../../../src/cli/explain/gather-facts.ts";
import { renderExplanation } from "../../../src/cli/explain/render-explanation.ts";
import { loadRecordedJob } from "../../../src/cli/find-job.ts";
import type { Job } from "../../../src/model/job.ts";
import { jitterMs } from "../../../src/model/schedule.ts";
import type { RunDocument } from "../../../src/store/collections.ts";
import type { Store } from "../../../src/store/connect.ts";
import { sampleRun } from "../../helpers/sample-run.ts";
import { type LeftFleet, leaveFleet } from "../../helpers/swept-fleet.ts";
import { testSettings } from "../../helpers/test-agent.ts";

/** Sunday, 29 March 2026: the clocks of Berlin went on from 02:00 to 03:00 at 01:00 UTC. */
export const noon = Date.parse("2026-03-29T12:00:00Z");
const url = "http://127.0.0.1:1";

export const settings = { ...testSettings, staggerSec: 5, startGraceSec: 300, heartbeatSec: 10 };

export interface Left extends Partial<LeftFleet> {
  readonly job: Readonly<Record<string, unknown>>;
}

/** A fleet of one job named `nightly` that all agents have known for ever, everything swept up to noon. */
export async function leave(store: Store, { job, ...left }: Left): Promise<Job> {
  const jobs = [{ name: "nightly", url, ...job }];
  const [known] = await leaveFleet(store, { resolvedUntil: noon, ...left, jobs });
  assert.ok(known);
  return known;
}

/** Records the job's run at `at`, claimed after its jitter. */
export async function record(store: Store, job: Job, at: string, fields: Partial<RunDocument>): Promise<RunDocument> {
  const scheduledFor = Date.parse(at);
  const run = {
    ...sampleRun({ job, scheduledFor, now: scheduledFor + jitterMs(job, scheduledFor) }),
    ...{ job_rev: job.rev, status: "ok" as const, elapsed_ms: 1200, end_at: new Date(scheduledFor + 1_200), steps: [] },
    ...fields,
  };
  await store.runs.insertOne(run);
  return run;
}

/** A machine whose heart beats now. */
export async function insertMachine(store: Store, fields: Readonly<Record<string, unknown>>): Promise<void> {
  const alive = { hostname: "web-1", state: "active", serial: 1, last_seen: new Date(), started_at: new Date(noon) };
  const row = { _id: fields.machine_id, machine_id: "web-1", ...alive, ...fields };
  await store.machines.insertOne(row as never);
}

export interface Answer extends Explained {
  /** As it is printed. */
  readonly text: string;
  /** The same on one line. */
  readonly words: string;
}

/** Asks as the command does; the server's time is `now`, noon if nothing else is said. */
export async function ask(store: Store, time: string, now: number = noon): Promise<Answer> {
  const recorded = await loadRecordedJob(store, "nightly");
  const facts = await gatherFacts(store, { ...recorded, asked: parseAskedTime(time, "TIME"), now, settings });
  const explained = explainOccurrence(facts);
  const lines = renderExplanation(facts, explained);
  assert.ok(lines.length <= 24, `${lines.length} lines`);
  for (const line of lines) assert.ok(line.length <= 80, line);
  assert.equal(lines[0], explained.status);
  const text = lines.join("\n");
  return { ...explained, text, words: text.replaceAll(/\s+/g, " ") };
}
