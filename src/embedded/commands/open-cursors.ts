// Results that are fetched in several batches. A cursor is a suspended iteration over the storage, so it holds a
// position, not the documents.
import { Long } from "bson";
import type { Clock } from "../../runtime/clock.ts";
import { CommandError } from "../command-error.ts";
import type { CursorBatch, Reply } from "../request.ts";
import type { ValueDocument } from "../values/value.ts";
import { naturalOf, readArguments } from "./arguments.ts";

interface OpenCursor {
  readonly ns: string;
  readonly documents: Iterator<Uint8Array>;
  /** Read from the iterator and not yet sent. */
  next: Uint8Array | null;
  usedAt: number;
}

const idleMs = 600_000;
/** A batch with the reply around it stays below the message limit; one document alone may be as large as 16 MiB. */
const batchBytes = 16 * 1024 * 1024;
export const firstBatchSize = 101;

/** How many documents the first batch holds, by a command's `cursor` argument. */
export function readBatchSize(cursor: ValueDocument = {}): number {
  const { batchSize } = readArguments(cursor, { batchSize: "number" }, { where: "cursor", isCommand: false });
  return naturalOf(batchSize, "cursor.batchSize") ?? firstBatchSize;
}

interface CursorRequest {
  readonly ns: string;
  readonly documents: Iterable<Uint8Array>;
  /** 0 = none in the first batch. */
  readonly batchSize: number;
  readonly singleBatch?: boolean;
}

export class OpenCursors {
  readonly #clock: Clock;
  readonly #cursors = new Map<string, OpenCursor>();
  #lastId = Long.ZERO;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#cursors.size;
  }

  /** The reply with the first batch; the cursor stays open where there is more. */
  open({ ns, documents, batchSize, singleBatch = false }: CursorRequest): Reply {
    const cursor: OpenCursor = { ns, documents: documents[Symbol.iterator](), next: null, usedAt: 0 };
    advance(cursor);
    const batch = takeBatch(cursor, batchSize);
    const isOpen = cursor.next !== null && !singleBatch;
    const id = isOpen ? this.#keep(cursor) : Long.ZERO;
    return replyOf({ batch: "firstBatch", documents: batch, id, ns });
  }

  /** The next batch. Throws CursorNotFound, also for a cursor of another collection. */
  more(id: Long, ns: string, batchSize: number): Reply {
    const cursor = this.#cursors.get(id.toString());
    if (cursor === undefined) throw new CommandError("CursorNotFound", `cursor id ${id} not found`);
    if (cursor.ns !== ns) {
      throw new CommandError(
        "Unauthorized",
        `Requested getMore on namespace '${ns}', but cursor belongs to a different namespace ${cursor.ns}`,
      );
    }
    const batch = takeBatch(cursor, batchSize);
    cursor.usedAt = this.#clock.monotonic();
    const isOpen = cursor.next !== null;
    if (!isOpen) this.#cursors.delete(id.toString());
    return replyOf({ batch: "nextBatch", documents: batch, id: isOpen ? id : Long.ZERO, ns });
  }

  /** False where there is none. */
  kill(id: Long): boolean {
    return this.#cursors.delete(id.toString());
  }

  /** Nobody asked for them in ten minutes. */
  dropIdle(): void {
    const oldest = this.#clock.monotonic() - idleMs;
    for (const [id, { usedAt }] of this.#cursors) if (usedAt < oldest) this.#cursors.delete(id);
  }

  #keep(cursor: OpenCursor): Long {
    this.#lastId = this.#lastId.add(1);
    cursor.usedAt = this.#clock.monotonic();
    this.#cursors.set(this.#lastId.toString(), cursor);
    return this.#lastId;
  }
}

function takeBatch(cursor: OpenCursor, batchSize: number): readonly Uint8Array[] {
  const batch: Uint8Array[] = [];
  let bytes = 0;
  while (cursor.next !== null && batch.length < batchSize) {
    bytes += cursor.next.length;
    if (batch.length > 0 && bytes > batchBytes) break;
    batch.push(cursor.next);
    advance(cursor);
  }
  return batch;
}

/** One document ahead: only so is the last batch known to be the last. */
function advance(cursor: OpenCursor): void {
  const { value, done } = cursor.documents.next();
  cursor.next = done === true ? null : value;
}

function replyOf(cursor: CursorBatch): Reply {
  return { fields: {}, cursor };
}
