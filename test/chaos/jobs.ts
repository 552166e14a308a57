// The work of the fleet under test: each job makes another part of the protocol busy.
import { setTimeout as delay } from "node:timers/promises";
import type { LoggedRequest, Target } from "../helpers/target.ts";

export interface ChaosJob {
  readonly _id: string;
  readonly every_sec: number;
  readonly overlap: "allow" | "skip";
  readonly method: "GET" | "POST";
  /** Further tries of a step, by the process that owns the run. */
  readonly retries: number;
  readonly steps: number;
  readonly answerMs: number;
}

const base = { every_sec: 1, overlap: "allow", method: "POST", retries: 0, steps: 1, answerMs: 0 } as const;

export const chaosJobs: readonly ChaosJob[] = [
  { ...base, _id: "quick" },
  { ...base, _id: "slow", answerMs: 700 },
  { ...base, _id: "chain", every_sec: 2, steps: 3, answerMs: 150 },
  { ...base, _id: "flaky", every_sec: 2, retries: 2 },
  { ...base, _id: "exclusive", overlap: "skip", answerMs: 1_500 },
  { ...base, _id: "idempotent", method: "GET", answerMs: 400 },
];

/** As it is inserted: every request says which process sent it for which run. */
export function jobDocument({ _id, every_sec, overlap, method, retries, steps }: ChaosJob, targetUrl: string) {
  const action = (step: number) => ({
    method,
    url: `${targetUrl}/${_id}/${step}`,
    headers: { "X-Process": "{{machine.tags.process}}", "X-Run": "{{run.id}}", "X-Owner": "{{run.attempt}}" },
    timeout_sec: 10,
    retry: { retries, delay_sec: 0.2 },
  });
  return { _id, name: _id, every_sec, overlap, actions: Array.from({ length: steps }, (_, i) => action(i)) };
}

export function answerJobs(target: Target): void {
  target.on("*", async (request, response) => {
    const job = chaosJobs.find(({ _id }) => request.url.startsWith(`/${_id}/`));
    await delay(job?.answerMs ?? 0);
    const isFlaky = job !== undefined && job.retries > 0 && request.headers["x-fleetcron-attempt"] === "1";
    response.statusCode = isFlaky ? 503 : 200;
    response.end("done");
  });
}

export interface SentRequest {
  readonly job: ChaosJob;
  readonly runId: string;
  /** The process that sent it. */
  readonly process: string;
  /** Which owner of the run it was, from 1. */
  readonly owner: number;
  /** Which try of the step, from 1. */
  readonly attempt: number;
  readonly key: string;
  readonly at: number;
}

/** Null for a request of no job of ours. */
export function readRequest({ url, headers, at }: LoggedRequest): SentRequest | null {
  const job = chaosJobs.find(({ _id }) => url.startsWith(`/${_id}/`));
  if (job === undefined) return null;
  const header = (name: string) => String(headers[name] ?? "");
  return {
    job,
    runId: header("x-run"),
    process: header("x-process"),
    owner: Number(header("x-owner")),
    attempt: Number(header("x-fleetcron-attempt")),
    key: header("idempotency-key"),
    at,
  };
}
