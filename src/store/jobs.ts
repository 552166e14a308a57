// The definitions. Agents only read here; every write comes from a person through the CLI.
import { hash } from "node:crypto";
import { BSON, type Document, ObjectId } from "mongodb";
import { FleetCronError } from "../errors.ts";
import type { JobDocument } from "./collections.ts";
import type { Store } from "./connect.ts";
import { majorityRead, majorityWrite, repeatWhileUnknown } from "./coordination.ts";
import { classifyWrite } from "./outcome.ts";

const batchSize = 1_000;

/** Every document as it is, valid or not. */
export function loadJobDocuments(store: Store): Promise<JobDocument[]> {
  return store.jobs.find({}, { ...majorityRead, batchSize }).toArray();
}

/** A job as stored: whoever knows the edition by its digest need not read it. */
export interface StoredJob {
  /** Of all its bytes, `_id` included: the same document, the same digest. */
  readonly digest: string;
  read(): JobDocument;
}

/** As `loadJobDocuments`, without turning bytes into documents that are known already. */
export async function loadStoredJobs(store: Store): Promise<readonly StoredJob[]> {
  return (await store.jobs.find({}, { ...majorityRead, batchSize, raw: true }).toArray()).map(storedJob);
}

/** As `findJobDocuments`, without turning bytes into documents that are known already. */
export async function findStoredJobs(store: Store, ids: readonly unknown[]): Promise<readonly StoredJob[]> {
  const filter = { _id: { $in: [...ids] } } as Document;
  return (await store.jobs.find(filter, { ...majorityRead, batchSize, raw: true }).toArray()).map(storedJob);
}

/** With `raw` the driver gives bytes where its types say document. */
function storedJob(raw: JobDocument): StoredJob {
  const bytes = raw as unknown as Uint8Array;
  return { digest: hash("sha256", bytes, "base64"), read: () => BSON.deserialize(bytes) };
}

/** How a person names a job: by name, else by `_id` as text, 24 hex digits or a number. */
export async function findJobByNameOrId(store: Store, text: string): Promise<JobDocument | null> {
  const named = await store.jobs.findOne({ name: text }, majorityRead);
  if (named !== null) return named;
  return store.jobs.findOne({ _id: { $in: idsOfText(text) } } as Document, majorityRead);
}

/** Every `_id` that a person may mean by a text. */
export function idsOfText(text: string): readonly unknown[] {
  const ids: unknown[] = [text];
  if (/^[0-9a-f]{24}$/i.test(text)) ids.push(new ObjectId(text));
  if (/^-?\d+$/.test(text)) ids.push(Number(text));
  return ids;
}

/** Names as they are stored, to suggest one for a mistyped one. */
export async function listJobNames(store: Store): Promise<readonly string[]> {
  const rows = await store.jobs
    .find({ name: { $type: "string" } }, { ...majorityRead, projection: { name: 1 } })
    .toArray();
  return rows.map(({ name }) => String(name));
}

/** One that has the name or the `_id` of any of these already, or null. */
export function findTakenJob(store: Store, jobs: readonly JobDocument[]): Promise<JobDocument | null> {
  const ids = jobs.flatMap(({ _id }) => (_id === undefined ? [] : [_id]));
  const isTaken = [{ name: { $in: jobs.map(({ name }) => name) } }, { _id: { $in: ids } }];
  return store.jobs.findOne({ $or: isTaken } as Document, majorityRead);
}

/** The new job's `_id`. Throws `job_exists` when its name or `_id` is taken. */
export async function insertJob(store: Store, document: JobDocument): Promise<unknown> {
  // Made here and not by the driver, so that a repeat means the same document.
  const job = { _id: new ObjectId(), ...document };
  await repeatWhileUnknown(async (isRepeat) => {
    try {
      await store.jobs.insertOne(job, majorityWrite);
    } catch (error) {
      const duplicate = findDuplicate(error);
      if (duplicate === null) throw error;
      if (isRepeat && duplicate.onId) return;
      throw alreadyThere(job, duplicate.onId);
    }
  });
  return job._id;
}

/** Replaces the whole definition. False when there is no such job. Throws `job_exists` when its new name is taken. */
export async function replaceJob(store: Store, id: unknown, document: JobDocument): Promise<boolean> {
  try {
    const { matchedCount } = await repeatWhileUnknown(() =>
      store.jobs.replaceOne(byId(id), withoutId(document), majorityWrite),
    );
    return matchedCount === 1;
  } catch (error) {
    throw findDuplicate(error) === null ? error : alreadyThere(document, false);
  }
}

/** False when there is no such job. */
export async function setJobEnabled(store: Store, id: unknown, enabled: boolean): Promise<boolean> {
  const { matchedCount } = await repeatWhileUnknown(() =>
    store.jobs.updateOne(byId(id), { $set: { enabled } }, majorityWrite),
  );
  return matchedCount === 1;
}

/** False when there was no such job. Its runs stay. */
export async function removeJob(store: Store, id: unknown): Promise<boolean> {
  return repeatWhileUnknown(async (isRepeat) => {
    const { deletedCount } = await store.jobs.deleteOne(byId(id), majorityWrite);
    return deletedCount === 1 || isRepeat;
  });
}

const byId = (id: unknown): Document => ({ _id: id });

function withoutId({ _id, ...document }: JobDocument): Document {
  return document;
}

function findDuplicate(error: unknown): { readonly onId: boolean } | null {
  const outcome = classifyWrite(error);
  return outcome.outcome === "not_applied" && outcome.reason === "duplicate" ? outcome : null;
}

function alreadyThere(document: JobDocument, onId: boolean): FleetCronError {
  const what = onId ? `_id ${JSON.stringify(document._id)}` : `name ${JSON.stringify(document.name)}`;
  return new FleetCronError("job_exists", `a job with the ${what} exists already`);
}
