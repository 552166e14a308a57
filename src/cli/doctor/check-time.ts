// Time: the clocks of the fleet, its zone, and the zone data by which each machine reads it.

import { type ListedMachine, listMachines, readServerTime } from "../../store/machines.ts";
import { findFleetZone } from "../../store/meta.ts";
import { isLive, machineLabel } from "../find-machine.ts";
import { renderDuration } from "../render-time.ts";
import { renderZoneData } from "../show-status.ts";
import { type Check, type Connected, type Finding, failed, fine, warning } from "./check.ts";

/** Agents go by the server's clock, so a wrong one here does no harm to schedules; logs and TLS suffer. */
const toleratedMs = 2_000;
const samples = 5;
const setClock = "set the clock by NTP: timedatectl set-ntp true";

export const checkClocks: Check<Connected> = {
  name: "clock",
  look: async (patient) => {
    const offset = await measureOffset(patient);
    const own = Math.abs(offset) > toleratedMs ? [warning(`this machine is ${apart(offset)}`, setClock)] : [];
    const others = (await liveMachines(patient))
      .filter(({ offset_ms }) => typeof offset_ms === "number" && Math.abs(offset_ms) > toleratedMs)
      .map((machine) => warning(`${machineLabel(machine)} is ${apart(Number(machine.offset_ms))}`, setClock));
    const all = [...own, ...others];
    return all.length > 0 ? all : [fine(`within ${renderDuration(Math.abs(offset))} of the database's`)];
  },
};

export const checkZone: Check<Connected> = {
  name: "time zone",
  look: async ({ store, loaded: { config } }) => {
    const fleet = await findFleetZone(store);
    if (fleet === null) return [fine(`${config.tz}; the first agent makes it the fleet's`)];
    if (fleet === config.tz) return [fine(`${fleet}, as the fleet's`)];
    const text = `tz: this machine's config says ${config.tz}, the fleet's zone is ${fleet}: no agent starts like this`;
    return [
      failed(text, `set tz to ${fleet} in the config, or change the fleet's: fleetcron init-db --tz ${config.tz}`),
    ];
  },
};

export const checkZoneData: Check<Connected> = {
  name: "zone data",
  look: async (patient): Promise<readonly Finding[]> => {
    const { tz: tzdata = "unknown" } = process.versions;
    const here = { machine_id: "", hostname: "this machine", tzdata, state: "active" as const, age_ms: 0 };
    const { heartbeatSec } = patient.loaded.config;
    const [differences] = renderZoneData([...(await liveMachines(patient)), here], heartbeatSec);
    return [
      differences === undefined ? fine(`${tzdata}, as on every live machine`) : warning(differences, sameVersion),
    ];
  },
};

const sameVersion = "run the same version of fleetcron and of Node on every machine";

async function liveMachines({ store, loaded: { config } }: Connected): Promise<readonly ListedMachine[]> {
  return (await listMachines(store)).filter((machine) => isLive(machine, config.heartbeatSec));
}

/** What the server's clock is ahead of this machine's, by the quickest of several answers. */
async function measureOffset({ store, clock }: Connected): Promise<number> {
  let best = { tripMs: Number.POSITIVE_INFINITY, offset: 0 };
  for (let i = 0; i < samples; i++) {
    const { sentAt, receivedAt, serverTime } = await readServerTime(store, () => clock.monotonic());
    const wallGap = clock.now() - clock.monotonic();
    const tripMs = receivedAt - sentAt;
    if (tripMs < best.tripMs) best = { tripMs, offset: serverTime - (sentAt + receivedAt) / 2 - wallGap };
  }
  return best.offset;
}

function apart(offsetMs: number): string {
  return `${renderDuration(Math.abs(offsetMs))} ${offsetMs > 0 ? "behind" : "ahead of"} the database's clock`;
}
