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
         * Whoever is the next to learn that a claim is its own freezes for longer than its lease. The others freeze as
         * they have read its run, or one of their own takeovers would be the only one.
         */
        readonly kind: "silent owner";
        readonly readings: number;
        readonly ms: number;
        /** By machine; null: its reaper is not held up. */
        readonly reaperMs: readonly (number | null)[];
        /** What happens to the owner's first writes when it wakes. */
        readonly losses: readonly AimedLoss[];
      }
    /** No claim gets through for so long, and as a sweep ends all machines lose power. */
    | { readonly kind: "dark sweep"; readonly claimsLostMs: number; readonly ms: number }
    /** An election late enough for a sweep to come upon what it undoes. */
    | { readonly kind: "failover"; readonly ms: number }
  );

interface Subject {
  readonly machines: number;
  readonly calmAt: number;
  readonly leaseSec: number;
}

/** The fleet sweeps when a minute and all turns have passed since it began. */
const firstSweepAt = 72_000;

export function planRaces(chance: Chance, { machines, calmAt, leaseSec }: Subject): readonly Race[] {
  const leaseMs = leaseSec * 1_000;
  const within = (from: number) => Math.round(chance.between(from, calmAt - 1_000));
  const races: Race[] = [];
  if (chance.hits(0.3)) {
    const reaperMs = () => (chance.hits(0.5) ? chance.between(1_000, 25_000) : null);
    races.push({
      kind: "silent owner",
      at: within(3_000),
      readings: chance.whole(0, 5),
      ms: chance.between(leaseMs, leaseMs + 25_000),
      reaperMs: Array.from({ length: machines }, reaperMs),
      losses: Array.from({ length: chance.pick([0, 0, 1, 3]) }, () => ({ of: "update", fate: "request lost" })),
    });
  }
  if (calmAt < firstSweepAt + 30_000) return races;
  if (chance.hits(0.5)) {
    races.push({
      kind: "dark sweep",
      at: within(firstSweepAt - 20_000),
      claimsLostMs: chance.between(15_000, 50_000),
      ms: chance.between(5_000, 60_000),
    });
  }
  if (chance.hits(0.5)) {
    races.push({ kind: "failover", at: within(firstSweepAt - 30_000), ms: chance.between(30_000, 80_000) });
  }
  return races;
}
