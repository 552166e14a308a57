// What reload, reload-config, drain and resume do: one command, then one line per machine as it answers.
import { exitCodes, FleetCronError } from "../errors.ts";
import { insertCommand } from "../store/commands.ts";
import { type ListedMachine, listMachines } from "../store/machines.ts";
import type { Cli } from "./cli.ts";
import { findMachine, isLive, machineLabel } from "./find-machine.ts";
import { jsonDocument } from "./json-document.ts";
import { withStore } from "./open-store.ts";
import type { RemoteOptions, RemoteType } from "./remote-commands.ts";
import { renderReport } from "./render-report.ts";
import { printable } from "./render-text.ts";
import { renderAge, renderTime } from "./render-time.ts";
import { type Answer, waitAcks } from "./wait-acks.ts";

export interface RemoteCommand {
  readonly type: RemoteType;
  /** As a person wrote it; undefined = all machines. */
  readonly machineId: string | undefined;
}

const whenOneStarts: Readonly<Record<RemoteType, string>> = {
  reload_jobs: "the jobs are read when one starts",
  reload_config: "the config is read when one starts",
  drain: "one that starts is not drained",
  resume: "one that starts is not drained",
};

const whenItStarts: Readonly<Record<RemoteType, string>> = {
  reload_jobs: "it reads everything when it starts",
  reload_config: "it reads everything when it starts",
  drain: "it is not drained when it starts again",
  resume: "it is not drained when it starts again",
};

/** Throws `not_acknowledged` naming the machines that stayed silent; exit code 1 when one refused. */
export async function sendRemote(cli: Cli, { type, machineId }: RemoteCommand, options: RemoteOptions): Promise<void> {
  await withStore(cli, async (store, { heartbeatSec }) => {
    const known = await listMachines(store);
    const named = machineId === undefined ? null : findMachine(known, machineId);
    const commandId = await insertCommand(store, { type, target: named?.machine_id ?? "all" });
    if (!options.wait) {
      if (options.json === true) cli.output.json([]);
      return cli.output.note(`command ${commandId} sent to ${named === null ? "all machines" : machineLabel(named)}`);
    }
    const machines = (named === null ? known : [named]).filter((machine) => isLive(machine, heartbeatSec));
    if (machines.length === 0) throw nobodyThere(type, named);
    if (cli.output.live) cli.output.note(`waiting for ${machines.map(machineLabel).join(", ")} ...`);
    const answers = await waitAcks(store, cli.clock, {
      commandId,
      machines,
      timeoutMs: options.timeout * 1_000,
      onAnswer: (answer) => {
        if (options.json !== true) cli.output.data(renderAnswer(cli, type, answer));
      },
    });
    if (options.json === true) cli.output.json(answers.map(jsonOf));
    judge(cli, answers, options.timeout);
  });
}

function judge(cli: Cli, answers: readonly Answer[], timeoutSec: number): void {
  const silent = answers.filter(({ ack, stopped }) => ack === null && !stopped);
  if (silent.length > 0) {
    const count = `${silent.length} of ${answers.length} live ${answers.length === 1 ? "machine" : "machines"}`;
    throw new FleetCronError("not_acknowledged", `no acknowledgement from ${count} within ${timeoutSec} s`, {
      details: silent.map(({ machine }) => machineLabel(machine)),
    });
  }
  if (answers.some(({ ack }) => ack !== null && !ack.ok)) cli.exitWith(exitCodes.failed);
}

function nobodyThere(type: RemoteType, named: ListedMachine | null): FleetCronError {
  if (named !== null) {
    const age = named.age_ms === null ? "it stopped" : `its last heartbeat was ${renderAge(named.age_ms)}`;
    const since = named.state === "stopped" ? `it stopped at ${renderTime(named.stopped_at)}` : age;
    return new FleetCronError("not_acknowledged", `no live agent on ${machineLabel(named)}: ${since}`);
  }
  return new FleetCronError("not_acknowledged", `no live agent; ${whenOneStarts[type]}`);
}

/** `web-1 (6f1c…)  serial 1  acknowledged 12:00:05 after 812 ms  ok: added nightly`. */
function renderAnswer(cli: Cli, type: RemoteType, { machine, ack, afterMs, stopped }: Answer): string {
  const who = `${machineLabel(machine)}  serial ${printable(machine.serial ?? "-")}`;
  if (stopped || ack === null) return `${who}  stopped meanwhile; ${whenItStarts[type]}`;
  const after = afterMs === null ? "" : ` after ${Math.round(afterMs)} ms`;
  const result = ack.ok
    ? `${cli.output.paint("green", "ok")}${renderReport(ack.report)}`
    : `${cli.output.paint("red", "refused")}: ${printable(ack.error ?? "no reason given")}`;
  return `${who}  acknowledged ${renderTime(ack.at).slice(11)}${after}  ${result}`;
}

function jsonOf({ machine, ack, afterMs, stopped }: Answer): unknown {
  return jsonDocument({
    machine_id: machine.machine_id,
    hostname: machine.hostname ?? null,
    serial: machine.serial ?? null,
    acknowledged: ack !== null,
    stopped,
    at: ack?.at ?? null,
    after_ms: afterMs,
    ok: ack?.ok ?? null,
    error: ack?.error ?? null,
    report: ack?.report ?? {},
  });
}
