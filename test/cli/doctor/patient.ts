// A machine to be examined: a folder with a config of its own, on a real database.
import type { TestContext } from "node:test";
import { type Examination, examine, type Found } from "../../../src/cli/doctor/examine.ts";
import type { ConfigRequest } from "../../../src/config/load-config.ts";
import { type Clock, systemClock } from "../../../src/runtime/clock.ts";
import { configName, type Scratch, scratch } from "../../config/scratch.ts";

export interface Patient extends Scratch {
  readonly stateDir: string;
  examine(over?: Partial<ConfigRequest>): Promise<Examination>;
  /** What one check found. */
  found(check: string): Promise<readonly Omit<Found, "check">[]>;
}

/** `config`: of its file; null for none. */
export function patient(t: TestContext, config: object | null, clock: Clock = systemClock): Patient {
  const place = scratch(t);
  const stateDir = `${place.dir}/state`;
  if (config !== null) place.write(configName, { state_dir: stateDir, ...config });
  const examineIt = (over: Partial<ConfigRequest> = {}) =>
    examine({ clock, env: {}, loadConfig: (needs) => place.load({ ...needs, ...over }) });
  return {
    ...place,
    stateDir,
    examine: examineIt,
    found: async (wanted) =>
      (await examineIt()).found.filter(({ check }) => check === wanted).map(({ check: _, ...finding }) => finding),
  };
}
