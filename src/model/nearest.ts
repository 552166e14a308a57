// Which known word a mistyped one was most likely meant to be.

/**
 * The candidate with the smallest edit distance to `word` (letter case, `-` and `_` count as equal), or null when none
 * is near: at most 1 edit for words up to 4 letters, 2 up to 8, 3 beyond. The first candidate wins a tie.
 */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  const target = plain(word);
  let best: string | null = null;
  let bestDistance = (target.length <= 4 ? 1 : target.length <= 8 ? 2 : 3) + 1;
  for (const candidate of candidates) {
    const other = plain(candidate);
    // A one-letter word is one edit away from every other one-letter word: that is no resemblance.
    if (Math.max(other.length, target.length) < 2) continue;
    const distance = editDistance(target, other);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[-_\s]/g, "");
}

/** Insertions, deletions, substitutions and swaps of neighbours, each counting 1. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((row[j - 1] ?? 0) + 1, (last[j] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (!same && i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
