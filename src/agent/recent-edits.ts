// What a reload tells a person: also edits that were taken up a moment before it was asked for, because a stream told of
// them first. Whoever saves a job and types `reload` wants to see that job.
import type { CatalogDiff } from "./job-catalog.ts";

/** Monotonic milliseconds: an edit older than this was somebody else's, or forgotten. */
const recentMs = 60_000;

export class RecentEdits {
  #edits: readonly { readonly at: number; readonly diff: CatalogDiff }[] = [];

  note(diff: CatalogDiff, now: number): void {
    const { added, changed, removed } = diff;
    if (added.length + changed.length + removed.length === 0) return;
    this.#edits = [...this.#edits.filter(({ at }) => now - at < recentMs), { at: now, diff }];
  }

  /** The edits of a reload together with those that no reload has told of; `invalid` is what is invalid now. */
  take(diff: CatalogDiff, now: number): CatalogDiff {
    const recent = this.#edits.filter(({ at }) => now - at < recentMs).map((edit) => edit.diff);
    this.#edits = [];
    const union = (what: "added" | "changed" | "removed") => [
      ...new Set([...recent.flatMap((earlier) => earlier[what]), ...diff[what]]),
    ];
    return { added: union("added"), changed: union("changed"), removed: union("removed"), invalid: diff.invalid };
  }
}
