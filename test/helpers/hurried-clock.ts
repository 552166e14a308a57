import { type Clock, systemClock } from "../../src/runtime/clock.ts";

/** The real clock, but the 25 s of an agent's drain are over at once; `sleeping` counts what still waits. */
export function hurriedClock(): Clock & { sleeping(): number } {
  let sleeping = 0;
  return {
    ...systemClock,
    sleep: async (ms, signal) => {
      sleeping++;
      await systemClock.sleep(ms > 20_000 && ms <= 25_000 ? 100 : ms, signal);
      sleeping--;
    },
    sleeping: () => sleeping,
  };
}
