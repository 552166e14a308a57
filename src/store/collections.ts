// The documents as they lie in the database. Each collection is a contract with people, who write and read it in
// mongosh: docs/database.md says what may be edited by hand.
import type { Collection, Db, Document, ObjectId } from "mongodb";
import type { NotifyEvent, TroubleEvent } from "../model/notify.ts";
import type { ErrorClass, RunStatus, StepStatus } from "../model/run.ts";

/** Written by people, so nothing about it is certain; parse-job.ts decides. */
export type JobDocument = Document;

export interface RunDocument {
  /** The occurrence: `<job id>@<scheduled_for>`. Whoever inserts it first has claimed it. */
  _id: string;
  /** Type and value of the job's `_id`. */
  job_id: unknown;
  job_name: string;
  scheduled_for: Date;
  trigger: "schedule" | "manual" | "catch_up";
  status: RunStatus;
  reason: string | null;
  claim_id: string;
  claimed_by: string;
  instance_id: string;
  hostname: string;
  executed_by_serial: number | null;
  attempt: number;
  claimed_at: Date;
  beat_at: Date;
  lease_ms: number;
  /** The job says `overlap: "skip"`. */
  exclusive: boolean;
  late_ms: number;
  start_at: Date | null;
  end_at: Date | null;
  elapsed_ms: number | null;
  job_rev: string;
  steps: StepDocument[];
  /** Former owners, oldest first; only where there is one. */
  takeovers?: TakeoverDocument[];
  outputs: Document;
  expires_at: Date;
  /** The fleet is to be told of this run; gone once an incident has taken it up. */
  notify_due?: NoticeDocument;
  /** Messages that were sent about this run, or given up; only where there is one. */
  notified?: NotifiedDocument[];
  /** Of a summary: the first and the last of the occurrences it stands for, and how many they are. */
  from?: Date;
  to?: Date;
  count?: number;
}

export interface NoticeDocument {
  event: TroubleEvent;
  channels: string[];
  after: number;
  recovered: boolean;
  slow_ms: number | null;
}

export interface NotifiedDocument {
  event: IncidentEvent;
  incident_id: string;
  channel: string;
  at: Date;
  /** False: given up. */
  ok: boolean;
}

/** One owner of a run before the present one. */
export interface TakeoverDocument {
  /** When it was taken from this owner, by the fleet's clock. */
  at: Date;
  claimed_by: string;
  instance_id: string;
  hostname: string;
  executed_by_serial: number | null;
  attempt: number;
  /** Index of the step that was under way; null when none was. */
  step: number | null;
}

export interface StepDocument {
  index: number;
  name: string;
  status: StepStatus;
  method: string | null;
  url: string | null;
  status_code: number | null;
  elapsed_ms: number | null;
  attempts: number;
  tries: TryDocument[];
  response_sample: string | null;
  response_truncated: boolean;
  error: { code: ErrorClass; message: string } | null;
}

export interface TryDocument {
  at: Date;
  status_code: number | null;
  elapsed_ms: number;
  error: { code: ErrorClass; message: string } | null;
  wait_ms: number | null;
}

export interface MachineDocument {
  /** The machine id in rows of this version; older rows may have anything. */
  _id: string;
  machine_id: string;
  instance_id: string;
  hostname: string;
  /** The server's time of the last heartbeat; null once stopped. */
  last_seen: Date | null;
  serial: number | null;
  tags: Record<string, string>;
  version: string;
  node: string;
  tzdata: string;
  offset_ms: number | null;
  started_at: Date;
  stopped_at?: Date | null;
  state: "active" | "draining" | "stopped";
  jobs: { loaded: number; invalid: number };
}

export interface SerialDocument {
  /** The serial in rows of this version: unique even where the index is missing. */
  _id: number;
  serial: number;
  /** Machine id; null = free. */
  assigned_to: string | null;
  instance_id: string | null;
  epoch: number;
  beat_at: Date;
  lease_ms: number;
  hostname: string;
  /** Kept over a release, so that a machine finds its old place. */
  last_assigned_to: string;
}

