// Every index as data. The unique ones decide races; the others only make reading fast.
import type { CreateIndexesOptions, Document } from "mongodb";
import { collectionNames } from "./collections.ts";

export interface IndexDefinition {
  readonly collection: string;
  readonly name: string;
  readonly key: Readonly<Record<string, 1 | -1>>;
  readonly options: IndexOptions;
}

export type IndexOptions = Pick<CreateIndexesOptions, "unique" | "expireAfterSeconds"> & {
  readonly partialFilterExpression?: Document;
};

/** Refuses a second run of a job with `overlap: "skip"` while one is running. */
export const exclusiveRunIndex = "one_running_per_exclusive_job";
export const jobNameIndex = "job_name";

/** Commands are gone after a day. */
const commandLifeSec = 86_400;

/** One-time jobs come and go by the thousand: what is left of them goes too. */
const voidedLifeSec = 7 * 86_400;

// A claim writes every index of job_runs and a burst is a thousand claims, so a further index there needs a reason.
export const indexDefinitions: readonly IndexDefinition[] = [
  // Two rows for one machine would let two agents both believe they own its heartbeat.
  { collection: collectionNames.machines, name: "machine_id", key: { machine_id: 1 }, options: { unique: true } },
  // Two agents that insert the same serial at once: one of them is refused here.
  { collection: collectionNames.serials, name: "serial", key: { serial: 1 }, options: { unique: true } },
  // People address jobs by name. A document whose name is missing or no string is invalid, not a duplicate.
  {
    collection: collectionNames.jobs,
    name: jobNameIndex,
    key: { name: 1 },
    options: { unique: true, partialFilterExpression: { name: { $type: "string" } } },
  },
  // The overlap rule: the insert of a claim and this check are one atomic step, on whichever agent it happens. That an
  // occurrence is claimed once is decided by job_runs' own index on _id.
  {
    collection: collectionNames.runs,
    name: exclusiveRunIndex,
    key: { job_id: 1 },
    options: { unique: true, partialFilterExpression: { status: "running", exclusive: true } },
  },
  // Retention. A document whose expires_at is no date stays for ever.
  { collection: collectionNames.runs, name: "expires_at", key: { expires_at: 1 }, options: { expireAfterSeconds: 0 } },
  // `job_runs.find().sort({scheduled_for: -1}).limit(10)`.
  { collection: collectionNames.runs, name: "newest", key: { scheduled_for: -1 }, options: {} },
  // `find({status: "error"})` newest first; with "running" also what the reaper looks at, so it needs none of its own.
  { collection: collectionNames.runs, name: "status_newest", key: { status: 1, scheduled_for: -1 }, options: {} },
  { collection: collectionNames.runs, name: "job_newest", key: { job_id: 1, scheduled_for: -1 }, options: {} },
  // What the fleet is to be told of. Holds only runs that no incident has taken up yet: nearly always none.
  {
    collection: collectionNames.runs,
    name: "notify_due",
    key: { scheduled_for: 1 },
    options: { partialFilterExpression: { notify_due: { $exists: true } } },
  },
  // One incident at a time for each job and machine, whoever begins it.
  {
    collection: collectionNames.incidents,
    name: "subject_number",
    key: { subject: 1, number: -1 },
    options: { unique: true },
  },
  // Also what finds those that are not over: theirs is null.
  {
    collection: collectionNames.incidents,
    name: "expires_at",
    key: { expires_at: 1 },
    options: { expireAfterSeconds: 0 },
  },
  {
    collection: collectionNames.commands,
    name: "created_at",
    key: { created_at: 1 },
    options: { expireAfterSeconds: commandLifeSec },
  },
  {
    collection: collectionNames.jobState,
    name: "voided_at",
    key: { voided_at: 1 },
    options: { expireAfterSeconds: voidedLifeSec },
  },
];
