// FleetCron under systemd: a unit of the machine with a user of its own, or a unit of one person.
import { join } from "node:path";
import { fillTemplate } from "./fill-template.ts";
import { agentCommand, run, type Service, type ServiceRequest } from "./service.ts";

const unit = "fleetcron.service";
const account = "fleetcron";
const stateDir = "/var/lib/fleetcron";

export function systemdService(request: ServiceRequest): Service {
  return request.user ? personalUnit(request) : machineUnit(request);
}

function machineUnit(request: ServiceRequest): Service {
  const file = `/etc/systemd/system/${unit}`;
  const definition = fillTemplate(unit, { COMMAND: commandLine(agentCommand(request, stateDir)) });
  return {
    file,
    definition,
    probe: ["systemctl", "show-environment"],
    install: [
      // Harmless where the account exists.
      run("systemd-sysusers", "--inline", `u ${account} - "FleetCron agent" ${stateDir}`),
      // It holds secrets: nobody but the agent may read it.
      run("chown", account, request.configFile),
      { kind: "write", file, text: definition, encoding: "utf8" },
      ...start("systemctl"),
    ],
    uninstall: stop("systemctl", file),
    status: ["systemctl", "status", "--no-pager", "--lines=0", unit],
    next: ["follow its log: journalctl --unit fleetcron --follow", "see the fleet: fleetcron status"],
  };
}

function personalUnit(request: ServiceRequest): Service {
  const file = join(request.homeDir, ".config", "systemd", "user", unit);
  const definition = fillTemplate("fleetcron-user.service", { COMMAND: commandLine(agentCommand(request, null)) });
  return {
    file,
    definition,
    probe: ["systemctl", "--user", "show-environment"],
    install: [{ kind: "write", file, text: definition, encoding: "utf8" }, ...start("systemctl", "--user")],
    uninstall: stop("systemctl", file, "--user"),
    status: ["systemctl", "--user", "status", "--no-pager", "--lines=0", unit],
    next: [
      "let it run while you are not logged in: loginctl enable-linger",
      "follow its log: journalctl --user --unit fleetcron --follow",
    ],
  };
}

function start(...systemctl: readonly string[]) {
  // `restart`, because an older edition of it may be running.
  return [run(...systemctl, "daemon-reload"), run(...systemctl, "enable", unit), run(...systemctl, "restart", unit)];
}

function stop(systemctl: string, file: string, ...scope: readonly string[]) {
  return [
    run(systemctl, ...scope, "disable", "--now", unit),
    { kind: "remove", file } as const,
    run(systemctl, ...scope, "daemon-reload"),
  ];
}

/** As systemd.syntax(7) and systemd.unit(5) want it: quoted, a percent sign doubled. Dollar signs: see the template. */
function commandLine([program = "", ...args]: readonly string[]): string {
  // systemd refuses quotation marks and backslashes in the name of a program, though not in its arguments.
  const launcher = /["'\\]/.test(program) ? ["/usr/bin/env"] : [];
  return [...launcher, program, ...args]
    .map((word) => {
      const escaped = word.replace(/[\\"]/g, "\\$&").replaceAll("%", "%%").replaceAll("\n", "\\n");
      return `"${escaped}"`;
    })
    .join(" ");
}
