// The jobs this agent knows and when each is due next. A reload replaces them all, but only what it changed is scheduled
// anew; what was not yet due stays due.
import type { InvalidJob, Job } from "../model/job.ts";
import { type Instant, isSameSchedule, nextDue } from "../model/schedule.ts";
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

/** When a reload takes place, in fleet time. */
interface Reload {
  readonly now: Instant;
  /** How late a one-time instant may still start, in milliseconds. */
  readonly graceMs: number;
  /** A job that is new here is due after this; default: after `now`. */
  readonly dueAfter?: (job: Job) => Instant;
}

/** `after` is the last instant this job was handed out for, or when it was first seen: nothing up to it is due again. */
interface Entry {
  readonly job: Job;
  readonly after: Instant;
  readonly dueAt: Instant;
}

export class JobCatalog {
  readonly #jobs = new Map<string, Job>();
  /** By id. The heap may hold older entries too: only those that are here count. */
  readonly #entries = new Map<string, Entry>();
  #heap = new DueHeap<Entry>();
  #invalid: readonly InvalidJob[] = [];
  #onChange: () => void = () => undefined;

  get size(): number {
    return this.#jobs.size;
  }

  get invalid(): readonly InvalidJob[] {
    return this.#invalid;
  }

  /** This very edition is known. */
  has(job: Job): boolean {
    return this.#jobs.get(job.idText) === job;
  }

  /** The next instant at which some job is due, or null when none ever is. */
  nextAt(): Instant | null {
    for (;;) {
      const top = this.#heap.peek();
      if (top === null || this.#isCurrent(top)) return top?.dueAt ?? null;
      this.#heap.pop();
    }
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

  /**
   * A job that is new or rescheduled is due only after `now`, or as `dueAfter` says; a one-time instant up to `graceMs`
   * ago still counts. Of 100,000 jobs nearly all stay as they are: those cost one look each.
   */
  replace(jobs: readonly Job[], invalid: readonly InvalidJob[], reload: Reload): CatalogDiff {
    const added: string[] = [];
    const changed: string[] = [];
    const sizeBefore = this.#jobs.size;
    let known = 0;
    for (const job of jobs) {
      const old = this.#jobs.get(job.idText);
      if (old !== undefined) known++;
      // Parsed once per edition: the same object is the same definition.
      if (old === job) continue;
      this.#jobs.set(job.idText, job);
      if (old === undefined) added.push(job.name);
      else if (old.rev !== job.rev) changed.push(job.name);
      if (!job.enabled) this.#entries.delete(job.idText);
      else if (old?.enabled && isSameSchedule(old.schedule, job.schedule)) this.#keepTime(job);
      else this.#scheduleNew(job, reload);
    }
    this.#invalid = invalid;
    const removed = known === sizeBefore ? [] : this.#removeAllBut(jobs);
    this.#dropOutdated();
    this.#onChange();
    const invalidIds = new Set(invalid.map((job) => job.idText));
    return {
      added,
      changed,
      removed: removed.filter((job) => !invalidIds.has(job.idText)).map((job) => job.name),
      invalid: invalid.map((job) => job.name ?? job.idText),
    };
  }

  /** As if all jobs were new: each is due again after `dueAfter`, or earlier if it was left there. */
  makeDueAgain(reload: Required<Reload>): void {
    for (const job of this.#jobs.values()) {
      if (!job.enabled) continue;
      const kept = this.#entries.get(job.idText)?.after ?? Number.POSITIVE_INFINITY;
      this.#scheduleNew(job, { ...reload, dueAfter: () => Math.min(kept, reload.dueAfter(job)) });
    }
    this.#dropOutdated();
    this.#onChange();
  }

  #removeAllBut(jobs: readonly Job[]): readonly Job[] {
    const kept = new Set(jobs.map((job) => job.idText));
    const removed = [...this.#jobs.values()].filter((job) => !kept.has(job.idText));
    for (const { idText } of removed) {
      this.#jobs.delete(idText);
      this.#entries.delete(idText);
    }
    return removed;
  }

  #schedule(job: Job, after: Instant): void {
    const dueAt = nextDue(job.schedule, after);
    if (dueAt === null) this.#entries.delete(job.idText);
    else this.#add({ job, after, dueAt });
  }

  /** Another definition with the same schedule. */
  #keepTime(job: Job): void {
    const entry = this.#entries.get(job.idText);
    if (entry !== undefined) this.#add({ ...entry, job });
  }

  #scheduleNew(job: Job, { now, graceMs, dueAfter }: Reload): void {
    const after = dueAfter?.(job) ?? now;
    const once = job.schedule.rules.filter((rule) => rule.kind === "once");
    const lateOnce = nextDue({ ...job.schedule, rules: once }, now - graceMs);
    if (lateOnce !== null && lateOnce <= after) this.#add({ job, after, dueAt: lateOnce });
    else this.#schedule(job, after);
  }

  #add(entry: Entry): void {
    this.#entries.set(entry.job.idText, entry);
    this.#heap.push(entry);
  }

  #isCurrent(entry: Entry): boolean {
    return this.#entries.get(entry.job.idText) === entry;
  }

  /** Reloads without end must not let the heap grow without end. */
  #dropOutdated(): void {
    if (this.#heap.size <= 2 * this.#entries.size + 64) return;
    this.#heap = new DueHeap();
    for (const entry of this.#entries.values()) this.#heap.push(entry);
  }
}
