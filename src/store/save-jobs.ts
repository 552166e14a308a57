// Many definitions at once, as `jobs apply` writes them.
import { type AnyBulkWriteOperation, MongoBulkWriteError, ObjectId } from "mongodb";
import type { JobDocument } from "./collections.ts";
import type { Store } from "./connect.ts";
import { majorityWrite, repeatWhileUnknown } from "./coordination.ts";

/** For a new job: made by whoever writes it, so that a repeated write means the same document. */
export function newJobId(): unknown {
  return new ObjectId();
}

const writesAtOnce = 500;
const duplicateKey = 11_000;

export interface RefusedJob {
  readonly document: JobDocument;
  readonly reason: string;
}

/**
 * Each document becomes the job of its `_id`, whether there is one or not. What the server refuses, such as a name that
 * somebody else took meanwhile, does not keep the others from being written. Throws what the driver throws.
 */
export async function saveJobs(
  store: Store,
  documents: readonly JobDocument[],
  onSaved: (count: number) => void,
): Promise<readonly RefusedJob[]> {
  const refused: RefusedJob[] = [];
  for (let from = 0; from < documents.length; from += writesAtOnce) {
    const batch = documents.slice(from, from + writesAtOnce);
    refused.push(...(await repeatWhileUnknown(() => saveBatch(store, batch))));
    onSaved(from + batch.length);
  }
  return refused;
}

async function saveBatch(store: Store, batch: readonly JobDocument[]): Promise<readonly RefusedJob[]> {
  const replacements = batch.map((document): AnyBulkWriteOperation<JobDocument> => {
    return { replaceOne: { filter: { _id: document._id }, replacement: document, upsert: true } };
  });
  try {
    await store.jobs.bulkWrite(replacements, { ordered: false, ...majorityWrite });
    return [];
  } catch (error) {
    // Every single write was decided, and the majority has the others.
    if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError() !== undefined) throw error;
    const errors = [error.writeErrors].flat();
    if (errors.length === 0) throw error;
    return errors.flatMap(({ index, code, errmsg }) => {
      const document = batch[index];
      const reason = code === duplicateKey ? "a job of that name exists by now" : String(errmsg);
      return document === undefined ? [] : [{ document, reason }];
    });
  }
}

/** Removes jobs unless they left the group meanwhile. Their runs stay. */
export async function removeJobsOfGroup(store: Store, group: string, ids: readonly unknown[]): Promise<void> {
  for (let from = 0; from < ids.length; from += writesAtOnce) {
    const batch = ids.slice(from, from + writesAtOnce);
    await repeatWhileUnknown(() => store.jobs.deleteMany({ _id: { $in: batch }, group } as JobDocument, majorityWrite));
  }
}
