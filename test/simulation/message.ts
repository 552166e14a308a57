// A command as it leaves a process: a copy, so that a late one says what the first one said.
import { BSON, type Document } from "mongodb";
import type { ValueDocument } from "../../src/embedded/values/value.ts";
import { typed } from "./typed-values.ts";

/** The database of every world. */
export const dbName = "fleetcron";

export interface Message {
  readonly command: string;
  readonly collection: string;
  /** A write that the majority must confirm, or a read of what it has confirmed, as all that coordinates must be. */
  readonly isMajority: boolean;
  readonly isWrite: boolean;
  /** Reads one run, should its lease be over. */
  readonly isOfExpiredRun: boolean;
  /** Documents of the reply stay bytes. */
  readonly raw: boolean;
  readonly body: ValueDocument;
  /** What is inserted is bytes, as it is stored. */
  readonly documents: readonly Uint8Array[] | null;
}

const writes = new Set(["insert", "update", "delete", "findAndModify", "createIndexes"]);

export function messageOf(body: Document, documents: readonly object[] | null, raw = false): Message {
  const command = Object.keys(body)[0] ?? "";
  const isWrite = writes.has(command);
  return {
    command,
    collection: String(body[command]),
    isMajority: isWrite ? body.writeConcern?.w === "majority" : body.readConcern?.level === "majority",
    isWrite,
    isOfExpiredRun: body.find === "job_runs" && body.limit === 1 && body.filter.$expr !== undefined,
    raw,
    body: typed(body),
    // As the driver serialises: what is undefined becomes null.
    documents: documents?.map((document) => BSON.serialize(document, { ignoreUndefined: false })) ?? null,
  };
}
