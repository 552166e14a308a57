// What a failed write means. Every operation ends as applied, not applied or unknown, and only this file says which.
// The rules were measured on mongod 6.0.5 with driver 7.8; where an error proves nothing the answer is "unknown".
import {
  BSON,
  MongoBulkWriteError,
  MongoError,
  MongoInvalidArgumentError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
  MongoWriteConcernError,
  type WriteError,
} from "mongodb";

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

/** `lostIndexes`: the documents refused as duplicates; all others of the batch were inserted. */
export type InsertManyOutcome =
  | { readonly decided: true; readonly lostIndexes: readonly LostInsert[] }
  | { readonly decided: false };

export interface LostInsert {
  /** Position in the batch. */
  readonly index: number;
  /** Refused by `_id`, as against another unique index. `_id` is reported when both are violated. */
  readonly onId: boolean;
}

const undecided = { decided: false } as const;
const unknown = { outcome: "unknown" } as const;

/**
 * An unordered `insertMany` of `count` documents. Decided without an error, or when every document that was not
 * inserted is told to be a duplicate and the majority confirmed the rest. Anything else is unknown for the whole batch:
 * a dropped connection, too, arrives as a MongoBulkWriteError, without write errors and with `insertedIds` of every
 * document, and a write-concern error hides the write errors.
 */
export function classifyInsertMany(error: unknown, count: number): InsertManyOutcome {
  if (error === null || error === undefined) return { decided: true, lostIndexes: [] };
  if (!(error instanceof MongoBulkWriteError) || error.code !== duplicateKey) return undecided;
  if (error.result?.getWriteConcernError() !== undefined) return undecided;
  const refused: readonly WriteError[] = [error.writeErrors].flat();
  if (refused.length === 0 || refused.some(({ code }) => code !== duplicateKey)) return undecided;
  const lostIndexes = refused.map(({ index, errmsg }) => ({ index, onId: isOnId(errmsg) }));
  const isWhole = lostIndexes.every(({ index }) => index >= 0 && index < count);
  return isWhole && error.result.insertedCount + lostIndexes.length === count
    ? { decided: true, lostIndexes }
    : undecided;
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
  // The cause of a broken batch is an Error here, not the server's answer.
  if (error instanceof MongoBulkWriteError) return unknown;
  const { code } = error;
  if (code === duplicateKey) return { outcome: "not_applied", reason: "duplicate", onId: isDuplicateOfId(error) };
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
  if (error.name === "WaitQueueTimeoutError" || error.hasErrorLabel("RetryableWriteError")) return true;
  if (!(error instanceof MongoServerError)) return false;
  if (isWriteConcernError(error) || transientCodes.has(Number(error.code))) return true;
  const cause: unknown = error.errorResponse;
  return error instanceof MongoBulkWriteError && cause instanceof Error && isStoreUnavailable(cause);
}

function isWriteConcernError(error: MongoServerError): boolean {
  if (error instanceof MongoWriteConcernError || error.writeConcernError !== undefined) return true;
  return error instanceof MongoBulkWriteError && error.result?.getWriteConcernError() !== undefined;
}

/** `keyPattern` is exact, but only single writes carry it; the driver drops it from a batch's write errors. */
function isDuplicateOfId(error: MongoServerError): boolean {
  const keyPattern: unknown = error.keyPattern;
  if (typeof keyPattern === "object" && keyPattern !== null) return Object.keys(keyPattern).join() === "_id";
  return isOnId(error.message);
}

function isOnId(message: string | undefined): boolean {
  return / index: (\S+) dup key/.exec(message ?? "")?.[1] === "_id_";
}
