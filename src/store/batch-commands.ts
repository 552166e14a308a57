// Many writes as the one command they are. The driver's `insertMany` and `bulkWrite` measure every document before they
// serialise it, keep an object for each operation, and hide parts of the server's answer. What a command does not
// have is the driver's own retry: an error is unknown for the whole batch, and whoever sent it repeats it.
import type { Db, Document } from "mongodb";
import { majorityWrite } from "./coordination.ts";

/** What the server said of each write that it refused, by its position in the batch. */
interface RefusedWrite {
  readonly index: number;
  readonly code: number;
  readonly errmsg?: string;
  /** Of a duplicate: the fields of the index that refused it. */
  readonly keyPattern?: Document;
}

export interface BatchReply {
  /** Documents inserted, or updates that matched or inserted. */
  readonly n: number;
  readonly writeErrors?: readonly RefusedWrite[];
  readonly writeConcernError?: Document;
}

/** One unordered insert. Throws what the driver throws, a write-concern error included. */
export function insertBatch(db: Db, collection: string, documents: readonly object[]): Promise<BatchReply> {
  return send(db, { insert: collection, documents });
}

interface Update {
  readonly q: Document;
  readonly u: Document;
  readonly upsert?: boolean;
}

/** Unordered updates of at most one document each. Throws what the driver throws. */
export function updateBatch(db: Db, collection: string, updates: readonly Update[]): Promise<BatchReply> {
  return send(db, { update: collection, updates });
}

/** `majorityWrite` in the words of the wire. */
const majority = {
  writeConcern: { w: majorityWrite.writeConcern.w, wtimeout: majorityWrite.writeConcern.wtimeoutMS },
  maxTimeMS: majorityWrite.maxTimeMS,
};

async function send(db: Db, command: Document): Promise<BatchReply> {
  return (await db.command({ ...command, ordered: false, ...majority })) as unknown as BatchReply;
}
