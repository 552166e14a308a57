// Who hears of a job that is in trouble, and what counts as trouble. Pure.
import type { RunStatus } from "./run.ts";

/** What may be wanted in `on`: four ways for a run to end badly or late, and the end of it. */
export const notifyEvents = ["failed", "recovered", "missed", "lost", "slow"] as const;
export type NotifyEvent = (typeof notifyEvents)[number];

/** What begins an incident. */
export type TroubleEvent = Exclude<NotifyEvent, "recovered">;

export interface NotifyPolicy {
  /** Names of channels of the config; none: nobody is told. */
  readonly channels: readonly string[];
  /** So many bad runs in a row begin an incident. */
  readonly after: number;
  readonly on: readonly NotifyEvent[];
  /** A run that took longer is `slow`; null: none is. */
  readonly slowSec: number | null;
}

/** For jobs that say nothing, where the config says nothing either. */
export const notifyNobody: NotifyPolicy = { channels: [], after: 1, on: notifyEvents, slowSec: null };

/** What the fleet is to be told of one run, as the job said it when the run ended. */
export interface Notice {
  readonly event: TroubleEvent;
  readonly channels: readonly string[];
  readonly after: number;
  /** The end of the trouble is told as well. */
  readonly recovered: boolean;
  /** Of a `slow` run: a run that took no longer ends the trouble. Null for the others. */
  readonly slowMs: number | null;
}

export interface RunEnd {
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly elapsedMs: number;
}

/** The reason of a run that a person ended: nobody needs to be told. */
export const cancelReason = "cancelled";

/** null: nothing is to be told of a run that ended so. */
export function noticeOf({ channels, after, on, slowSec }: NotifyPolicy, end: RunEnd): Notice | null {
  const event = channels.length === 0 ? null : eventOf(end, slowSec);
  if (event === null || !on.includes(event)) return null;
  const recovered = on.includes("recovered");
  if (event !== "slow") return { event, channels, after, recovered, slowMs: null };
  return { event, channels, after: 1, recovered, slowMs: (slowSec ?? 0) * 1_000 };
}

const eventOfStatus: Partial<Readonly<Record<RunStatus, TroubleEvent>>> = {
  error: "failed",
  aborted: "failed",
  lost: "lost",
  missed: "missed",
};

function eventOf({ status, reason, elapsedMs }: RunEnd, slowSec: number | null): TroubleEvent | null {
  if (status === "ok") return slowSec !== null && elapsedMs > slowSec * 1_000 ? "slow" : null;
  return reason === cancelReason ? null : (eventOfStatus[status] ?? null);
}
