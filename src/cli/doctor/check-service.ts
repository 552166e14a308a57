// Whether a service starts the agent on this machine: with this program and config, by the definition of this version.
import { existsSync, readFileSync } from "node:fs";
import { FleetCronError } from "../../errors.ts";
import { ask } from "../../service/carry-out.ts";
import { type Service, type ServiceSystem, systemOf } from "../../service/service.ts";
import { hiddenPath, serviceOf, serviceRequest } from "../host-service.ts";
import { type Check, type Finding, fine, type Machine, warning } from "./check.ts";

export const checkService: Check<Machine> = {
  name: "service",
  look: ({ env, loaded: { file } }) => {
    const system = systemOf(process.platform);
    if (system === null) return [fine(`no service manager is known for ${process.platform}`)];
    const scopes = system === "windows" ? [false] : [false, true];
    const services = scopes.map((user) => ({ user, ...serviceOf({ env }, system, serviceRequest(file, user)) }));
    const installed = services.filter((service) => existsSync(service.file));
    if (installed.length > 0) return installed.flatMap((service) => lookAtService(service, file));
    return [services.some(hasManager) ? missing(system, file) : fine("no service manager answers on this machine")];
  },
};

function lookAtService(service: Service & { readonly user: boolean }, config: string | null): readonly Finding[] {
  const mend = installCommand(config, service.user);
  // Without a config file there is nothing that a service could be installed for.
  const change = config === null ? null : firstChange(service);
  const edition = change === null ? [] : [warning(`${service.file} ${change}`, mend)];
  if (!hasManager(service)) return [...edition, fine(`${service.file}; its manager does not answer here`)];
  if (ask(service.status).code !== 0)
    return [...edition, warning(`${service.file} is installed and does not run`, mend)];
  return edition.length > 0 ? edition : [fine(`${service.file}, runs`)];
}

/** What an install of today would change; null: nothing. */
function firstChange({ file, install }: Service): string | null {
  const write = install.find((step) => step.kind === "write");
  if (write === undefined) return null;
  const found = readFileSync(file, write.encoding).split("\n");
  const wanted = write.text.split("\n");
  const count = Math.max(found.length, wanted.length);
  for (let i = 0; i < count; i++) {
    if (found[i] !== wanted[i]) {
      return `is not what would be installed today: line ${i + 1}: expected ${quoted(wanted[i])}, got ${quoted(found[i])}`;
    }
  }
  return null;
}

function quoted(line: string | undefined): string {
  return line === undefined ? "no such line" : JSON.stringify(line);
}

function missing(system: ServiceSystem, config: string | null): Finding {
  const user = hiddenPath(system, serviceRequest(config)) !== null;
  return warning("no service starts the agent on this machine", installCommand(config, user));
}

function installCommand(config: string | null, user: boolean): string {
  if (config === null) return "fleetcron init, then: fleetcron service install";
  return `fleetcron --config ${config} service install${user ? " --user" : ""}`;
}

/** Without one (a container) something else starts the agent. */
function hasManager({ probe }: Service): boolean {
  try {
    return ask(probe).code === 0;
  } catch (error) {
    if (error instanceof FleetCronError && error.code === "not_found") return false;
    throw error;
  }
}
