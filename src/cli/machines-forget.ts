// fleetcron machines forget
import { FleetCronError } from "../errors.ts";
import { forgetMachine, listMachines } from "../store/machines.ts";
import type { Cli } from "./cli.ts";
import { findMachine, isLive, machineLabel } from "./find-machine.ts";
import { withStore } from "./open-store.ts";
import { renderAge } from "./render-time.ts";

export async function forgetMachineCommand(cli: Cli, text: string, { force }: { force?: boolean }): Promise<void> {
  await withStore(cli, async (store, { heartbeatSec }) => {
    const machine = findMachine(await listMachines(store), text);
    if (isLive(machine, heartbeatSec) && force !== true) {
      const seen = renderAge(machine.age_ms ?? 0);
      throw new FleetCronError("machine_live", `${machineLabel(machine)} is alive: its last heartbeat was ${seen}`, {
        details: ["stop its agent first, or forget it all the same with --force"],
      });
    }
    await forgetMachine(store, machine.machine_id);
    cli.output.data(`forgot ${machineLabel(machine)}`);
  });
}
