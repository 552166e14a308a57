// This machine's agent as the database sees it, and its place in the line.
import { statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { loadMachineId } from "../../runtime/machine-id.ts";
import { listMachines } from "../../store/machines.ts";
import { isLive } from "../find-machine.ts";
import { counted } from "../render-text.ts";
import { renderAge } from "../render-time.ts";
import { type Check, type Connected, failed, fine, warning } from "./check.ts";

export const checkAgent: Check<Connected> = {
  name: "agent",
  look: async ({ store, loaded: { config } }) => {
    const start = "fleetcron agent";
    if (statSync(join(config.stateDir, "machine.json"), { throwIfNoEntry: false }) === undefined) {
      return [warning("no agent ever ran on this machine with this state_dir", start)];
    }
    const machines = await listMachines(store);
    const row = machines.find(({ machine_id }) => machine_id === loadMachineId(config.stateDir));
    if (row === undefined) return [warning("this machine's agent is not known to the fleet", start)];
    if (!isLive(row, config.heartbeatSec)) {
      const seen = row.age_ms === null ? "it was stopped" : `last seen ${renderAge(row.age_ms)}`;
      return [warning(`this machine's agent is not running: ${seen}`, start)];
    }
    if (row.hostname !== hostname()) {
      const text = `the machine id of this host is in use on ${row.hostname}: its state_dir was copied`;
      return [failed(text, `rm ${join(config.stateDir, "machine.json")} on one of the two`)];
    }
    if (row.state === "draining")
      return [warning("this machine's agent is draining", `fleetcron resume ${row.hostname}`)];
    if (typeof row.serial !== "number") {
      return [warning(`no serial is free for this machine's agent: max_serial is ${config.maxSerial}`, moreSerials)];
    }
    const live = machines.filter((machine) => isLive(machine, config.heartbeatSec));
    return [fine(`serial ${row.serial}, ${counted(live.length, "live agent")}`)];
  },
};

const moreSerials = "raise max_serial in the config of every machine and restart the agents";
