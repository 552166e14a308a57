// What `fleetcron service …` does: says its plan, then carries it out.
import { existsSync } from "node:fs";
import { configFileName } from "../config/find-config-file.ts";
import { FleetCronError } from "../errors.ts";
import { ask, carryOut, renderStep } from "../service/carry-out.ts";
import { type Service, type ServiceSystem, type Step, systemOf } from "../service/service.ts";
import type { Cli } from "./cli.ts";
import { hiddenPath, serviceOf, serviceRequest } from "./host-service.ts";

export interface ServiceOptions {
  readonly user?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export interface PrintOptions extends ServiceOptions {
  readonly system?: ServiceSystem | undefined;
}

export function installService(cli: Cli, options: ServiceOptions): void {
  const system = hostSystem();
  const configFile = cli.findConfig();
  if (configFile === null) {
    throw new FleetCronError("config_missing", "found no config for the service", {
      details: [`write one first: fleetcron init --file ${usualConfig[system]}`],
    });
  }
  const request = serviceRequest(configFile, options.user);
  const service = serviceOf(cli, system, request);
  const problem = hiddenPath(system, request);
  if (options.dryRun === true) {
    tellPlan(cli, service.install);
    if (problem !== null) cli.output.note(`it would be refused: ${problem}`);
    return;
  }
  requireRights(system, options);
  if (problem !== null) throw new FleetCronError("service_failed", problem);
  requireManager(service);
  doPlan(cli, service.install);
  for (const line of service.next) cli.output.note(`next: ${line}`);
}

export function uninstallService(cli: Cli, options: ServiceOptions): void {
  const system = hostSystem();
  const service = serviceOf(cli, system, serviceRequest(null, options.user));
  if (!existsSync(service.file)) {
    cli.output.note(`nothing to do: there is no ${service.file}`);
    return;
  }
  if (options.dryRun === true) {
    tellPlan(cli, service.uninstall);
    return;
  }
  requireRights(system, options);
  requireManager(service);
  doPlan(cli, service.uninstall);
  cli.output.note("config and data are left as they are");
}

export function showService(cli: Cli, options: ServiceOptions): void {
  const { file, status } = serviceOf(cli, hostSystem(), serviceRequest(null, options.user));
  const installed = existsSync(file);
  const { code, text } = installed ? ask(status) : { code: 1, text: `not installed: there is no ${file}` };
  if (options.json === true) cli.output.json({ installed, running: code === 0, file });
  else cli.output.data(text);
  if (code !== 0) cli.exitWith(1);
}

export function printService(cli: Cli, { system = hostSystem(), user }: PrintOptions): void {
  const { definition } = serviceOf(cli, system, serviceRequest(cli.findConfig() ?? usualConfig[system], user));
  cli.output.data(definition.trimEnd());
}

const usualConfig: Readonly<Record<ServiceSystem, string>> = {
  systemd: `/etc/fleetcron/${configFileName}`,
  launchd: `/etc/fleetcron/${configFileName}`,
  windows: `C:\\ProgramData\\FleetCron\\${configFileName}`,
};

function hostSystem(): ServiceSystem {
  const system = systemOf(process.platform);
  if (system !== null) return system;
  throw new FleetCronError("not_found", `no service manager is known for ${process.platform}; start fleetcron agent`);
}

function requireRights(system: ServiceSystem, { user }: ServiceOptions): void {
  if (system === "windows" || user === true || process.getuid?.() === 0) return;
  throw new FleetCronError("service_permission", "the machine's service is root's: use sudo, or --user for your own");
}

function requireManager({ probe }: Service): void {
  const { code, text } = ask(probe);
  if (code === 0) return;
  const details = text === "" ? [] : text.split("\n");
  throw new FleetCronError("service_failed", `the service manager does not answer: ${probe.join(" ")}`, { details });
}

function tellPlan(cli: Cli, steps: readonly Step[]): void {
  for (const step of steps) cli.output.data(renderStep(step));
}

function doPlan(cli: Cli, steps: readonly Step[]): void {
  for (const step of steps) {
    cli.output.data(renderStep(step));
    carryOut(step);
  }
}
