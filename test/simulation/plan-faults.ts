// Everything that goes wrong in a world, and when.
import type { Chance } from "./chance.ts";
import type { AimedFreeze } from "./sim-process.ts";

interface At {
  /** World time, milliseconds. */
  readonly at: number;
}

export type Fault = At &
  (
    | { readonly kind: "kill" | "terminate"; readonly machine: number; readonly restartMs: number | null }
    | { readonly kind: "freeze"; readonly machine: number; readonly ms: number }
    | { readonly kind: "freeze after acknowledgement"; readonly machine: number; readonly freeze: AimedFreeze }
    | { readonly kind: "step wall"; readonly machine: number; readonly ms: number }
    | { readonly kind: "step server"; readonly ms: number }
    | { readonly kind: "outage" | "failover"; readonly ms: number }
    /** `machine: null`: all of them. */
    | { readonly kind: "trouble"; readonly machine: number | null; readonly ms: number; readonly part: number }
    | { readonly kind: "reload" }
    | { readonly kind: "run now"; readonly job: string }
    | { readonly kind: "edit"; readonly job: string; readonly change: "disable" | "enable" | "reschedule" | "same" }
    | { readonly kind: "clone"; readonly machine: number }
  );

type FaultWithoutTime = Fault extends infer F ? (F extends Fault ? Omit<F, "at"> : never) : never;

interface Subject {
  readonly machines: number;
  readonly calmAt: number;
  readonly jobs: readonly string[];
}

export function planFaults(chance: Chance, subject: Subject): readonly Fault[] {
  const faults: Fault[] = [];
  const { machines, calmAt, jobs } = subject;
  const machine = () => chance.whole(0, machines - 1);
  const add = (most: number, make: () => FaultWithoutTime) => {
    for (let left = chance.whole(0, most); left > 0; left--) {
      faults.push({ ...make(), at: Math.round(chance.between(3_000, calmAt - 1_000)) } as Fault);
    }
  };
  const freezeMs = () => Math.round(chance.pick([chance.between(500, 5_000), chance.between(5_000, 200_000)]));
  const troubleParts = [0.05, 0.2, 0.5, 1];

  add(4, () => ({
    kind: chance.pick(["kill", "kill", "terminate"]),
    machine: machine(),
    restartMs: chance.pick([null, chance.between(100, 3_000), chance.between(3_000, 60_000)]),
  }));
  add(4, () => ({ kind: "freeze", machine: machine(), ms: freezeMs() }));
  add(6, () => ({
    kind: "freeze after acknowledgement",
    machine: machine(),
    freeze: { ms: freezeMs(), readings: chance.whole(0, 4) },
  }));
  add(6, () => ({
    kind: "trouble",
    machine: chance.pick([null, machine()]),
    ms: Math.round(chance.between(2_000, 30_000)),
    part: chance.pick(troubleParts),
  }));
  if (chance.hits(0.4)) add(2, () => ({ kind: "outage", ms: Math.round(chance.between(500, 40_000)) }));
  if (chance.hits(0.4)) add(3, () => ({ kind: "failover", ms: Math.round(chance.between(500, 12_000)) }));
  if (chance.hits(0.3))
    add(3, () => ({ kind: "step wall", machine: machine(), ms: chance.between(-600_000, 600_000) }));
  if (chance.hits(0.15)) add(2, () => ({ kind: "step server", ms: chance.between(-20_000, 20_000) }));
  if (chance.hits(0.3)) add(15, () => ({ kind: "reload" }));
  if (chance.hits(0.3)) add(4, () => ({ kind: "run now", job: chance.pick(jobs) }));
  if (chance.hits(0.3)) {
    add(6, () => ({
      kind: "edit",
      job: chance.pick(jobs),
      change: chance.pick(["disable", "enable", "reschedule", "same"]),
    }));
  }
  if (chance.hits(0.15)) add(1, () => ({ kind: "clone", machine: machine() }));
  return faults.sort((a, b) => a.at - b.at);
}
