// Machines as people name them, and which of them are alive.
import { FleetCronError } from "../errors.ts";
import { nearest } from "../model/nearest.ts";
import type { ListedMachine } from "../store/machines.ts";
import { printable } from "./render-text.ts";

const shortestPrefix = 4;

/** By id, by hostname, or by the start of its id. Throws `not_found` with the known machines. */
export function findMachine(machines: readonly ListedMachine[], text: string): ListedMachine {
  const exact = machines.find(({ machine_id }) => machine_id === text);
  if (exact !== undefined) return exact;
  const named = machines.filter(({ hostname }) => hostname === text);
  const begun = text.length < shortestPrefix ? [] : machines.filter(({ machine_id }) => machine_id.startsWith(text));
  const found = named.length > 0 ? named : begun;
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (found.length > 1) {
    throw new FleetCronError("not_found", `${JSON.stringify(text)} names ${found.length} machines; give one's id`, {
      details: found.map(describe),
    });
  }
  throw unknownMachine(machines, text);
}

/** Its heart beat within three intervals, by the server's clock, and it did not stop. */
export function isLive({ state, age_ms }: ListedMachine, heartbeatSec: number): boolean {
  return state !== "stopped" && age_ms !== null && age_ms < 3 * heartbeatSec * 1_000;
}

/** `dead`: it stopped beating without saying goodbye. */
export function machineState(machine: ListedMachine, heartbeatSec: number): string {
  if (machine.state === "stopped" || isLive(machine, heartbeatSec)) return printable(machine.state ?? "-");
  return "dead";
}

/** `web-1 (6f1c…)`. */
export function machineLabel({ hostname, machine_id }: ListedMachine): string {
  return `${printable(hostname ?? "?")} (${printable(machine_id)})`;
}

function unknownMachine(machines: readonly ListedMachine[], text: string): FleetCronError {
  const near = nearest(
    text,
    machines.map(({ hostname }) => String(hostname)),
  );
  const hint = near === null ? "" : `; did you mean "${near}"?`;
  const details = machines.length === 0 ? ["no machine is known yet"] : ["known machines:", ...machines.map(describe)];
  return new FleetCronError("not_found", `no machine ${JSON.stringify(text)}${hint}`, { details });
}

function describe({ machine_id, hostname }: ListedMachine): string {
  return `${printable(machine_id)}  ${printable(hostname ?? "?")}`;
}
