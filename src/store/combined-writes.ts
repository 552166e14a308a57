// Advances and finishes of all runs of one process. Writes that arrive while one is under way go out together; alone, a
// write leaves at once. 1,000 compare-and-sets take a third of the time this way.
import type { Document, Filter, UpdateFilter } from "mongodb";
import type { RunStatus } from "../model/run.ts";
import { updateBatch } from "./batch-commands.ts";
import { collectionNames, type RunDocument } from "./collections.ts";
import type { Store } from "./connect.ts";
import { majorityRead, majorityWrite } from "./coordination.ts";
import { classifyWrite, isDriverError } from "./outcome.ts";

/** One compare-and-set on a run: applies only while `claim_id` is ours and the run has a status of `from`. */
export interface RunWrite {
  readonly runId: string;
  readonly claimId: string;
  readonly from: readonly RunStatus[];
  /** Further conditions beside `_id`, `claim_id` and `status`. */
  readonly guard: Filter<RunDocument>;
  readonly set: Readonly<Record<string, unknown>>;
  /** Whether the document, as read by majority, shows that this write was applied. Asked only with our claim in it. */
  readonly isApplied: (run: RunDocument) => boolean;
}

interface Waiting {
  readonly write: RunWrite;
  readonly resolve: (applied: boolean) => void;
  readonly reject: (error: unknown) => void;
}

type Verdict = "applied" | "lost" | "repeat";

interface CombinedWritesDeps {
  readonly store: Pick<Store, "db" | "runs">;
  /** The wait before an undecided write is repeated; grows with the repeats. */
  readonly waitBeforeRepeat: (repeats: number) => Promise<void>;
  readonly onUndecided: (error: unknown) => void;
}

/** More would make one command of many megabytes when steps are large. */
const largestBatch = 500;

export class CombinedWrites {
  readonly #deps: CombinedWritesDeps;
  #queue: Waiting[] = [];
  #busy = false;

  constructor(deps: CombinedWritesDeps) {
    this.#deps = deps;
  }

  /**
   * Resolves true once the write is acknowledged by a majority, false when the claim is lost; repeats an undecided
   * write for as long as it takes. Rejects only when the server refused the document itself.
   */
  submit(write: RunWrite): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ write, resolve, reject });
      if (!this.#busy) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, largestBatch);
      this.#queue = this.#queue.slice(largestBatch);
      await this.#send(batch);
    }
    this.#busy = false;
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    try {
      const writes = batch.map(({ write }) => write);
      if ((await this.#write(writes)) === writes.length) {
        for (const { resolve } of batch) resolve(true);
        return;
      }
    } catch (error) {
      this.#deps.onUndecided(error);
    }
    // Fewer matched than sent, or unknown: each is decided alone, without holding up the writes that come next.
    for (const waiting of batch) void this.#settle(waiting);
  }

  async #settle({ write, resolve, reject }: Waiting): Promise<void> {
    let refused = false;
    for (let repeats = 0; ; repeats++) {
      try {
        const verdict = await this.#verdict(write);
        if (verdict !== "repeat") return resolve(verdict === "applied");
        // Ours and in a status of `from`, yet a decided write matched nothing: the guard refused it, a later write is there.
        if (refused) return resolve(false);
        refused = (await this.#write([write])) === 0;
        if (!refused) return resolve(true);
      } catch (error) {
        if (!isDriverError(error) || classifyWrite(error).outcome === "not_applied") return reject(error);
        refused = false;
        this.#deps.onUndecided(error);
        await this.#deps.waitBeforeRepeat(repeats);
      }
    }
  }

  async #verdict(write: RunWrite): Promise<Verdict> {
    const run = await this.#deps.store.runs.findOne({ _id: write.runId }, majorityRead);
    if (run === null || run.claim_id !== write.claimId) return "lost";
    if (write.isApplied(run)) return "applied";
    return write.from.includes(run.status) ? "repeat" : "lost";
  }

  /** How many matched. Judged by `matchedCount`: a repeated `$set` matches and modifies nothing. */
  async #write(writes: readonly RunWrite[]): Promise<number> {
    const { store } = this.#deps;
    const updates = writes.map((write) => ({ q: filterOf(write), u: updateOf(write) }));
    const only = updates.length === 1 ? updates[0] : undefined;
    if (only !== undefined) return (await store.runs.updateOne(only.q, only.u, majorityWrite)).matchedCount;
    return (await updateBatch(store.db, collectionNames.runs, updates)).n;
  }
}

function filterOf({ runId, claimId, from, guard }: RunWrite): Filter<RunDocument> {
  return { ...guard, _id: runId, claim_id: claimId, status: { $in: [...from] } };
}

/** `$set` and `$currentDate` alone: they say the same thing twice when a copy arrives late. */
function updateOf({ set }: RunWrite): UpdateFilter<RunDocument> {
  const update: Document = { $set: set, $currentDate: { beat_at: true } };
  return update;
}
