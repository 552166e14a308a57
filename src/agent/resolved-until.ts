// Up to where every occurrence has its record, whatever a hand has made of that document.
import type { Instant } from "../model/schedule.ts";
import { readJobStates } from "../store/job-state.ts";
import { readServerTime } from "../store/machines.ts";
import { beginSweeps, findResolvedUntil, type ResolvedUntil, resetResolvedUntil } from "../store/sweep.ts";
import type { AgentContext } from "./context.ts";
import { horizonMs } from "./start-grace.ts";

/** Later than the server's own clock by more, a date was written by no sweep. */
export const longestAheadMs = 60_000;

/** Acknowledged before the first job is noted: whatever is due after a job was first seen is later than this. */
export async function ensureSweepsBegan(context: AgentContext): Promise<void> {
  const { store } = context.deps;
  const seen = await findResolvedUntil(store);
  if (seen === "absent") await usableResolvedUntil(context, seen, await readServerNow(context));
}

export async function readServerNow(context: AgentContext): Promise<Instant> {
  const { store, clock } = context.deps;
  return (await readServerTime(store, () => clock.monotonic())).serverTime;
}

/**
 * Where the sweep goes on. A date that is missing, unusable or in the future is replaced: by now in a fleet that never
 * had a job, else by the horizon, for what was resolved can be looked at twice without harm.
 */
export async function usableResolvedUntil(context: AgentContext, seen: ResolvedUntil, now: Instant): Promise<Instant> {
  const { store, log } = context.deps;
  if (seen instanceof Date && seen.getTime() <= now + longestAheadMs) return seen.getTime();
  // The states are written after this document: with any of them there, it was there too.
  const isFirst = seen === "absent" && (await readJobStates(store)).length === 0;
  const begin = isFirst ? now : now - horizonMs;
  if (!isFirst) log.warn({ collection: "meta", id: "sweep", found: seen }, "malformed document written anew");
  if (seen === "absent") await beginSweeps(store, new Date(begin));
  else await resetResolvedUntil(store, seen, new Date(begin));
  // Another agent's beginning stands.
  const until = await findResolvedUntil(store);
  return until instanceof Date ? until.getTime() : begin;
}
