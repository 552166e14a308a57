// The faults of several parts, made to happen.
import { type Chance, chanceOf } from "./chance.ts";
import type { Race } from "./plan-races.ts";
import type { Stage } from "./play-faults.ts";
import type { SimProcess } from "./sim-process.ts";

/** A process may wake so much later than the last fault begins. */
export const oversleepMs = 20_000;

export function playSilentOwner(stage: Stage, fault: Extract<Race, { kind: "silent owner" }>): void {
  const { world, fleet, plan } = stage;
  const leftMs = () => plan.calmAt + oversleepMs - world.now;
  const candidates = fleet.living();
  const strike = (owner: SimProcess) => {
    owner.freeze(Math.min(fault.ms, leftMs()));
    for (const loss of fault.losses) owner.lose(loss);
    for (const other of candidates) if (other !== owner) other.spare();
    const chance = chanceOf(plan.seed, `reapers at ${world.now}`);
    for (const [machine, afterMs] of fault.reapersWakeMs.entries()) {
      const reaper = fleet.on(machine);
      if (reaper === null || reaper === owner || afterMs === null) continue;
      const sleep = () => reaper.freeze(Math.min(Math.max(0, owner.time - reaper.time) + afterMs, leftMs()));
      aimAtReaper(reaper, chance, sleep);
    }
  };
  for (const process of candidates) {
    process.aim({ at: "a claim is acknowledged", readings: fault.readings, strike: () => strike(process) });
  }
}

/** A takeover reads the run twice, and either time its agent may fall asleep. */
function aimAtReaper(reaper: SimProcess, chance: Chance, sleep: () => void): void {
  const strike = () => (chance.hits(0.5) ? sleep() : aimAtReaper(reaper, chance, sleep));
  reaper.aim({ at: "an expired run is read", readings: "at once", strike });
}

export function playDarkSweep(stage: Stage, fault: Extract<Race, { kind: "dark sweep" }>): void {
  const { world, fleet, plan } = stage;
  const leftMs = () => plan.calmAt - world.now;
  const to = world.now + Math.min(fault.claimsLostMs, leftMs());
  world.note("", () => `no claim gets through until ${to / 1_000} s`);
  fleet.troubles.push({ machine: null, part: 1, from: world.now, to, isOfClaims: true });
  for (const process of fleet.living()) {
    const strike = () => fleet.cutPower(Math.min(fault.ms, leftMs()));
    process.aim({ at: "a sweep moves on", readings: "at once", strike });
  }
}
