// `job_runs` as the agents write it: claim, advance, finish, beat. Every write after the claim is a
// compare-and-set on `claim_id`, which is what makes it safe whoever else is alive.
import type { Notice } from "../model/notify.ts";
import type { Outputs, RunStatus, Step } from "../model/run.ts";
import { insertBatch } from "./batch-commands.ts";
import { collectionNames, type RunDocument } from "./collections.ts";
import type { RunWrite } from "./combined-writes.ts";
import type { Store } from "./connect.ts";
import { majorityRead, majorityWrite } from "./coordination.ts";
import { classifyInserts, type InsertsOutcome } from "./outcome.ts";
import { noticeFields, stepDocument } from "./run-document.ts";

/** One unordered insert of claims. Undecided = unknown for every one of them: repeat the same documents. */
export async function insertRuns(store: Store, runs: readonly RunDocument[]): Promise<InsertsOutcome> {
  try {
    return classifyInserts(await insertBatch(store.db, collectionNames.runs, runs), runs.length);
  } catch (error) {
    return { decided: false, error };
  }
}

/** One claim alone; throws what the driver throws. */
export async function insertRun(store: Store, run: RunDocument): Promise<void> {
  await store.runs.insertOne(run, majorityWrite);
}

/** Run id → claim id, of those that exist by majority. */
export async function readClaimIds(store: Store, runIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const runs = store.runs.find({ _id: { $in: [...runIds] } }, { ...majorityRead, projection: { claim_id: 1 } });
  return new Map((await runs.toArray()).map((run) => [run._id, run.claim_id]));
}

export async function findExistingRunIds(store: Store, runIds: readonly string[]): Promise<ReadonlySet<string>> {
  return new Set((await readClaimIds(store, runIds)).keys());
}

/** The run of an exclusive job that is under way, or null. */
export function findRunningRun(store: Store, jobId: unknown): Promise<RunDocument | null> {
  return store.runs.findOne({ job_id: jobId, status: "running", exclusive: true }, majorityRead);
}

export interface Advance {
  readonly runId: string;
  readonly claimId: string;
  readonly changes: {
    /** Results and the next intent, by index. */
    readonly steps: ReadonlyMap<number, Step>;
    /** Saved by these steps. */
    readonly outputs: Outputs;
  };
}

/**
 * Writes a result and the next intent in one. The guard keeps a late copy of this write from setting a step back to
 * `started` once a later one began: a request would be sent twice.
 */
export function advanceWrite({ runId, claimId, changes }: Advance): RunWrite {
  const last = Math.max(...changes.steps.keys());
  const intent = changes.steps.get(last);
  return {
    runId,
    claimId,
    from: ["running"],
    guard: { [`steps.${last + 1}`]: { $exists: false } },
    set: changedFields(changes),
    isApplied: (run) => {
      const step = Array.isArray(run.steps) ? run.steps[last] : undefined;
      return run.status === "running" && step?.status === intent?.status && step?.attempts === intent?.attempts;
    },
  };
}

/**
 * An advance that was written before, to learn whether the claim still holds. The record shows it anyhow: only its own
 * acknowledgement says that the lease was renewed.
 */
export function renewWrite(advance: Advance): RunWrite {
  return { ...advanceWrite(advance), isApplied: () => false };
}

export interface Finish extends Advance {
  readonly status: Exclude<RunStatus, "running">;
  readonly reason: string | null;
  readonly endAt: Date;
  readonly elapsedMs: number;
  readonly notice: Notice | null;
}

/**
 * Last results and the terminal status in one write. Also where the run was declared `lost` meanwhile: as long as the
 * claim is the same nobody else sent anything, and what its owner knows is the truth.
 */
export function finishWrite(finish: Finish): RunWrite {
  return { ...endWrite(finish), from: ["running", "lost"] };
}

/** What the owner of a run that was declared `lost` still knows; nothing where it became another's. */
export function lateEndWrite(finish: Finish): RunWrite {
  return { ...endWrite(finish), from: ["lost"] };
}

function endWrite(finish: Finish): Omit<RunWrite, "from"> {
  const { runId, claimId, changes, status, reason, endAt, elapsedMs } = finish;
  return {
    runId,
    claimId,
    guard: {},
    set: {
      ...changedFields(changes),
      status,
      reason,
      end_at: endAt,
      elapsed_ms: elapsedMs,
      ...noticeFields(finish.notice),
    },
    isApplied: (run) => run.status === status,
  };
}

/** Renews the lease of each run that is still ours; answers the claim ids of those. */
export async function beatRuns(
  store: Store,
  runs: readonly { readonly runId: string; readonly claimId: string }[],
): Promise<ReadonlySet<string>> {
  const filter = {
    _id: { $in: runs.map((run) => run.runId) },
    claim_id: { $in: runs.map((run) => run.claimId) },
    status: "running" as const,
  };
  const { matchedCount } = await store.runs.updateMany(filter, { $currentDate: { beat_at: true } }, majorityWrite);
  if (matchedCount === runs.length) return new Set(runs.map((run) => run.claimId));
  const ours = await store.runs.find(filter, { ...majorityRead, projection: { claim_id: 1 } }).toArray();
  return new Set(ours.map((run) => run.claim_id));
}

function changedFields({ steps, outputs }: Advance["changes"]): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [index, step] of steps) fields[`steps.${index}`] = stepDocument(step);
  for (const [name, value] of outputs) fields[`outputs.${name}`] = value;
  return fields;
}
