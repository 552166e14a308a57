// A command that writes several things tells of each that failed; the others stand.
import { Int32 } from "bson";
import { CommandError } from "../command-error.ts";
import type { ValueDocument } from "../values/value.ts";

/** As in MongoDB: from there on errors come without their texts, so that the reply stays a message. */
const mostTextBytes = 1024 * 1024;

/**
 * Does each, up to the first that fails when ordered. Gives the `writeErrors` of the reply. What is no CommandError is
 * thrown: the storage can't go on.
 */
export function writeEach<T>(
  items: readonly T[],
  ordered: boolean,
  write: (item: T, index: number) => void,
): ValueDocument[] {
  const errors: ValueDocument[] = [];
  let textBytes = 0;
  for (const [index, item] of items.entries()) {
    try {
      write(item, index);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      textBytes += error.message.length;
      const errmsg = textBytes > mostTextBytes ? "" : error.message;
      errors.push({ index: new Int32(index), code: new Int32(error.code), ...(error.extra as ValueDocument), errmsg });
      if (ordered) break;
    }
  }
  return errors;
}

/** MongoDB's limits of one write command. */
export function judgeCount(count: number): void {
  if (count >= 1 && count <= 100_000) return;
  throw new CommandError("InvalidLength", `Write batch sizes must be between 1 and 100000. Got ${count} operations.`);
}
