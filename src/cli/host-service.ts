// The agent's service on this machine: which manager, which definition.
import { homedir } from "node:os";
import { FleetCronError } from "../errors.ts";
import { programCommand } from "../runtime/assets.ts";
import { launchdService } from "../service/launchd.ts";
import type { Service, ServiceRequest, ServiceSystem } from "../service/service.ts";
import { systemdService } from "../service/systemd.ts";
import { windowsService } from "../service/windows.ts";
import type { Cli } from "./cli.ts";

/** For this program. `configFile`: null where it does not matter. */
export function serviceRequest(configFile: string | null, user = false): ServiceRequest {
  return { program: programCommand(), configFile: configFile ?? "", user, homeDir: homedir() };
}

/** Throws `usage` where the system knows no services of one person. */
export function serviceOf({ env }: Pick<Cli, "env">, system: ServiceSystem, request: ServiceRequest): Service {
  if (system === "systemd") return systemdService(request);
  if (system === "launchd") return launchdService(request, process.getuid?.() ?? 0);
  if (request.user) throw new FleetCronError("usage", "--user: a Windows task is the machine's; leave it out");
  return windowsService(request, env.ProgramData ?? "C:\\ProgramData");
}

/** What the account of the machine's service can't see, which enters no home and has a /tmp of its own; null: nothing. */
export function hiddenPath(system: ServiceSystem, request: ServiceRequest): string | null {
  const { program, configFile, user, homeDir } = request;
  if (user || system === "windows") return null;
  const hidden = [homeDir, "/home", "/root", "/Users", "/tmp"].map((dir) => `${dir}/`);
  const path = [...program, configFile].find((path) => hidden.some((dir) => path.startsWith(dir)));
  if (path === undefined) return null;
  return `${path} lies where the service's account can't see it; put the program into /usr/local and the config into /etc/fleetcron, or use --user`;
}
