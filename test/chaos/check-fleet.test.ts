// The judge itself: each broken promise is noticed, and a fleet that keeps them all is not accused.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunDocument } from "../../src/store/collections.ts";
import { checkFleet, type Demands, type FaultRecord, type Observation } from "./check-fleet.ts";
import { type ChaosJob, chaosJobs, type SentRequest } from "./jobs.ts";

const first = Date.UTC(2026, 0, 15, 9, 0, 0);
const jobOf = (id: string) => chaosJobs.find(({ _id }) => _id === id) as ChaosJob;
const idOf = (job: string, second: number) => `${job}@${new Date(first + second * 1_000).toISOString()}`;

function run(job: string, second: number, more: Partial<RunDocument> = {}): RunDocument {
  const scheduled_for = new Date(first + second * 1_000);
  const record = { _id: idOf(job, second), job_id: job, scheduled_for, beat_at: scheduled_for, status: "ok", ...more };
  return record as RunDocument;
}

function request(job: string, second: number, more: Partial<SentRequest> = {}): SentRequest {
  const runId = idOf(job, second);
  const at = first + second * 1_000 + 20;
  return { job: jobOf(job), runId, process: "a.1", owner: 1, attempt: 1, key: `${runId}/0`, at, ...more };
}

function fault(more: Partial<FaultRecord>): FaultRecord {
  const span = { from: first, healedAt: first + 5_000, to: first + 6_000 };
  return { kind: "a fault", hits: 1, deadSerials: null, hurtsStore: false, ...span, ...more };
}

function judge(seen: Partial<Observation>, demands: Partial<Demands> = {}): string[] {
  const base = { jobs: [jobOf("quick")], requests: [], runs: [], faults: [], from: first, to: first + 2_000 };
  const limits = { staggerMs: 500, leaseMs: 4_000, reaperMs: 1_200 };
  const asked = { complete: true, timed: true, ...demands };
  return checkFleet({ ...base, ...limits, ...seen }, asked).map(({ guarantee }) => guarantee);
}

const runs = [run("quick", 0), run("quick", 1)];
const requests = [request("quick", 0), request("quick", 1)];

for (const [name, seen, expected] of [
  ["each occurrence with one record and one request is fine", {}, []],
  ["tries of one process up to its retries are fine", retried(["a.1", "a.1", "a.1"]), []],
  ["a GET that the next owner of the run sends again is fine", resent("GET", [1, 2]), []],
  ["a run that is lost soon after its last beat is fine", lostAfter(4_500), []],
  [
    "two records of one occurrence",
    { runs: [...runs, run("quick", 0, { _id: "quick@other", status: "error" })] },
    ["G1 one record"],
  ],
  ["a request without a record", { requests: [...requests, request("quick", 9)] }, ["G1 one record"]],
  [
    "a request of what is recorded as missed",
    { runs: [run("quick", 0, { status: "missed" }), run("quick", 1)] },
    ["G1 one record"],
  ],
  ["a record that is ok and of which nothing was sent", { requests: requests.slice(1) }, ["G1 one record"]],
  ["an occurrence without a record", { runs: runs.slice(1), requests: requests.slice(1) }, ["G1 missing"]],
  [
    "a POST of two processes",
    { requests: [...requests, request("quick", 1, { process: "b.1", attempt: 2 })] },
    ["G2 one sender"],
  ],
  ["a POST of two owners of the run", resent("POST", [1, 2]), ["G2 one sender"]],
  [
    "a POST that one process sends twice as its first try",
    { requests: [...requests, request("quick", 1)] },
    ["G2 one sender"],
  ],
  ["more tries than retries allow", retried(["a.1", "a.1", "a.1", "a.1"]), ["G2 one sender"]],
  ["a GET of two processes in the name of one owner", resent("GET", [1, 1]), ["G2 one sender"]],
  [
    "a run that is still running",
    { runs: [run("quick", 0), run("quick", 1, { status: "running" })] },
    ["G5 no stuck run"],
  ],
  ["a run that is lost long after its last beat", lostAfter(10_300), ["G5 no stuck run"]],
  ["a late start behind one dead serial", startedAfter(2_600), ["G4 bounded delay"]],
  ["a start in time behind one dead serial is fine", startedAfter(2_400), []],
] as const satisfies readonly (readonly [string, Partial<Observation>, readonly string[]])[]) {
  test(name, () => assert.deepEqual(judge({ runs, requests, ...seen }), expected));
}

test("what was due while nobody lived counts only when all records are demanded", () => {
  const gone = { runs: runs.slice(1), requests: requests.slice(1) };
  assert.deepEqual(judge(gone, { complete: false }), []);
});

test("limits of time count only when they are demanded, and never while the database was hurt", () => {
  assert.deepEqual(judge({ runs, ...startedAfter(9_000) }, { timed: false }), []);
  assert.deepEqual(judge({ ...lostAfter(60_000), faults: [fault({ hurtsStore: true })] }), []);
});

function retried(processes: readonly string[]): Partial<Observation> {
  const tries = processes.map((process, i) => request("flaky", 0, { process, attempt: i + 1 }));
  return { jobs: [], runs: [run("flaky", 0)], requests: tries };
}

function resent(method: "GET" | "POST", owners: readonly number[]): Partial<Observation> {
  const job = method === "GET" ? "idempotent" : "slow";
  const sent = owners.map((owner, i) => request(job, 0, { owner, process: `a.${i}`, attempt: i + 1 }));
  return { jobs: [], runs: [run(job, 0)], requests: sent };
}

function lostAfter(ms: number): Partial<Observation> {
  const lost = run("quick", 0, { status: "lost", end_at: new Date(first + ms) });
  return { jobs: [], runs: [lost], requests: [] };
}

function startedAfter(ms: number): Partial<Observation> {
  const late = request("quick", 0, { at: first + ms });
  return { requests: [late, request("quick", 1)], faults: [fault({ deadSerials: 1 })] };
}
