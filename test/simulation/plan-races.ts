// Faults made of several parts, each aimed at one race that the others come to too seldom.
import type { Chance } from "./chance.ts";
import type { AimedLoss } from "./sim-process.ts";

interface At {
  /** World time, milliseconds. */
  readonly at: number;
}

export type Race = At &
  (
    | {
        /**
         * Whoever is the next to learn of its claims freezes for longer than its lease. Some of the others freeze too,
         * between reading its run and taking it, until after it woke.
         */
        readonly kind: "silent owner";
        readonly readings: number;
        readonly ms: number;
        /** By machine, how long after the owner it wakes; null: its reaper is not held up. */
        readonly reapersWakeMs: readonly (number | null)[];
        /** What happens to the owner's first writes when it wakes. */
        readonly losses: readonly AimedLoss[];
      }
    /** No claim gets through for so long, and as a sweep ends all machines lose power. */
    | { readonly kind: "dark sweep"; readonly claimsLostMs: number; readonly ms: number }
    /** An election that comes so late that claims it undoes are past their grace, with a sweep in between. */
    | { readonly kind: "failover"; readonly ms: number }
  );

interface Subject {
  readonly machines: number;
  readonly calmAt: number;
  /** Something goes wrong also while the fleet sweeps. */
  readonly isLong: boolean;
  readonly leaseSec: number;
}

/** The fleet sweeps when a minute and all turns have passed since it began. */
const firstSweepAt = 72_000;

export function planRaces(chance: Chance, { machines, calmAt, isLong, leaseSec }: Subject): readonly Race[] {
  const leaseMs = leaseSec * 1_000;
  const within = (from: number) => Math.round(chance.between(from, calmAt - 1_000));
  const races: Race[] = [];
  if (chance.hits(0.5)) {
    const holding = chance.pick([0, 0.7, 1]);
    const wakeMs = () => (chance.hits(holding) ? chance.between(10, chance.pick([1_000, 10_000])) : null);
    races.push({
      kind: "silent owner",
      at: within(3_000),
      // Before the first one nothing of the run is known, so that its owner wakes to a run that seems new.
      readings: chance.pick([0, 0, 0, 1, 2, 3, 4, 5]),
      ms: chance.between(leaseMs, leaseMs + 30_000),
      reapersWakeMs: Array.from({ length: machines }, wakeMs),
      losses: Array.from({ length: chance.pick([0, 0, 1, 3]) }, () => ({ of: "update", fate: "request lost" })),
    });
  }
  if (!isLong) return races;
  if (chance.hits(0.4)) {
    races.push({
      kind: "dark sweep",
      at: Math.round(chance.between(firstSweepAt - 20_000, firstSweepAt + 10_000)),
      claimsLostMs: chance.between(15_000, 50_000),
      ms: chance.between(5_000, 60_000),
    });
  } else {
    const at = Math.round(chance.between(firstSweepAt - 20_000, firstSweepAt));
    races.push({ kind: "failover", at, ms: Math.round(chance.between(35_000, 60_000)) });
  }
  return races;
}
