// Everything that goes wrong in a world, and when.
import type { Chance } from "./chance.ts";
import type { Race } from "./plan-races.ts";
import type { AimedLoss, Moment } from "./sim-process.ts";

interface At {
  /** World time, milliseconds. */
  readonly at: number;
}

interface Aimed {
  readonly machine: number;
  readonly moment: Moment;
  readonly readings: number;
}

/** `remove` and `toggle` are undone after a while. */
export type Change = "disable" | "enable" | "reschedule" | "same" | "toggle" | "remove";

export type Fault =
  | Race
  | (At &
      (
        | { readonly kind: "kill" | "terminate"; readonly machine: number; readonly restartMs: number | null }
        | { readonly kind: "freeze"; readonly machine: number; readonly ms: number }
        | (Aimed & { readonly kind: "aimed freeze"; readonly ms: number })
        | (Aimed & { readonly kind: "aimed kill"; readonly restartMs: number })
        /** Of each process one message: which of them claims next is not known. */
        | { readonly kind: "aimed loss"; readonly loss: AimedLoss }
        | { readonly kind: "step wall"; readonly machine: number; readonly ms: number }
        | { readonly kind: "step server"; readonly ms: number }
        /** `fleet down`: no agent is alive for so long. */
        | { readonly kind: "outage" | "failover" | "fleet down"; readonly ms: number }
        /** `machine: null`: all of them. */
        | { readonly kind: "trouble"; readonly machine: number | null; readonly ms: number; readonly part: number }
        | { readonly kind: "reload" | "insert" }
        | { readonly kind: "run now"; readonly job: string }
        | { readonly kind: "edit"; readonly job: string; readonly change: Change; readonly ms: number }
        | { readonly kind: "clone"; readonly machine: number }
      ));

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
  // Longer than a lease and a look of the reaper now and then.
  const freezeMs = () => Math.round(chance.pick([chance.between(500, 5_000), chance.between(5_000, 80_000)]));
  const aim = (): Aimed => ({
    machine: machine(),
    moment: chance.pick([
      "a write to a run is acknowledged",
      "a write to a run is acknowledged",
      "a claim is sent",
      "a write will be rolled back",
    ]),
    readings: chance.whole(0, 4),
  });
  const troubleParts = [0.05, 0.2, 0.5, 1];

  add(4, () => ({
    kind: chance.pick(["kill", "kill", "terminate"]),
    machine: machine(),
    restartMs: chance.pick([null, chance.between(100, 3_000), chance.between(3_000, 40_000)]),
  }));
  add(4, () => ({ kind: "freeze", machine: machine(), ms: freezeMs() }));
  add(6, () => ({ kind: "aimed freeze", ...aim(), ms: freezeMs() }));
  add(3, () => ({ kind: "aimed kill", ...aim(), restartMs: chance.between(100, 30_000) }));
  add(8, () => ({
    kind: "aimed loss",
    loss: {
      of: chance.pick(["insert", "update"]),
      fate: chance.pick(["request lost", "answer lost", "answer lost", "late", "twice"]),
    },
  }));
  // In a quiet world only what is aimed goes wrong with messages: what comes of it is nobody else's fault.
  const mostTroubles = chance.hits(0.6) ? 6 : 0;
  add(mostTroubles, () => ({
    kind: "trouble",
    machine: chance.pick([null, machine()]),
    ms: Math.round(chance.between(2_000, 30_000)),
    part: chance.pick(troubleParts),
  }));
  if (chance.hits(0.4)) add(2, () => ({ kind: "outage", ms: Math.round(chance.between(500, 40_000)) }));
  if (chance.hits(0.4))
    add(3, () => ({ kind: "failover", ms: Math.round(chance.between(500, chance.pick([12_000, 40_000]))) }));
  if (chance.hits(0.15)) add(1, () => ({ kind: "fleet down", ms: Math.round(chance.between(5_000, 90_000)) }));
  if (chance.hits(0.3))
    add(3, () => ({ kind: "step wall", machine: machine(), ms: chance.between(-600_000, 600_000) }));
  if (chance.hits(0.15)) add(2, () => ({ kind: "step server", ms: chance.between(-20_000, 20_000) }));
  if (chance.hits(0.3)) add(15, () => ({ kind: "reload" }));
  if (chance.hits(0.3)) add(4, () => ({ kind: "run now", job: chance.pick(jobs) }));
  if (chance.hits(0.3)) {
    add(6, () => ({
      kind: "edit",
      job: chance.pick(jobs),
      change: chance.pick(["disable", "enable", "reschedule", "same", "same", "toggle", "remove"]),
      ms: chance.pick([0, chance.between(1, 5_000), chance.between(5_000, 30_000)]),
    }));
  }
  if (chance.hits(0.2)) add(1, () => ({ kind: "insert" }));
  if (chance.hits(0.15)) add(1, () => ({ kind: "clone", machine: machine() }));
  return faults;
}
