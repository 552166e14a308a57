// What a failed write means. Every operation ends as applied, not applied or unknown, and only this file says which.
// The rules were measured on mongod 6.0.5 with driver 7.8; where an error proves nothing the answer is "unknown".
import {
  BSON,
  MongoError,
  MongoInvalidArgumentError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
  MongoWriteConcernError,
} from "mongodb";
import type { BatchReply } from "./batch-commands.ts";

const duplicateKey = 11_000;
/** Failed validation, too large, or an update the server cannot apply to this document: the same again at each try. */
const refusedCodes = new Set([2, 9, 14, 22, 28, 34, 40, 52, 57, 66, 121, 10_334, 17_280, 17_419]);
/** Unauthorized, AuthenticationFailed, Atlas's own. */
const permissionCodes = new Set([13, 18, 8_000]);
/** Not primary, shutting down, host gone, exceeded time, majority not reached: a later try may do. */
const transientCodes = new Set([
  6, 7, 50, 64, 89, 91, 112, 134, 189, 202, 262, 317, 9_001, 10_107, 11_600, 11_602, 13_435, 13_436,
]);

export type WriteOutcome =
  | { readonly outcome: "not_applied"; readonly reason: "duplicate"; readonly onId: boolean }
  | { readonly outcome: "not_applied"; readonly reason: "validation" | "permission" }
  | { readonly outcome: "unknown" };

/** `lost`: the documents refused as duplicates; all others of the batch were inserted. */
export type InsertsOutcome =
  | { readonly decided: true; readonly lost: readonly LostInsert[] }
  | { readonly decided: false; readonly error: unknown };

export interface LostInsert {
  /** Position in the batch. */
  readonly index: number;
  /** Refused by `_id`, as against another unique index. `_id` is reported when both are violated. */
  readonly onId: boolean;
}

const unknown = { outcome: "unknown" } as const;

/**
 * The answer to an unordered insert of `count` documents. Decided when every document that was not inserted is told to
 * be a duplicate and the majority confirmed the rest; anything else, and every error, is unknown for the whole batch.
 */
export function classifyInserts(reply: BatchReply, count: number): InsertsOutcome {
  const refused = reply.writeErrors ?? [];
  const lost = refused.map((one) => ({ index: one.index, onId: isDuplicateOfId(one.keyPattern, one.errmsg) }));
  const isWhole = reply.n + lost.length === count && lost.every(({ index }) => index >= 0 && index < count);
  // The driver throws a write-concern error; should one come as an answer, its losers may be incomplete.
  const isConfirmed = reply.writeConcernError === undefined;
  return isWhole && isConfirmed && refused.every(({ code }) => code === duplicateKey)
    ? { decided: true, lost }
    : { decided: false, error: new Error(refused[0]?.errmsg ?? "the answer to a batch of inserts does not add up") };
}

/**
 * The error of one write (insertOne, updateOne, findOneAndUpdate, deleteOne). A selection error and a top-level code 50
 * are unknown: an earlier attempt of the driver may have been applied.
 */
export function classifyWrite(error: unknown): WriteOutcome {
  // Refused by the driver before anything was sent.
  if (error instanceof MongoInvalidArgumentError || BSON.BSONError.isBSONError(error)) {
    return { outcome: "not_applied", reason: "validation" };
  }
  // A write-concern error comes with the write applied, whatever else it carries.
  if (!(error instanceof MongoServerError) || isWriteConcernError(error)) return unknown;
  const { code } = error;
  if (code === duplicateKey) {
    return { outcome: "not_applied", reason: "duplicate", onId: isDuplicateOfId(error.keyPattern, error.message) };
  }
  if (refusedCodes.has(Number(code))) return { outcome: "not_applied", reason: "validation" };
  if (permissionCodes.has(Number(code))) return { outcome: "not_applied", reason: "permission" };
  return unknown;
}

/** Whether the driver or the server said it; anything else is a mistake of ours, which no repeat can mend. */
export function isDriverError(error: unknown): boolean {
  return error instanceof MongoError;
}

/** Whether the database could not be reached or could not answer just now: wait and try again, no person needed. */
export function isStoreUnavailable(error: unknown): boolean {
  if (!(error instanceof MongoError)) return false;
  if (error instanceof MongoNetworkError || error instanceof MongoServerSelectionError) return true;
  if (error.name === "MongoWaitQueueTimeoutError" || error.hasErrorLabel("RetryableWriteError")) return true;
  if (!(error instanceof MongoServerError)) return false;
  return isWriteConcernError(error) || transientCodes.has(Number(error.code));
}

function isWriteConcernError(error: MongoServerError): boolean {
  return error instanceof MongoWriteConcernError || error.writeConcernError !== undefined;
}

/** `keyPattern` is exact; a server that does not send it names the index in its text. */
function isDuplicateOfId(keyPattern: unknown, text: string | undefined): boolean {
  if (typeof keyPattern === "object" && keyPattern !== null) return Object.keys(keyPattern).join() === "_id";
  return / index: (\S+) dup key/.exec(text ?? "")?.[1] === "_id_";
}
