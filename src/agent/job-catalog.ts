// The jobs this agent knows and when each is due next. Replaced whole on reload; what was not yet due stays due.
import type { InvalidJob, Job } from "../model/job.ts";
import { type Instant, nextDue, type Schedule } from "../model/schedule.ts";
import { DueHeap } from "./due-heap.ts";

export interface Due {
  readonly at: Instant;
  readonly jobs: readonly Job[];
}

/** What a reload changed, by job name. */
export interface CatalogDiff {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly invalid: readonly string[];
}

/** `after` is the last instant this job was handed out for, or when it was first seen: nothing up to it is due again. */
interface Entry {
  readonly job: Job;
  readonly after: Instant;
  readonly dueAt: Instant;
}

export class JobCatalog {
  #jobs: ReadonlyMap<string, Job> = new Map();
  #entries = new Map<string, Entry>();
  #heap = new DueHeap<Entry>();
  #invalid: readonly InvalidJob[] = [];
  #onChange: () => void = () => undefined;

  get size(): number {
    return this.#jobs.size;
  }

  get invalid(): readonly InvalidJob[] {
    return this.#invalid;
  }

  /** The next instant at which some job is due, or null when none ever is. */
  nextAt(): Instant | null {
    return this.#heap.peek()?.dueAt ?? null;
  }

  /** Called whenever the next instant may have moved. */
  onChange(callback: () => void): void {
    this.#onChange = callback;
  }

  /** Hands out all jobs of the earliest instant and moves each of them on. */
  takeNext(): Due | null {
    const at = this.nextAt();
    if (at === null) return null;
    const jobs: Job[] = [];
    while (this.nextAt() === at) {
      const entry = this.#heap.pop() as Entry;
      jobs.push(entry.job);
      this.#schedule(entry.job, Math.max(at, entry.after));
    }
    return { at, jobs };
  }

  /** A job that is new or rescheduled is due only after `now`; a one-time instant up to `graceMs` ago still counts. */
  replace(jobs: readonly Job[], invalid: readonly InvalidJob[], now: Instant, graceMs: number): CatalogDiff {
    const before = this.#jobs;
    const oldEntries = this.#entries;
    this.#jobs = new Map(jobs.map((job) => [job.idText, job]));
    this.#invalid = invalid;
    this.#heap = new DueHeap();
    this.#entries = new Map();
    for (const job of jobs) {
      if (!job.enabled) continue;
      const old = oldEntries.get(job.idText);
      if (old !== undefined && isSameSchedule(old.job.schedule, job.schedule)) this.#schedule(job, old.after);
      else this.#scheduleNew(job, now, graceMs);
    }
    this.#onChange();
    return diffOf(before, this.#jobs, invalid);
  }

  #schedule(job: Job, after: Instant): void {
    const dueAt = nextDue(job.schedule, after);
    if (dueAt === null) this.#entries.delete(job.idText);
    else this.#add({ job, after, dueAt });
  }

  #scheduleNew(job: Job, now: Instant, graceMs: number): void {
    const once = job.schedule.rules.filter((rule) => rule.kind === "once");
    const lateOnce = nextDue({ ...job.schedule, rules: once }, now - graceMs);
    if (lateOnce !== null && lateOnce <= now) this.#add({ job, after: now, dueAt: lateOnce });
    else this.#schedule(job, now);
  }

  #add(entry: Entry): void {
    this.#entries.set(entry.job.idText, entry);
    this.#heap.push(entry);
  }
}

function isSameSchedule(a: Schedule, b: Schedule): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function diffOf(
  before: ReadonlyMap<string, Job>,
  after: ReadonlyMap<string, Job>,
  invalid: readonly InvalidJob[],
): CatalogDiff {
  const jobs = [...after.values()];
  const invalidIds = new Set(invalid.map((job) => job.idText));
  return {
    added: jobs.filter((job) => !before.has(job.idText)).map((job) => job.name),
    changed: jobs.filter((job) => (before.get(job.idText)?.rev ?? job.rev) !== job.rev).map((job) => job.name),
    removed: [...before.values()]
      .filter((job) => !after.has(job.idText) && !invalidIds.has(job.idText))
      .map((job) => job.name),
    invalid: invalid.map((job) => job.name ?? job.idText),
  };
}
