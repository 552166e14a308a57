// fleetcron machines list

import { type ListedMachine, listMachines } from "../store/machines.ts";
import type { Cli } from "./cli.ts";
import { machineState } from "./find-machine.ts";
import { jsonDocument } from "./json-document.ts";
import { withStore } from "./open-store.ts";
import type { Output } from "./output.ts";
import { printTable } from "./print-table.ts";
import { printable } from "./render-text.ts";
import { renderAge } from "./render-time.ts";

export async function listMachinesCommand(cli: Cli, { json }: { json?: boolean }): Promise<void> {
  await withStore(cli, async (store, { heartbeatSec }) => {
    const machines = await listMachines(store);
    if (json === true) cli.output.json(machines.map(jsonDocument));
    else await printMachines(cli.output, machines, heartbeatSec);
  });
}

export async function printMachines(
  output: Output,
  machines: readonly ListedMachine[],
  heartbeatSec: number,
): Promise<void> {
  const rows = machines.map((machine) => [
    printable(machine.machine_id),
    printable(machine.hostname ?? "-"),
    printable(machine.serial ?? "-"),
    paintState(output, machineState(machine, heartbeatSec)),
    renderSeen(machine),
    printable(machine.version ?? "-"),
    renderJobs(machine),
  ]);
  const columns = ["MACHINE", "HOST", "SERIAL", "STATE", "LAST SEEN", "VERSION", "JOBS"];
  await printTable(output, columns, rows, "no machine yet: start an agent with fleetcron agent");
}

function paintState(output: Output, state: string): string {
  const style = { active: "green", draining: "yellow", dead: "red" } as const;
  return state in style ? output.paint(style[state as keyof typeof style], state) : state;
}

function renderSeen({ age_ms }: ListedMachine): string {
  return age_ms === null ? "-" : renderAge(Math.max(0, age_ms));
}

function renderJobs({ jobs }: ListedMachine): string {
  if (jobs === undefined || jobs === null) return "-";
  const invalid = jobs.invalid > 0 ? `, ${jobs.invalid} invalid` : "";
  return printable(`${jobs.loaded}${invalid}`);
}
