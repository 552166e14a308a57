// `job_state`: when the fleet first saw each job's schedule, by the server's clock. A job is due only after that, so that
// a job saved at 09:02 does not fire its 09:00, and one that was there at 09:00 is missed by nobody.
import type { Document } from "mongodb";
import { updateBatch } from "./batch-commands.ts";
import { collectionNames, type JobStateDocument } from "./collections.ts";
import type { Store } from "./connect.ts";
import { majorityRead } from "./coordination.ts";

/** As it was read: a compare-and-set is made against it. */
export interface JobState {
  readonly jobId: unknown;
  /** null: the job was gone, or a hand has broken the document. */
  readonly hash: string | null;
  readonly since: Date | null;
  readonly isBroken: boolean;
  readonly isVoided: boolean;
}

/** All of them, or those of some jobs. Only what a majority has counts: anything else may be rolled back. */
export async function readJobStates(store: Store, jobIds?: readonly unknown[]): Promise<readonly JobState[]> {
  const filter = (jobIds === undefined ? {} : { _id: { $in: [...jobIds] } }) as Document;
  const projection = { sched_hash: 1, since: 1, voided_at: 1 };
  const documents = store.jobState.find(filter, { ...majorityRead, projection, batchSize: 1_000 });
  return (await documents.toArray()).map(jobState);
}

function jobState({ _id, sched_hash: hash, since, voided_at }: JobStateDocument): JobState {
  const isVoided = hash === null && voided_at instanceof Date;
  const isBroken = !isDate(since) || (typeof hash !== "string" && !isVoided);
  return {
    jobId: _id,
    hash: typeof hash === "string" ? hash : null,
    since: isDate(since) ? since : null,
    isBroken,
    isVoided,
  };
}

const earliest = new Date(0);
const latest = new Date(253_402_300_799_999);

/** A date of the database may lie outside what a program can tell, or the calendar has. */
function isDate(value: unknown): value is Date {
  return value instanceof Date && value >= earliest && value <= latest;
}

export interface JobStateChange {
  readonly jobId: unknown;
  /** null: there is no document. */
  readonly seen: JobState | null;
  /** null: the job is gone. */
  readonly hash: string | null;
}

const writesAtOnce = 500;

/**
 * Notes each change, unless another agent was quicker: what it noted then stands. `since` is the server's time of the
 * write itself. Throws what the driver throws; a repeat matches nothing that was already written.
 */
export async function writeJobStates(store: Store, changes: readonly JobStateChange[]): Promise<void> {
  for (let i = 0; i < changes.length; i += writesAtOnce) {
    const updates = changes.slice(i, i + writesAtOnce).map(updateOf);
    await updateBatch(store.db, collectionNames.jobState, updates);
  }
}

function updateOf({ jobId, seen, hash }: JobStateChange): { q: Document; u: Document; upsert?: boolean } {
  const u =
    hash === null
      ? { $set: { sched_hash: null }, $currentDate: { since: true, voided_at: true } }
      : { $set: { sched_hash: hash }, $unset: { voided_at: true }, $currentDate: { since: true } };
  // Refused as a duplicate where a document is there by now.
  if (seen === null) return { q: { _id: jobId, sched_hash: { $exists: false } }, u, upsert: true };
  if (seen.isBroken) return { q: { _id: jobId, $expr: isStillBroken }, u };
  // `since` beside the hash: disabled and enabled again, a job has the hash it had, and another `since`.
  return { q: { _id: jobId, sched_hash: seen.hash, since: seen.since }, u };
}

const isStillBroken = {
  $or: [
    { $ne: [{ $type: "$since" }, "date"] },
    { $lt: ["$since", earliest] },
    { $gt: ["$since", latest] },
    {
      $and: [
        { $ne: [{ $type: "$sched_hash" }, "string"] },
        { $or: [{ $ne: ["$sched_hash", null] }, { $ne: [{ $type: "$voided_at" }, "date"] }] },
      ],
    },
  ],
};
