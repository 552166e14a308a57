// How every operation that agents coordinate by is sent. Stated per operation, so that nothing in a connection string
// (`w=1`, `readPreference=secondary`) can weaken it.
import { MongoError } from "mongodb";
import { classifyWrite } from "./outcome.ts";

/**
 * `maxTimeMS` also ends the wait for the majority (as code 50, with the write applied), so `wtimeoutMS` must be the
 * shorter of the two to have a say.
 */
export const majorityWrite = {
  writeConcern: { w: "majority", wtimeoutMS: 4_000 },
  maxTimeMS: 5_000,
} as const;

/** For reads that decide something: what they return cannot be rolled back. */
export const majorityRead = {
  readConcern: { level: "majority" },
  readPreference: "primary",
  maxTimeMS: 5_000,
} as const;

const epoch = new Date(0);
const latestDate = new Date(253_402_300_799_999);
const longestLeaseMs = 365 * 86_400_000;

/**
 * True where `beat_at + lease_ms` is before the server's own clock. One hand-edited document must not fail the query
 * for the whole fleet, so whatever is no date or number counts as 0, and what is too large to be added is cut.
 */
export const leaseExpired = {
  $lt: [
    {
      $add: [
        { $min: [{ $convert: { input: "$beat_at", to: "date", onError: epoch, onNull: epoch } }, latestDate] },
        {
          $max: [
            0,
            { $min: [{ $convert: { input: "$lease_ms", to: "long", onError: 0, onNull: 0 } }, longestLeaseMs] },
          ],
        },
      ],
    },
    "$$NOW",
  ],
} as const;

const mostTries = 3;

/**
 * Repeats a write whose outcome stayed unknown, at most twice. Only for writes that say the same thing twice. The
 * operation is told whether an earlier try may already have been applied. Throws the last error.
 */
export async function repeatWhileUnknown<T>(write: (isRepeat: boolean) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await write(tries > 1);
    } catch (error) {
      // What the operation itself threw about a decided answer is no unknown outcome.
      if (tries === mostTries || !(error instanceof MongoError)) throw error;
      if (classifyWrite(error).outcome !== "unknown") throw error;
    }
  }
}

/** What the write gives, or null when a unique index refused it: the document is there and another's. */
export async function nullIfDuplicate<T>(write: Promise<T>): Promise<T | null> {
  try {
    return await write;
  } catch (error) {
    const outcome = classifyWrite(error);
    if (outcome.outcome === "not_applied" && outcome.reason === "duplicate") return null;
    throw error;
  }
}
