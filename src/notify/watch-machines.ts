// Machines that stopped beating without a farewell: told once by another machine, and once when they are back.
import type { IncidentDocument, TurnDocument } from "../store/collections.ts";
import { endIncident, findLatestIncident } from "../store/incidents.ts";
import { type ListedMachine, listMachines } from "../store/machines.ts";
import { beginNewIncident, newMessages } from "./begin-incident.ts";
import { removal } from "./end-incidents.ts";
import type { NotifyDeps } from "./notify-deps.ts";

export interface MachineWatch {
  readonly unsettled: readonly IncidentDocument[];
  /** Without a heartbeat for longer, a machine is silent. By the server's clock. */
  readonly silentMs: number;
  /** Whether this agent has had an answering database for long enough to call others silent. */
  readonly maySilence: boolean;
}

/** Begins and ends incidents of machines; answers whether anything changed. */
export async function watchMachines(deps: NotifyDeps, watch: MachineWatch): Promise<boolean> {
  const open = watch.unsettled.filter(({ state, machine_id }) => state === "open" && machine_id !== undefined);
  if (deps.settings.notifyMachines.length === 0 && open.length === 0) return false;
  const machines = new Map((await listMachines(deps.store)).map((machine) => [machine.machine_id, machine]));
  let isChanged = false;
  for (const incident of open) {
    const changed = await endIfOver(deps, { incident, machine: machines.get(incident.machine_id ?? "") }, watch);
    isChanged ||= changed;
  }
  if (!watch.maySilence) return isChanged;
  const known = new Set(open.map(({ machine_id }) => machine_id));
  for (const machine of machines.values()) {
    const isOther = machine.machine_id !== deps.machine.machineId && !known.has(machine.machine_id);
    if (isOther && isSilent(machine, watch)) isChanged = (await announce(deps, machine)) || isChanged;
  }
  return isChanged;
}

/** A machine that was stopped has no age, one in an orderly state has said farewell. */
function isSilent({ age_ms, state }: ListedMachine, { silentMs }: MachineWatch): boolean {
  return (state === "active" || state === "draining") && age_ms !== null && age_ms > silentMs;
}

async function announce(deps: NotifyDeps, machine: ListedMachine): Promise<boolean> {
  const { settings, store } = deps;
  const subject = `silent:${machine.machine_id}`;
  const { incident, next } = await findLatestIncident(store, subject);
  // Begun by another agent since this one looked.
  if (settings.notifyMachines.length === 0 || incident?.state === "open") return false;
  const begin = turnOf(deps, "silent", machine);
  const begun = await beginNewIncident(deps, {
    ...{ subject, number: next, machine_id: machine.machine_id },
    begin,
    last_run_for: begin.since,
    slow_ms: null,
    channels: settings.notifyMachines,
    recovered: true,
  });
  return begun !== null;
}

async function endIfOver(
  deps: NotifyDeps,
  { incident, machine }: { readonly incident: IncidentDocument; readonly machine: ListedMachine | undefined },
  { silentMs }: MachineWatch,
): Promise<boolean> {
  const { store, log } = deps;
  const isBack = machine !== undefined && machine.age_ms !== null && machine.age_ms <= silentMs;
  // Forgotten, or stopped in order after all: nothing to wait for, and nothing to tell.
  const isGone = machine === undefined || machine.age_ms === null;
  if (!isBack && !isGone) return false;
  const at = new Date(deps.now());
  const end = isBack ? turnOf(deps, "back", machine) : removal(at, incident.begin.hostname);
  const messages = isBack ? newMessages("back", incident.channels, at) : [];
  await endIncident(store, incident, { end, messages });
  log.info({ incidentId: incident._id, machineId: incident.machine_id, isBack }, "silence of a machine ended");
  return true;
}

function turnOf(deps: NotifyDeps, event: "silent" | "back", { hostname, last_seen }: ListedMachine): TurnDocument {
  const at = new Date(deps.now());
  const since = last_seen instanceof Date ? last_seen : at;
  return { event, at, since, hostname: String(hostname), run_id: null, reason: null };
}