/** Inserted by hand as often as by the CLI: only `_id` and, once an agent saw it, `created_at` are certain. */
export interface CommandDocument {
  _id: ObjectId;
  type: string;
  /** `"all"` or a machine id. */
  target: string;
  args?: Document;
  created_at: Date;
  acks?: AckDocument[];
}

export interface AckDocument {
  machine_id: string;
  at: Date;
  ok: boolean;
  error: string | null;
  /** What came of it, for a person: which jobs a reload added, the id of the run that was started. */
  report: Document;
}

/** `fleet`: the fleet's own settings, `tz`. `sweep`: up to where every occurrence has its record. */
export interface MetaDocument {
  _id: string;
  tz?: string;
  resolved_until?: Date;
}

/** When a job's schedule was first seen by the fleet: the job is due only after that. */
export interface JobStateDocument {
  /** The job's `_id`. */
  _id: unknown;
  /** Of what decides when the job is due; null once the job is gone. */
  sched_hash: string | null;
  /** The server's time. */
  since: Date;
  /** The job was no longer found. */
  voided_at?: Date;
}

/** `silent` and `back` are of machines; `removed`: the job or machine is gone, and nobody is told. */
export type IncidentEvent = NotifyEvent | "silent" | "back" | "removed";

/** A stretch of trouble of one job, or the silence of one machine: told once when it begins and once when it ends. */
export interface IncidentDocument {
  /** A UUID. */
  _id: string;
  /** What is in trouble: `failing:<job id>`, `slow:<job id>` or `silent:<machine id>`. */
  subject: string;
  /** Counts the subject's incidents: two agents that begin one at once are told apart by the index on both. */
  number: number;
  state: "open" | "closed";
  job_id?: unknown;
  job_name?: string;
  machine_id?: string;
  begin: TurnDocument;
  /** Null while it goes on. */
  end: TurnDocument | null;
  /** Of a job: the newest of its runs that belong to it. */
  last_run_for: Date;
  slow_ms: number | null;
  channels: string[];
  recovered: boolean;
  messages: MessageDocument[];
  /** Null until it is over and every message was sent or given up. */
  expires_at: Date | null;
}

/** Where an incident began or ended. */
export interface TurnDocument {
  event: IncidentEvent;
  at: Date;
  /** When the run was due, or the machine was last heard. */
  since: Date;
  hostname: string;
  run_id: string | null;
  /** Masked. */
  reason: string | null;
}

/** One message to one channel. */
export interface MessageDocument {
  event: IncidentEvent;
  channel: string;
  /** Of the present sender: others leave the message alone for the length of a lease. */
  claimed_at: Date | null;
  claimed_by: string | null;
  tries: number;
  /** Not tried before. */
  due_at: Date;
  sent_at: Date | null;
  given_up_at: Date | null;
  /** Of the last try, masked. */
  error: string | null;
}

export interface Collections {
  readonly jobs: Collection<JobDocument>;
  readonly runs: Collection<RunDocument>;
  readonly machines: Collection<MachineDocument>;
  readonly serials: Collection<SerialDocument>;
  readonly commands: Collection<CommandDocument>;
  readonly meta: Collection<MetaDocument>;
  readonly jobState: Collection<JobStateDocument>;
  readonly incidents: Collection<IncidentDocument>;
}

export const collectionNames = {
  jobs: "jobs",
  runs: "job_runs",
  machines: "machines",
  serials: "serials",
  commands: "commands",
  meta: "meta",
  jobState: "job_state",
  incidents: "incidents",
} as const;

export function openCollections(db: Db): Collections {
  return {
    jobs: db.collection(collectionNames.jobs),
    runs: db.collection(collectionNames.runs),
    machines: db.collection(collectionNames.machines),
    serials: db.collection(collectionNames.serials),
    commands: db.collection(collectionNames.commands),
    meta: db.collection(collectionNames.meta),
    jobState: db.collection(collectionNames.jobState),
    incidents: db.collection(collectionNames.incidents),
  };
}
