// FleetCron under launchd: a daemon of the Mac with an account of few rights, or an agent of one person.
import { join } from "node:path";
import { escapeXml, fillTemplate } from "./fill-template.ts";
import { agentCommand, run, type Service, type ServiceRequest, tryRun } from "./service.ts";

const label = "io.fleetcron.agent";
/** macOS has it for programs like this one. */
const account = "daemon";

interface Place {
  readonly file: string;
  /** Where launchctl puts it. */
  readonly domain: string;
  readonly stateDir: string;
  readonly logDir: string;
  readonly account: string | null;
}

/** `userId`: of the person, for a service of theirs. */
export function launchdService(request: ServiceRequest, userId: number): Service {
  const place = request.user ? personalPlace(request.homeDir, userId) : machinePlace;
  const { file, domain, stateDir, logDir } = place;
  const definition = fillTemplate(`${label}.plist`, {
    ARGUMENTS: agentCommand(request, stateDir)
      .map((word) => `    <string>${escapeXml(word)}</string>`)
      .join("\n"),
    ACCOUNT: place.account === null ? "" : `  <key>UserName</key>\n  <string>${place.account}</string>`,
    STATE_DIR: escapeXml(stateDir),
    LOG_FILE: escapeXml(join(logDir, "agent.log")),
  });
  return {
    file,
    definition,
    probe: ["launchctl", "print", domain],
    install: [
      ...[stateDir, logDir].map((dir) => makeDir(dir, place.account)),
      ...(place.account === null ? [] : [run("chown", place.account, request.configFile)]),
      { kind: "write", file, text: definition, encoding: "utf8" },
      // An older edition of it may be running.
      tryRun("launchctl", "bootout", `${domain}/${label}`),
      run("launchctl", "bootstrap", domain, file),
    ],
    uninstall: [tryRun("launchctl", "bootout", `${domain}/${label}`), { kind: "remove", file }],
    status: ["launchctl", "print", `${domain}/${label}`],
    next: [`follow its log: tail -f ${JSON.stringify(join(logDir, "agent.log"))}`, "see the fleet: fleetcron status"],
  };
}

const machinePlace: Place = {
  file: `/Library/LaunchDaemons/${label}.plist`,
  domain: "system",
  stateDir: "/usr/local/var/fleetcron",
  logDir: "/Library/Logs/FleetCron",
  account,
};

function personalPlace(homeDir: string, userId: number): Place {
  return {
    file: join(homeDir, "Library", "LaunchAgents", `${label}.plist`),
    domain: `gui/${userId}`,
    stateDir: join(homeDir, ".fleetcron"),
    logDir: join(homeDir, "Library", "Logs", "FleetCron"),
    account: null,
  };
}

function makeDir(dir: string, owner: string | null) {
  return owner === null ? run("install", "-d", "-m", "700", dir) : run("install", "-d", "-m", "700", "-o", owner, dir);
}
