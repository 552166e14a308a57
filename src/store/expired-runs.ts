// Runs whose owner seems to have died: found by the server's own clock, then declared lost or taken over by a
// compare-and-set on what was seen, so that a late beat of an owner that is alive after all wins.
import type { Document } from "mongodb";
import type { Notice } from "../model/notify.ts";
import type { RunDocument, TakeoverDocument } from "./collections.ts";
import type { Store } from "./connect.ts";
import { leaseExpired, majorityRead, majorityWrite } from "./coordination.ts";
import { type Claimant, noticeFields } from "./run-document.ts";

const isExpired: Document = { status: "running", $expr: leaseExpired };

/** More come at the next look. */
const mostAtOnce = 1_000;

/** Ids alone, since nobody knows how large a hand-edited record is; anything may be an id. */
export async function findExpiredRunIds(store: Store, except: readonly string[] = []): Promise<readonly unknown[]> {
  const filter = except.length === 0 ? isExpired : { ...isExpired, _id: { $nin: [...except] } };
  const runs = store.runs.find(filter, { ...majorityRead, projection: { _id: 1 }, limit: mostAtOnce });
  return (await runs.toArray()).map(({ _id }) => _id);
}

/** The run, if its lease is over still. */
export function findExpiredRun(store: Store, id: unknown): Promise<RunDocument | null> {
  const filter: Document = { ...isExpired, _id: { $eq: id } };
  return store.runs.findOne(filter, majorityRead);
}

/** Turns a dead owner's run into `lost` if nobody wrote to it since it was read; its step in doubt becomes `unknown`. */
export async function markRunLost(
  store: Store,
  seen: RunDocument,
  { reason, notice }: { readonly reason: string; readonly notice: Notice | null },
): Promise<boolean> {
  const inDoubt = Array.isArray(seen.steps) ? seen.steps.findLastIndex((step) => step?.status === "started") : -1;
  const update: Document = {
    $set: {
      status: "lost",
      reason,
      ...(inDoubt >= 0 ? { [`steps.${inDoubt}.status`]: "unknown" } : {}),
      ...noticeFields(notice),
    },
    $currentDate: { end_at: true },
  };
  const { matchedCount } = await store.runs.updateOne(asSeen(seen), update, majorityWrite);
  return matchedCount === 1;
}

export interface Takeover {
  /** New: from here on the former owner's writes match nothing. */
  readonly claimId: string;
  readonly claimant: Claimant;
  readonly attempt: number;
  readonly takeovers: readonly TakeoverDocument[];
  /** The step in doubt as this owner sends it, in place of the former one's; null when nothing was under way. */
  readonly resumed: { readonly index: number; readonly url: string | null } | null;
}

/**
 * Makes a dead owner's run the claimant's if nobody wrote to it since it was read. Says the same thing twice; on a
 * repeat false may mean that an earlier try was applied, and the run's `claim_id` says whose it is.
 */
export async function takeOverRun(store: Store, seen: RunDocument, takeover: Takeover): Promise<boolean> {
  const { claimant, resumed } = takeover;
  const update: Document = {
    $set: {
      claim_id: takeover.claimId,
      claimed_by: claimant.machineId,
      instance_id: claimant.instanceId,
      hostname: claimant.hostname,
      executed_by_serial: claimant.serial,
      lease_ms: claimant.leaseMs,
      attempt: takeover.attempt,
      takeovers: takeover.takeovers,
      ...(resumed === null ? {} : { [`steps.${resumed.index}.url`]: resumed.url }),
    },
    $currentDate: { beat_at: true },
  };
  const { matchedCount } = await store.runs.updateOne(asSeen(seen), update, majorityWrite);
  return matchedCount === 1;
}

/** `$eq`, because what a person wrote there may be something that a filter would take for an operator or a pattern. */
function asSeen(seen: RunDocument): Document {
  const { _id, claim_id, beat_at } = seen;
  return {
    _id: { $eq: _id },
    claim_id: { $eq: claim_id ?? null },
    beat_at: { $eq: beat_at ?? null },
    status: "running",
  };
}
